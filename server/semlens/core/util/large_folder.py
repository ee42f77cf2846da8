"""Folders that are too large to be a project."""

from __future__ import annotations

import os
from pathlib import Path


def is_too_large(folder: str | Path) -> bool:
    """Whether a folder, by any of its paths, is a whole disk or the user's home."""
    real = os.path.realpath(folder)
    return real in (os.path.dirname(real), os.path.realpath(Path.home()))
