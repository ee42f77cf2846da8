"""Damage a file, as may happen between two starts of the engine, or under a running one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def flip(path: Path) -> None:
    """Flip one bit in each seventh of the file."""
    data = bytearray(path.read_bytes())
    for at in range(len(data) // 7, len(data), max(1, len(data) // 7)):
        data[at] ^= 0x10
    path.write_bytes(data)


def make_huge(path: Path) -> None:
    """Make the file a terabyte long, without taking space."""
    path.write_bytes(b"")
    os.truncate(path, 1 << 40)


def lengthen(path: Path) -> None:
    """Make the file a terabyte long, after what it holds."""
    os.truncate(path, 1 << 40)


def flip_one(path: Path) -> None:
    """Flip one bit in the middle of a file that is not empty."""
    data = bytearray(path.read_bytes())
    if data:
        data[len(data) // 2] ^= 1
        path.write_bytes(data)


def remove_tree(path: Path) -> None:
    """Remove a folder into which an engine may be writing."""
    while path.exists():
        shutil.rmtree(path, ignore_errors=True)


def put_a_file(path: Path) -> None:
    """Put a file where a folder belongs."""
    remove_tree(path)
    path.write_bytes(b"no folder")


def put_a_folder(path: Path) -> None:
    """Put a folder with a file where a file belongs."""
    path.unlink(missing_ok=True)
    path.mkdir()
    (path / "something").write_bytes(b"of no use")


DAMAGES: dict[str, Callable[[Path], None]] = {
    "truncate": truncate,
    "zero": zero,
    "flip": flip_one,
    "sparse": lengthen,
    "remove": Path.unlink,
}
"""Ways to damage one of the files of a derived index."""
