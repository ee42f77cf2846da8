"""The deep tier's vectors of one folder: which of them can be found, in a store that may be lost at any time.

The store is derived. What it lacks is taken from the cache of vectors, and only what that lacks
is embedded; so a store that fails is thrown away rather than repaired.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semlens.core.index.model_set import ModelSet
from semlens.core.store.chroma_store import ChromaStore
from semlens.errors import StorageError
from semlens.types import ContentHash

log = logging.getLogger(__name__)

CHECKPOINT_VECTORS = 2048
"""Vectors that a kill may cost: after so many new ones the store is sealed again."""

WORTH_SEALING = 256
"""At the end of a run; what a saved file brings waits until nobody does anything."""

FEWEST_ORPHANS = 1000
"""Vectors of no chunk that stay in any case: a branch switch brings most of them back."""


class DeepVectors:
    """Opens its store when it is first wanted. Any number of threads may add and ask."""

    def __init__(self, folder: Path, models: ModelSet) -> None:
        self._folder = folder
        self._models = models
        self._opening = threading.Lock()
        self._guard = threading.Lock()
        self._store: ChromaStore | None = None
        self._there: set[ContentHash] = set()
        self._edition = 0
        self._shared: tuple[tuple[int, int], float] | None = None
        self._unsealed = 0
        self._closed = False

    def __len__(self) -> int:
        return len(self._there)

    @property
    def rebuilding(self) -> bool:
        """Whether the store began empty, and holds what it holds only until the next kill."""
        store = self._store
        return store is not None and store.rebuilding

    def open(self) -> ChromaStore:
        """The store; opening it takes a second or more the first time."""
        with self._opening:
            if self._closed:
                raise StorageError("The index is closed.")
            if self._store is None:
                store = ChromaStore(self._folder, self._models.deep_fingerprint, self._models.deep.dim)
                with self._guard:
                    self._there = store.ids()
                    self._edition += 1
                self._store = store
            return self._store

    def add(self, hashes: Sequence[ContentHash], vectors: NDArray[np.float32]) -> None:
        """Make vectors (n, dimension) findable. Those that are there already are left alone."""
        store = self.open()
        with self._guard:
            fresh = [row for row, key in enumerate(hashes) if key not in self._there]
        if not fresh:
            return
        added = [hashes[row] for row in fresh]
        store.add(added, vectors[fresh])
        with self._guard:
            self._there.update(added)
            self._edition += 1
        self._unsealed += len(added)
        if self._unsealed >= CHECKPOINT_VECTORS:
            self.checkpoint()

    def missing(self, hashes: Iterable[ContentHash]) -> list[ContentHash]:
        """Those of `hashes` that cannot be found, in their order."""
        self.open()
        with self._guard:
            return [key for key in hashes if key not in self._there]

    def share(self, hashes: Set[ContentHash], edition: int) -> float:
        """How much of `hashes` can be found, from 0 to 1; counted once for each of their editions."""
        with self._guard:
            state = edition, self._edition
            if self._shared is None or self._shared[0] != state:
                share = len(self._there & hashes) / len(hashes) if hashes else 1.0
                self._shared = state, share
            return self._shared[1]

    def checkpoint(self, worth: int = 1) -> None:
        """Seal what was added, if that is `worth` vectors or more: a kill from then on loses nothing of it.

        Questions wait while that lasts: a tenth of a second at 20,000 vectors, on a quiet machine.
        """
        store = self._store
        if store is not None and self._unsealed >= worth:
            store.checkpoint()
            self._unsealed = 0

    def drop_orphans(self, wanted: Set[ContentHash], check: Callable[[], None]) -> None:
        """Make the store anew without what no chunk has any more, once that is much; it answers meanwhile.

        Taking vectors out one by one would leave their space behind. `check` may raise.
        """
        with self._guard:
            orphans = len(self._there - wanted)
            few = orphans <= max(FEWEST_ORPHANS, len(self._there) // 4)
        store = self._store
        if store is None or few:
            return
        log.info("making %s anew without %d vectors that no chunk has", self._folder, orphans)
        store.rebuild(lambda: self._known(sorted(wanted)), check)
        with self._guard:
            self._there = store.ids()
            self._edition += 1
        self._unsealed = 0

    def _known(
        self, hashes: Sequence[ContentHash]
    ) -> Iterator[tuple[list[ContentHash], NDArray[np.float16]]]:
        """The vectors of `hashes` that were ever made, in portions."""
        for start in range(0, len(hashes), CHECKPOINT_VECTORS):
            portion = hashes[start : start + CHECKPOINT_VECTORS]
            known = self._models.vectors.get(self._models.deep_fingerprint, portion)
            if known:
                yield list(known), np.stack(list(known.values()))

    def renew(self) -> None:
        """Give up a store that fails. The next `open` begins again, with what of it is sound."""
        with self._opening:
            store, self._store = self._store, None
            with self._guard:
                self._there = set()
                self._edition += 1
            self._unsealed = 0
            _close(store)

    def close(self) -> None:
        with self._opening:
            self._closed = True
            store, self._store = self._store, None
            _close(store)


def _close(store: ChromaStore | None) -> None:
    """A store that cannot be closed is not sealed either, and is made again by the next owner."""
    if store is not None:
        try:
            store.close()
        except Exception:  # Whatever state a library is in: its files are not trusted after this.
            log.warning("the deep tier's store was not closed cleanly", exc_info=True)
