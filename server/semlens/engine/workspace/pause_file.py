"""A file that says that indexing is paused, for an engine that starts during the pause.

A pause outlives an engine that was killed or replaced. It ends when an engine ends because nobody uses it, so
that no pause is forgotten for good.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from semlens.private_files import discard

_FILE = "paused"


def is_paused(data_dir: Path) -> bool:
    """Whether indexing is paused."""
    return (data_dir / _FILE).is_file()


def note_paused(data_dir: Path, paused: bool) -> None:
    """Store whether indexing is paused; an error of the disk is ignored."""
    with suppress(OSError):
        if paused:
            (data_dir / _FILE).touch(0o600)
        else:
            discard(data_dir / _FILE)
