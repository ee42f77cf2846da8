"""Finds changes by comparing two walks, for network drives and systems without events."""

from __future__ import annotations

import time
from pathlib import Path

from semlens.core.files.membership import Membership
from semlens.core.files.walk import walk
from semlens.errors import FolderError
from semlens.types import FileStamp, RelativePath, Skipped

_PAUSE = 10
"""The pause between two walks, in durations of the last walk."""


class PollingWatch:
    """Keeps the result of the last walk. `due` is the time of the next one (`time.monotonic`)."""

    def __init__(self, root: Path, membership: Membership, seconds: float) -> None:
        self._root = root
        self._membership = membership
        self._seconds = seconds
        self._last: dict[RelativePath, FileStamp | Skipped] = {}
        self.due = 0.0

    def changes(self) -> set[RelativePath]:
        """Every path that was created, deleted or changed since the last call; the first call returns all."""
        started = time.monotonic()
        found: dict[RelativePath, FileStamp | Skipped] = {}
        try:
            for item in walk(self._root, self._membership):
                found[item.path] = item if isinstance(item, Skipped) else item.stamp
        except FolderError:
            found = {}
        before, self._last = self._last, found
        ended = time.monotonic()
        self.due = ended + max(self._seconds, _PAUSE * (ended - started))
        return {path for path in before.keys() | found.keys() if before.get(path) != found.get(path)}
