"""What large files were when they were last closed cleanly.

An opening finds by the sizes and times of the files whether anything has changed since. If not, it need not
read a gigabyte for checksums, nor compare every chunk in the derived indexes with the database.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from semlens.core.store.sqlite_files import COMPANIONS
from semlens.private_files import discard, read_small, write_private

VERSION = 1
"""Version of the note; one of another version says nothing."""

LARGE_BYTES = 1 << 26
"""Smaller files are read at each opening, which takes less than 0.1 s."""


def note_close(note: Path, files: Iterable[Path], **values: Any) -> None:
    """Write the state of `files`, if they are large, and `values` into the file `note`.

    :raises OSError: one of the files is missing
    :raises StorageError: the note cannot be written
    """
    states = _states(note.parent, files)
    if sum(size for size, _, _ in states.values()) < LARGE_BYTES:
        discard(note)
        return
    noted = {"version": VERSION, "files": states, "values": values}
    write_private(note, json.dumps(noted).encode(), durable=False)


def read_note(note: Path, files: Iterable[Path]) -> Mapping[str, Any] | None:
    """The values in `note`, if the same files are there and none has changed."""
    try:
        noted = json.loads(read_small(note))
        if noted["version"] == VERSION and noted["files"] == _states(note.parent, files):
            return dict(noted["values"])
    except (OSError, ValueError, TypeError, KeyError):
        pass
    return None


def has_log(database: Path) -> bool:
    """Whether a SQLite database was not closed, so that its file may lack commits; an empty log has none."""
    logs = (database.with_name(database.name + suffix) for suffix in COMPANIONS if suffix != "-shm")
    return any(log.exists() and log.stat().st_size > 0 for log in logs)


def _states(root: Path, files: Iterable[Path]) -> dict[str, list[int]]:
    """Size, time and identity of each file, by its path below `root`."""
    return {
        file.relative_to(root).as_posix(): [status.st_size, status.st_mtime_ns, status.st_ino]
        for file in files
        for status in [file.stat()]
    }
