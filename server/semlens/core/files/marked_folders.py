"""Folders that are refused for what is in them."""

from __future__ import annotations

import os

from semlens.types import RelativePath, Skipped

_MARKS = (
    (("pyvenv.cfg",), "is a Python virtual environment"),
    (("CACHEDIR.TAG",), "is marked as a cache by its CACHEDIR.TAG"),
    # What every data folder has before the first file is read: the address of its engine, and the indexes.
    (("engine.json", "workspaces"), "is Semlens' own data"),
)
"""Names that a folder has all of → why it is refused."""

MARKS = frozenset(name for names, _ in _MARKS for name in names)
"""The names of files and folders that make one around them refused."""


def marked_folder(path: RelativePath, absolute: str) -> Skipped | None:
    """Why the folder at `path` is refused for what is in it, or None."""
    for names, reason in _MARKS:
        if all(os.path.lexists(os.path.join(absolute, name)) for name in names):
            return Skipped(path, reason)
    return None
