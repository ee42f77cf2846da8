"""Chunks that queries have read, kept in memory until they change."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping

from semlens.core.store.records import StoredChunk
from semlens.types import ContentHash

_CAPACITY = 20_000
"""Chunks, and contents, that are kept."""

ChunksByHash = Mapping[ContentHash, list[StoredChunk]]


class ChunkCache:
    """Chunks by id and by content. Safe for many threads.

    The chunk with an id never changes, but the chunks with a content may.
    """

    def __init__(self) -> None:
        self.revision = 0
        """Incremented by every write. Read it before a query, and pass it along with the result."""
        self._guard = threading.Lock()
        self._chunks: dict[int, StoredChunk] = {}
        self._by_hash: dict[ContentHash, list[StoredChunk]] = {}

    @property
    def chunks(self) -> Mapping[int, StoredChunk]:
        """Chunks by id."""
        return self._chunks

    @property
    def by_hash(self) -> ChunksByHash:
        """Chunks by content, as of the revision that was read before; an empty list if no chunk has it."""
        return self._by_hash

    def add(self, chunks: Mapping[int, StoredChunk], revision: int) -> None:
        """Keep chunks that were read at `revision`, unless a later write may have removed them."""
        with self._guard:
            if revision == self.revision:
                if len(self._chunks) + len(chunks) > _CAPACITY:
                    self._chunks = {}
                self._chunks.update(chunks)

    def add_by_hash(self, chunks: ChunksByHash, revision: int) -> None:
        """Keep the chunks of contents that were read at `revision`, unless a later write came between."""
        with self._guard:
            if revision == self.revision:
                if len(self._by_hash) + len(chunks) > _CAPACITY:
                    self._by_hash = {}
                self._by_hash.update(chunks)

    def invalidate(self) -> None:
        """Begin a new revision, after a write."""
        with self._guard:
            self.revision += 1
            self._by_hash = {}

    def forget(self, ids: Iterable[int]) -> None:
        """Drop removed chunks. Call it after the removal is committed, so that no query reads them again."""
        with self._guard:
            for number in ids:
                self._chunks.pop(number, None)

    def forget_all(self) -> None:
        """Drop every chunk."""
        with self._guard:
            self._chunks = {}
