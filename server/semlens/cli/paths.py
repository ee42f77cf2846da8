"""Paths as the user gives them, against the current folder."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from semlens.core.util.current_folder import current_folder
from semlens.errors import FolderError


def absolute(path: Path) -> Path:
    """The absolute path, without following links: output names a folder as the user does.

    Raises `FolderError` if the path is relative and the current folder was deleted.
    """
    whole = path
    with suppress(RuntimeError):  # "~x" names a file if there is no user x
        whole = path.expanduser()
    return whole if whole.is_absolute() else current_folder() / whole


def real_file(path: Path) -> Path:
    """The file that a path leads to. Raises `FolderError` if there is none."""
    real = Path(os.path.realpath(absolute(path)))
    if real.is_dir():
        raise FolderError(f"{path} is a folder: name a file in it.")
    if not real.is_file():
        raise FolderError(f"There is no file {path}.")
    return real


def from_here(path: Path) -> str:
    """Relative to the current folder if the path lies below it, so that it can be opened from here."""
    with suppress(ValueError, FolderError):
        return str(path.relative_to(current_folder()))
    return str(path)
