"""Folders that are refused for a file in them."""

from __future__ import annotations

import os

from semlens.types import RelativePath, Skipped

MARKER_FILES = {
    "pyvenv.cfg": "is a Python virtual environment",
    "CACHEDIR.TAG": "is marked as a cache by its CACHEDIR.TAG",
}
"""The name of a file → why a folder with such a file is refused."""


def marked_folder(path: RelativePath, absolute: str) -> Skipped | None:
    """Why the folder at `path` is refused for a file in it, or None."""
    marks = (reason for name, reason in MARKER_FILES.items() if os.path.lexists(os.path.join(absolute, name)))
    return next((Skipped(path, reason) for reason in marks), None)
