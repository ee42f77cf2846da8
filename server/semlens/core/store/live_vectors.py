"""Mapped vectors with a mark for each whose chunk is gone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semlens.core.store.mapped_vectors import MappedVectors, map_vectors, seal_of
from semlens.core.store.nearest import best
from semlens.core.store.quantized import cosines, quantize
from semlens.core.store.seal import Seal

GATHERED_SHARE = 16
"""A scope of at most a sixteenth of the vectors is gathered; to scan all costs less than to gather more."""

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LiveVectors:
    """A generation of files, and which of its vectors have a chunk."""

    folder: Path
    seal: Seal
    vectors: MappedVectors
    alive: NDArray[np.bool_]
    """Shape (n,); `remove` changes it in place."""

    @property
    def count(self) -> int:
        """The number of vectors with a chunk."""
        return int(np.count_nonzero(self.alive))

    @property
    def last_id(self) -> int:
        """The highest id in the files."""
        return int(self.vectors.ids[-1])

    @property
    def ids(self) -> Ids:
        """The ids of the vectors with a chunk, ascending."""
        return self.vectors.ids[self.alive]

    @property
    def removed(self) -> Ids:
        """The ids of the vectors without a chunk, ascending."""
        return self.vectors.ids[~self.alive]

    def remove(self, ids: Ids) -> int:
        """Mark the vectors of these ids, shape (m,); how many of the ids are in the files."""
        rows = self.vectors.rows(ids)
        rows = rows[rows >= 0]
        self.alive[rows] = False
        return len(rows)

    def keep(self, ids: Ids) -> bool:
        """Mark the vectors that have none of all chunks' `ids`, ascending.

        False if the files lack a vector that they had when they were written: they are of other chunks.
        """
        self.alive[:] = np.isin(self.vectors.ids, ids)
        return self.count == int(np.searchsorted(ids, self.last_id, "right"))

    def query(self, vector: NDArray[np.float32], k: int, allowed: Ids | None) -> list[tuple[int, float]]:
        """As `InstantVectors.query`."""
        vectors, chosen = self.vectors, self.alive
        if allowed is not None:
            rows = self._rows(allowed)
            if len(rows) * GATHERED_SHARE <= len(vectors.ids):
                return self._best_of(rows, vector, k)
            chosen = np.zeros(len(vectors.ids), np.bool_)
            chosen[rows] = True
        scores = cosines(quantize(vector[None]), vectors.codes, vectors.norms)
        scores[~chosen] = -np.inf
        return best(vectors.ids, scores, k)

    def similarities(self, vector: NDArray[np.float32], ids: Ids) -> dict[int, float]:
        """As `InstantVectors.similarities`."""
        rows = self._rows(ids)
        return dict(self._best_of(rows, vector, len(rows)))

    def _rows(self, ids: Ids) -> Ids:
        """The rows of those of `ids` that have a chunk."""
        rows = self.vectors.rows(ids)
        rows = rows[rows >= 0]
        return rows[self.alive[rows]]

    def _best_of(self, rows: Ids, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        if not len(rows):
            return []
        vectors = self.vectors
        scores = cosines(quantize(vector[None]), vectors.codes[rows], vectors.norms[rows])
        return best(vectors.ids[rows], scores, k)


def open_files(folder: Path, dimension: int, trusted: bool = False) -> LiveVectors:
    """Map the files in `folder`. Raises `OSError` or `ValueError` if they are not as they were sealed.

    :param trusted: take them as sealed without reading them
    """
    seal = seal_of(folder)
    if not ((trusted and seal.trust()) or seal.intact()):
        raise ValueError(f"{folder} has changed")
    vectors = map_vectors(folder, dimension)
    return LiveVectors(folder, seal, vectors, np.ones(len(vectors.ids), np.bool_))
