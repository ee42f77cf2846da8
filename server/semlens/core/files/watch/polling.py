"""Polling: what changed between two walks, for network drives and for where no event can be had."""

from __future__ import annotations

import time
from pathlib import Path

from semlens.core.files.membership import Membership
from semlens.core.files.walk import walk
from semlens.errors import FolderError
from semlens.types import FileStamp, RelativePath, Skipped

_SHARE = 10
"""A walk that took a second is not repeated for this many seconds."""


class PollingWatch:
    """Remembers the last walk; `due` says when the next one is (`time.monotonic`)."""

    def __init__(self, root: Path, membership: Membership, seconds: float) -> None:
        self._root = root
        self._membership = membership
        self._seconds = seconds
        self._seen: dict[RelativePath, FileStamp | Skipped] = {}
        self.due = 0.0

    def take(self) -> set[RelativePath]:
        """Every path that came, went or changed since the last time."""
        started = time.monotonic()
        seen: dict[RelativePath, FileStamp | Skipped] = {}
        try:
            for item in walk(self._root, self._membership):
                seen[item.path] = item if isinstance(item, Skipped) else item.stamp
        except FolderError:
            seen = {}
        before, self._seen = self._seen, seen
        ended = time.monotonic()
        self.due = ended + max(self._seconds, _SHARE * (ended - started))
        return {path for path in before.keys() | seen.keys() if before.get(path) != seen.get(path)}
