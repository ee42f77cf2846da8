"""Damage a file, as may happen between two starts of the engine."""

from __future__ import annotations

import os
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
