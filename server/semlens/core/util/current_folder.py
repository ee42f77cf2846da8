"""The folder that a process was started in, which may be deleted meanwhile."""

from __future__ import annotations

import os
from pathlib import Path

from semlens.errors import FolderError


def current_folder() -> Path:
    """The current folder. Raises `FolderError` if it was deleted."""
    try:
        return Path.cwd()
    except OSError as error:
        raise FolderError("The current folder is no longer there; change to another one.") from error


def last_folder() -> Path:
    """The current folder; if it was deleted, the path that the shell tells. Raises `FolderError`."""
    try:
        return current_folder()
    except FolderError:
        told = Path(os.environ.get("PWD", ""))
        if told.is_absolute():
            return told
        raise
