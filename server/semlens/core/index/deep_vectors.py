"""The deep vectors of one folder, in a nearest-neighbour store that may be lost at any time.

The store is derived: its missing vectors come from the vector cache, and only those that the cache lacks are
embedded. So a store that fails is rebuilt rather than repaired.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semlens.core.index.model_set import EmbeddingCache
from semlens.core.store.chroma_store import ChromaStore
from semlens.errors import StorageError
from semlens.private_files import private_dir
from semlens.types import ContentHash, Fingerprint

log = logging.getLogger(__name__)

CHECKPOINT_VECTORS = 2048
"""After so many new vectors the store is sealed again; a kill loses at most these."""

SAVED_VECTORS = 1024
"""Vectors that are given back to the cache at once."""

SHARED_AT_ONCE = 1024
"""Cached vectors that are added to the store at once."""

MIN_SEALED = 256
"""A run seals so many new vectors at its end; fewer, as of one saved file, wait until the engine is idle."""

_UNIT_TOLERANCE = 0.01
"""Vectors are of length 1, but for the rounding to float16."""

MIN_ORPHANS = 1000
"""So many vectors without a chunk stay in any case: a branch switch needs most of them again."""


class DeepVectors:
    """The store, opened at its first use. Safe for many threads."""

    def __init__(self, folder: Path, fingerprint: Fingerprint, dim: int, cache: EmbeddingCache) -> None:
        """
        :param fingerprint: of the vectors, whose dimension is `dim`
        :param cache: has each vector before the store has it
        """
        self._folder = folder
        self._fingerprint = fingerprint
        self._dim = dim
        self._cache = cache
        self._opening = threading.Lock()
        self._guard = threading.Lock()
        self._store: ChromaStore | None = None
        self._stored: set[ContentHash] = set()
        self._revision = 0
        self._cached_coverage: tuple[tuple[int, int], float] | None = None
        self._unsealed = 0
        self._closed = False

    def __len__(self) -> int:
        """The number of vectors; 0 until the store is open."""
        return len(self._stored)

    @property
    def rebuilding(self) -> bool:
        """Whether the store began empty and is not sealed yet, so that a kill loses all of it."""
        store = self._store
        return store is not None and store.rebuilding

    def open(self) -> ChromaStore:
        """The open store; the first call takes a second or more. Raises `StorageError`."""
        with self._opening:
            if self._closed:
                raise StorageError("The index is closed.")
            if self._store is None:
                private_dir(self._folder)
                store = ChromaStore(self._folder, self._fingerprint, self._dim)
                with self._guard:
                    self._stored = store.ids()
                    self._revision += 1
                self._store = store
            return self._store

    @property
    def lost(self) -> bool:
        """Whether another program has deleted or cut files of the open store."""
        store = self._store
        return store is not None and store.lost

    def keep_current(self) -> None:
        """As `ChromaStore.keep_current`; a store that is not open is left alone. Raises `StorageError`."""
        store = self._store
        if store is not None:
            store.keep_current()

    def add(self, hashes: Sequence[ContentHash], vectors: NDArray[np.float32]) -> None:
        """Add the vectors, shape (n, dimension), of contents that the store lacks; others are ignored."""
        store = self.open()
        with self._guard:
            fresh = [row for row, key in enumerate(hashes) if key not in self._stored]
        if not fresh:
            return
        added = [hashes[row] for row in fresh]
        store.add(added, vectors[fresh])
        with self._guard:
            self._stored.update(added)
            self._revision += 1
        self._unsealed += len(added)
        if self._unsealed >= CHECKPOINT_VECTORS:
            self.checkpoint()

    def cached(self, hashes: Sequence[ContentHash]) -> dict[ContentHash, NDArray[np.float16]]:
        """Those vectors that the cache has, each of shape (dimension,). Raises `StorageError`."""
        return self._cache.get(self._fingerprint, hashes)

    def add_cached(self, hashes: Sequence[ContentHash]) -> dict[ContentHash, NDArray[np.float16]]:
        """Add those vectors that the cache has, and return them, each of shape (dimension,)."""
        known = self.cached(hashes)
        if known:
            self.add(list(known), np.stack(list(known.values())).astype(np.float32))
        return known

    def add_new(self, hashes: Sequence[ContentHash], vectors: NDArray[np.float32]) -> None:
        """Give vectors, shape (n, dimension), to the cache, where they survive a kill, and then to the store.

        They are rounded like the cache's, so that a store that is refilled from the cache scores the same.
        """
        rounded = vectors.astype(np.float16)
        self._cache.put(self._fingerprint, hashes, rounded)
        self.add(hashes, rounded.astype(np.float32))

    def save_to_cache(self, hashes: Sequence[ContentHash], check: Callable[[], None]) -> int:
        """Give the cache those of the stored vectors of `hashes` that it lacks; how many it lacked.

        :param check: called between batches; it may raise to stop
        """
        lost = self._cache.missing(self._fingerprint, hashes) if hashes else []
        for start in range(0, len(lost), SAVED_VECTORS):
            check()
            names, vectors = self.stored_vectors(lost[start : start + SAVED_VECTORS])
            self._cache.put(self._fingerprint, names, vectors)
        return len(lost)

    def share_with_cache(self, hashes: Sequence[ContentHash], check: Callable[[], None]) -> None:
        """Make the store and the cache equal, as far as either has what the other lacks of these contents.

        :param check: called between batches; what it raises ends the work, and finished batches are kept
        :raises StorageError: finished batches are kept
        """
        pending = self.missing(hashes)
        without = set(pending)
        self.save_to_cache([key for key in hashes if key not in without], check)
        for start in range(0, len(pending), SHARED_AT_ONCE):
            check()
            self.add_cached(pending[start : start + SHARED_AT_ONCE])
        self.checkpoint(MIN_SEALED)

    def stored_vectors(self, hashes: Sequence[ContentHash]) -> tuple[list[ContentHash], NDArray[np.float32]]:
        """Those of `hashes` whose vector in the store is sound, with the vectors, shape (n, dimension)."""
        names, vectors = self.open().vectors(hashes)
        sound = np.flatnonzero(np.abs(np.linalg.norm(vectors, axis=1) - 1) < _UNIT_TOLERANCE)
        return [names[row] for row in sound.tolist()], vectors[sound]

    def lacking(self, hashes: Iterable[ContentHash]) -> list[ContentHash]:
        """As `missing`, without opening the store: until it is open it lacks all."""
        with self._guard:
            return [key for key in hashes if key not in self._stored]

    def missing(self, hashes: Iterable[ContentHash]) -> list[ContentHash]:
        """Those of `hashes` without a vector in the store, in their order."""
        self.open()
        with self._guard:
            return [key for key in hashes if key not in self._stored]

    def coverage(self, contents: Callable[[], Set[ContentHash]], revision: int) -> float:
        """The share of contents with a vector in the store, from 0 to 1; cached by their `revision`.

        :param contents: the contents of an index that has chunks; not called while the store is empty
        """
        with self._guard:
            state, cached = (revision, self._revision), self._cached_coverage
            if not self._stored:
                return 0.0
        if cached is None or cached[0] != state:
            hashes = contents()
            with self._guard:
                cached = state, len(self._stored & hashes) / len(hashes) if hashes else 1.0
                self._cached_coverage = cached
        return cached[1]

    def checkpoint(self, at_least: int = 1) -> None:
        """Seal the store if it has `at_least` or more new vectors: a later kill loses none of them.

        Queries wait meanwhile: a tenth of a second at 20,000 vectors, on an idle machine.
        """
        store = self._store
        if store is not None and self._unsealed >= at_least:
            store.checkpoint()
            self._unsealed = 0

    def drop_orphans(self, live: Set[ContentHash], check: Callable[[], None]) -> None:
        """Rebuild the store without the vectors that no chunk has any more, once there are many.

        The old store answers meanwhile. Deleting single vectors would not free their space.

        :param live: the contents of all chunks
        :param check: called between batches; it may raise to stop the rebuild
        """
        with self._guard:
            orphans = len(self._stored - live)
            few = orphans <= max(MIN_ORPHANS, len(self._stored) // 4)
        store = self._store
        if store is None or few:
            return
        log.info("rebuilding %s without %d vectors that no chunk has", self._folder, orphans)
        store.rebuild(lambda: self._cached_vectors(sorted(live)), check)
        with self._guard:
            self._stored = store.ids()
            self._revision += 1
        self._unsealed = 0

    def _cached_vectors(
        self, hashes: Sequence[ContentHash]
    ) -> Iterator[tuple[list[ContentHash], NDArray[np.float16]]]:
        """The cached vectors of `hashes`, in batches: n hashes with an array of shape (n, dimension)."""
        for start in range(0, len(hashes), CHECKPOINT_VECTORS):
            batch = hashes[start : start + CHECKPOINT_VECTORS]
            known = self._cache.get(self._fingerprint, batch)
            if known:
                yield list(known), np.stack(list(known.values()))

    def reset(self) -> None:
        """Close a store that fails. The next `open` uses its files if they are sound, else an empty store."""
        with self._opening:
            store, self._store = self._store, None
            with self._guard:
                self._stored = set()
                self._revision += 1
            self._unsealed = 0
            _close(store)

    def close(self) -> None:
        """Close and seal the store; it cannot be opened again."""
        with self._opening:
            self._closed = True
            store, self._store = self._store, None
            _close(store)


def _close(store: ChromaStore | None) -> None:
    """Close a store. One that cannot be closed stays unsealed, and is rebuilt by its next owner."""
    if store is not None:
        try:
            store.close()
        except Exception:  # Any error: unsealed files are never trusted.
            log.warning("the deep tier's store was not closed cleanly", exc_info=True)
