"""The instant tier's vectors: mapped from files if there are many, and held in memory if there are few.

Files are written again only after many changes. Until then removed vectors are marked and new ones are held
in memory. The opening finds both in the database, because no chunk gets an id below that of an older one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from semlens.core.store.flat import FlatVectors
from semlens.core.store.generations import Generations
from semlens.core.store.live_vectors import Ids, LiveVectors, open_files
from semlens.core.store.mapped_vectors import FORMAT_VERSION, write_vectors
from semlens.core.store.nearest import best
from semlens.core.store.quantized import Codes
from semlens.private_files import discard

log = logging.getLogger(__name__)

MIN_MAPPED = 50_000
"""Fewer vectors are loaded, which takes some 0.1 s."""

CHANGED_SHARE = 16
"""Files are written again once a sixteenth of their vectors was removed or added."""

_BATCH = 20_000
"""Vectors that are read and written at once."""


class VectorSource(Protocol):
    """The database, which has every vector."""

    def ids(self) -> Ids:
        """Every chunk id, ascending; shape (n,)."""

    def vectors(self, after: int = 0, limit: int = -1) -> tuple[Ids, Codes]:
        """The first `limit` vectors above the id `after`, all with -1: ids (n,), vectors (n, dimension)."""


@dataclass(frozen=True, slots=True)
class _State:
    """What readers see."""

    mapped: LiveVectors | None
    recent: FlatVectors
    """The vectors that are in no file."""


class InstantVectors:
    """Quantized vectors by chunk id. One thread at a time may write while any number of threads query."""

    def __init__(self, folder: Path, dimension: int) -> None:
        """An empty store, with its files below `folder`; `load` fills it. Raises `StorageError`."""
        self._dimension = dimension
        self._generations = Generations(folder, f"v{FORMAT_VERSION}-{dimension}")
        self._writing = threading.Lock()
        self._state = _State(None, FlatVectors(dimension))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def ids(self) -> Ids:
        """Every chunk id, ascending; shape (n,)."""
        mapped, recent = self._state.mapped, self._state.recent.ids()
        return recent if mapped is None else np.concatenate((mapped.ids, recent))

    def load(self, source: VectorSource, removed: Sequence[int] | None = None) -> None:
        """Make the store equal to `source`.

        :param removed: `removed` of a store that was closed with the same files and the same source: neither
            is read as a whole then
        """
        with self._writing:
            mapped = self._mapped(source, removed)
            recent = FlatVectors(self._dimension)
            recent.add(*source.vectors(0 if mapped is None else mapped.last_id))
            self._replace(mapped, recent)
            if mapped is None:  # Damaged files would be trusted after the next clean close.
                self._generations.remove_all()
            else:
                self._generations.remove_stale()

    def close(self) -> None:
        """Let go of the files, so that Windows can remove them."""
        with self._writing:
            self._replace(None, FlatVectors(self._dimension))

    def add(self, ids: Sequence[int] | Ids, vectors: Codes) -> None:
        """Insert vectors of new chunks, shape (n, dimension). Raises `ValueError` on other shapes."""
        with self._writing:
            self._state.recent.add(ids, vectors)
            self._recount()

    def remove(self, ids: Iterable[int]) -> None:
        """Remove vectors; unknown ids are ignored."""
        with self._writing:
            gone = list(ids)
            if self._state.mapped is not None:
                self._state.mapped.remove(np.array(gone, np.int64))
            self._state.recent.remove(gone)
            self._recount()

    def query(
        self, vector: NDArray[np.float32], k: int, allowed: Ids | None = None
    ) -> list[tuple[int, float]]:
        """The `k` chunk ids most similar to `vector`, with their cosine similarity, best first.

        Ties with the last one are included, up to `2 * k` in all.

        :param vector: shape (dimension,)
        :param allowed: the ids to choose from; None for all
        """
        state = self._state
        recent = state.recent.query(vector, k, allowed)
        if state.mapped is None:
            return recent
        found = state.mapped.query(vector, k, allowed) + recent
        ids, scores = ([pair[at] for pair in found] for at in (0, 1))
        return best(np.array(ids, np.int64), np.array(scores, np.float32), k)

    def similarities(self, vector: NDArray[np.float32], ids: Sequence[int]) -> dict[int, float]:
        """The cosine similarity of `vector`, shape (dimension,), to each known id of `ids`."""
        state = self._state
        found = state.recent.similarities(vector, ids)
        if state.mapped is not None:
            found.update(state.mapped.similarities(vector, np.array(ids, np.int64)))
        return found

    # Files

    @property
    def removed(self) -> list[int]:
        """The ids in the files that have no chunk any more, ascending, for `load`."""
        mapped = self._state.mapped
        return [] if mapped is None else mapped.removed.tolist()

    @property
    def lost(self) -> bool:
        """Whether another program has deleted or changed the files."""
        mapped = self._state.mapped
        return mapped is not None and mapped.seal.files_changed

    def verified(self) -> bool:
        """Whether the files hold what was written; it reads all of them."""
        mapped = self._state.mapped
        return mapped is None or mapped.seal.verify()

    def keep_current(self) -> None:
        """Name the mapped files as the current ones again, if that was lost. Raises `StorageError`."""
        mapped = self._state.mapped
        if mapped is not None:
            self._generations.keep_current(mapped.folder)

    def write_files(self, source: VectorSource, check: Callable[[], None], anew: bool = False) -> None:
        """Write the files again if many vectors have changed. Queries are answered meanwhile.

        :param source: has the same chunks as this store, and does not change meanwhile
        :param check: called between batches; it may raise to stop
        :param anew: write them in any case, because they are lost or damaged
        :raises StorageError: the old files stay in use
        """
        mapped = self._state.mapped
        if self._count < MIN_MAPPED:
            if mapped is not None:
                self.discard_files(source)
        elif anew or mapped is None or self._changed(mapped) * CHANGED_SHARE > len(mapped.alive):
            self._write(source, check)

    def _changed(self, mapped: LiveVectors) -> int:
        return len(self._state.recent) + len(mapped.alive) - mapped.count

    def _write(self, source: VectorSource, check: Callable[[], None]) -> None:
        folder = self._generations.create()
        try:
            write_vectors(folder, self._count, self._dimension, _batches(source), check)
            fresh = open_files(folder, self._dimension, trusted=True)
            self._generations.make_current(folder)
        except BaseException:
            discard(folder)
            raise
        with self._writing:
            self._replace(fresh, FlatVectors(self._dimension))
            self._generations.remove_stale()  # On Windows a file that a query has mapped stays until `load`.

    def discard_files(self, source: VectorSource) -> None:
        """Hold every vector of `source` in memory, and remove the files."""
        with self._writing:
            recent = FlatVectors(self._dimension)
            recent.add(*source.vectors())
            self._replace(None, recent)
        self._generations.remove_all()

    def _mapped(self, source: VectorSource, removed: Sequence[int] | None) -> LiveVectors | None:
        """The current files with their marks; None if there are none, or if they are not of this source."""
        folder = self._generations.current()
        if folder is None:
            return None
        with suppress(OSError, ValueError):
            mapped = open_files(folder, self._dimension, trusted=removed is not None)
            if removed is not None:
                return mapped if mapped.remove(np.array(removed, np.int64)) == len(removed) else None
            return mapped if mapped.keep(source.ids()) else None
        return None

    def _replace(self, mapped: LiveVectors | None, recent: FlatVectors) -> None:
        self._state = _State(mapped, recent)
        self._recount()

    def _recount(self) -> None:
        mapped, recent = self._state.mapped, self._state.recent
        self._count = len(recent) + (0 if mapped is None else mapped.count)


def _batches(source: VectorSource) -> Iterator[tuple[Ids, Codes]]:
    last = 0
    while True:
        ids, vectors = source.vectors(last, _BATCH)
        if not len(ids):
            return
        yield ids, vectors
        last = int(ids[-1])
