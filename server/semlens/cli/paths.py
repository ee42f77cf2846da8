"""Paths as the user gives them, against the current folder."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from semlens.errors import FolderError


def here() -> Path:
    """The current folder. Raises `FolderError` if it was deleted."""
    try:
        return Path.cwd()
    except OSError as error:
        raise FolderError("The current folder is no longer there; change to another one.") from error


def absolute(path: Path) -> Path:
    """The absolute path, without following links: output names a folder as the user does.

    Raises `FolderError` if the path is relative and the current folder was deleted.
    """
    whole = path.expanduser()
    return whole if whole.is_absolute() else here() / whole


def from_here(path: Path) -> str:
    """Relative to the current folder if the path lies below it, so that it can be opened from here."""
    with suppress(ValueError, FolderError):
        return str(path.relative_to(here()))
    return str(path)
