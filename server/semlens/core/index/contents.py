"""The hash of every distinct text of an index, read when something asks: for a million it takes seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence

from semlens.types import ContentHash


class Contents:
    """The content hashes of an index. Safe for many threads."""

    def __init__(self, read: Callable[[], Iterable[ContentHash]]) -> None:
        """`read` returns the hashes that the database has now."""
        self._read = read
        self._guard = threading.Lock()
        self._hashes: set[ContentHash] | None = None
        self.revision = 0
        """Incremented by every change."""

    def begin_empty(self) -> None:
        """The index has no chunks: nothing has to be read."""
        with self._guard:
            self._hashes = set()

    def change(self, new: Iterable[ContentHash], gone: Iterable[ContentHash]) -> None:
        """Call it after the database has changed."""
        with self._guard:
            if self._hashes is not None:
                self._hashes.update(new)
                self._hashes.difference_update(gone)
            self.revision += 1

    def every(self) -> frozenset[ContentHash]:
        """The hash of every distinct text. Raises `StorageError`."""
        while True:
            with self._guard:
                if self._hashes is not None:
                    return frozenset(self._hashes)
                revision = self.revision
            read = set(self._read())
            with self._guard:
                if revision == self.revision:
                    self._hashes = read

    def present(self, hashes: Sequence[ContentHash]) -> list[ContentHash]:
        """Those of `hashes` that the index has, in their order. Raises `StorageError`."""
        here = self.possible(hashes)
        if here is hashes:  # they were not read yet
            known = self.every()
            here = [key for key in hashes if key in known]
        return list(here)

    def possible(self, hashes: Sequence[ContentHash]) -> Sequence[ContentHash]:
        """Those of `hashes` that the index may have: all of them, until the hashes were read."""
        with self._guard:
            known = self._hashes
            return hashes if known is None else [key for key in hashes if key in known]
