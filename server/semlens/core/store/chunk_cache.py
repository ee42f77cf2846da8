"""Chunks that questions have read, kept in memory for as long as they are true."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping

from semlens.core.store.records import StoredChunk
from semlens.types import ContentHash

_MOST = 20_000
"""Chunks, and contents, that are kept."""

Places = Mapping[ContentHash, list[StoredChunk]]


class ChunkCache:
    """Safe for many threads. A chunk never changes under its id; where a content stands may change."""

    def __init__(self) -> None:
        self.edition = 0
        """Raised by every change, so that what was read of one state is known to be of that one."""
        self._guard = threading.Lock()
        self._chunks: dict[int, StoredChunk] = {}
        self._places: dict[ContentHash, list[StoredChunk]] = {}

    @property
    def chunks(self) -> Mapping[int, StoredChunk]:
        return self._chunks

    @property
    def places(self) -> Places:
        """Of the edition that is asked for before this is; an empty list is a content that stands nowhere."""
        return self._places

    def add(self, chunks: Mapping[int, StoredChunk], edition: int) -> None:
        """Keep what was read in an edition, unless a change since then may have taken it out."""
        with self._guard:
            if edition == self.edition:
                if len(self._chunks) + len(chunks) > _MOST:
                    self._chunks = {}
                self._chunks.update(chunks)

    def add_places(self, places: Places, edition: int) -> None:
        with self._guard:
            if edition == self.edition:
                if len(self._places) + len(places) > _MOST:
                    self._places = {}
                self._places.update(places)

    def changed(self) -> None:
        """Begin another edition."""
        with self._guard:
            self.edition += 1
            self._places = {}

    def forget(self, ids: Iterable[int]) -> None:
        """What was taken out; called once it is out, so that nobody reads it again."""
        with self._guard:
            for number in ids:
                self._chunks.pop(number, None)

    def forget_all(self) -> None:
        with self._guard:
            self._chunks = {}
