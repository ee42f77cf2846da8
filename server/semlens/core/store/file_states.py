"""Whether files that this process has open are still there: others may delete, replace or cut them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FileState:
    """A file at one moment."""

    device: int
    inode: int
    size: int


FileStates = Mapping[Path, FileState]


def state_of(path: Path) -> FileState | None:
    """The state of the file or folder at `path`; None if nothing can be found there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return FileState(status.st_dev, status.st_ino, status.st_size)


def state_of_open(descriptor: int) -> FileState:
    """The state of an open file, also if it was deleted. Raises `OSError`."""
    status = os.fstat(descriptor)
    return FileState(status.st_dev, status.st_ino, status.st_size)


def states_of(paths: Iterable[Path]) -> dict[Path, FileState]:
    """The states of those of `paths` that are there."""
    return {path: state for path in paths if (state := state_of(path)) is not None}


def is_other(one: FileState, other: FileState) -> bool:
    """Whether these are states of two files."""
    return (one.device, one.inode) != (other.device, other.inode)


def any_replaced(known: FileStates) -> bool:
    """Whether a file is gone, or another one has its name."""
    return any((now := state_of(path)) is None or is_other(now, was) for path, was in known.items())


def any_cut(known: FileStates) -> bool:
    """Whether a file is gone or shorter than it was."""
    return any((now := state_of(path)) is None or now.size < was.size for path, was in known.items())
