"""How many vectors came from a team's server, were made here and were given back; kept in a small file."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from semlens.errors import StorageError
from semlens.private_files import read_small, write_private
from semlens.protocol.json import json_bytes, json_value

log = logging.getLogger(__name__)

_SAVE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Tally:
    """Numbers of vectors."""

    asked: int = 0
    """Those that the server was asked for."""
    taken: int = 0
    """Those that came from it and were believed."""
    checked: int = 0
    """Those that came from it and were made here again, to compare them."""
    made: int = 0
    """Those that were made here while the team was in use."""
    given: int = 0
    """Those that the server did not have and got from here."""
    unsound: int = 0
    """Those that came from it and could not be right."""
    questions: int = 0
    """Questions whose nearest pieces it has said."""
    indexed: int = 0
    """Those that the shared index of a repository got from here."""

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Tally)))


class Counts:
    """The numbers since the team was joined. Safe for many threads."""

    def __init__(self, path: Path | None) -> None:
        """:param path: the file that keeps them; None keeps them in memory alone"""
        self._path = path
        self._guard = threading.Lock()
        self._saved = time.monotonic()
        self.tally = _read(path) if path is not None else Tally()

    def add(self, more: Tally) -> None:
        """Count `more`."""
        with self._guard:
            self.tally += more
            due = time.monotonic() - self._saved > _SAVE_SECONDS
        if due:
            self.save()

    def save(self) -> None:
        """Write the file, as at the end."""
        with self._guard:
            self._saved = time.monotonic()
            content = json_bytes(asdict(self.tally))
        if self._path is not None:
            with suppress(StorageError):  # They inform, and no more.
                write_private(self._path, content, durable=False)


def _read(path: Path) -> Tally:
    with suppress(OSError, ValueError):
        kept = json_value(read_small(path))
        if isinstance(kept, dict):
            known = {one.name: kept[one.name] for one in fields(Tally) if isinstance(kept.get(one.name), int)}
            return replace(Tally(), **known)
    return Tally()
