"""Exact nearest neighbours in memory: a scan of every vector, with perfect recall.

It needs no file, and its answer depends on the vectors alone.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from semlens.core.store.nearest import best
from semlens.core.store.quantized import Codes, cosines, inverse_norms, quantize

_MAX_REMOVED_SHARE = 0.25
"""Above this share of removed rows, the matrix is compacted."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """The vectors that readers see. A row from `used` on may be half written; an id of -1 was removed."""

    ids: NDArray[np.int64]
    codes: Codes
    norms: NDArray[np.float32]
    used: int

    def copy_from(self, other: _Rows, rows: NDArray[np.int64] | slice, count: int) -> _Rows:
        """Copy `count` rows of `other` to the beginning."""
        self.ids[:count] = other.ids[rows]
        self.codes[:count] = other.codes[rows]
        self.norms[:count] = other.norms[rows]
        return replace(self, used=count)


class FlatVectors:
    """Quantized vectors by chunk id. One thread at a time may write while any number of threads query."""

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self._writing = threading.Lock()
        self._rows: dict[int, int] = {}
        self._current = self._with_capacity(0)

    def __len__(self) -> int:
        return len(self._rows)

    def ids(self) -> NDArray[np.int64]:
        """Every chunk id, ascending; shape (n,)."""
        state = self._current
        return np.sort(state.ids[: state.used][state.ids[: state.used] >= 0])

    def add(self, ids: Sequence[int] | NDArray[np.int64], vectors: Codes) -> None:
        """Insert or replace vectors, shape (n, dimension). Raises `ValueError` on other shapes."""
        if not len(ids):
            return
        if vectors.shape != (len(ids), self._dimension):
            raise ValueError(f"{vectors.shape} vectors for {len(ids)} ids of dimension {self._dimension}")
        with self._writing:
            self._forget(int(number) for number in ids)
            state = self._current
            end = state.used + len(ids)
            if end > len(state.ids):
                state = self._compacted(len(ids))
                end = state.used + len(ids)
            state.codes[state.used : end] = vectors
            state.norms[state.used : end] = inverse_norms(vectors)
            state.ids[state.used : end] = ids
            self._rows.update(zip((int(number) for number in ids), range(state.used, end), strict=True))
            self._current = replace(state, used=end)

    def remove(self, ids: Iterable[int]) -> None:
        """Remove vectors; unknown ids are ignored."""
        with self._writing:
            self._forget(ids)
            state = self._current
            if state.used - len(self._rows) > _MAX_REMOVED_SHARE * state.used + 1024:
                self._current = self._compacted(0)

    def query(
        self, vector: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """The `k` chunk ids most similar to `vector`, with their cosine similarity, best first.

        Ties with the last one are included, up to `2 * k` in all, so that the answer does not depend on the
        order in which the vectors were added.

        :param vector: shape (dimension,)
        :param allowed: the ids to choose from; None for all
        """
        state = self._current
        ids = state.ids[: state.used].copy()  # A writer may remove some during the scan.
        alive = ids >= 0 if allowed is None else np.isin(ids, allowed)
        if not alive.any():
            return []
        scores = cosines(quantize(vector[None]), state.codes[: state.used], state.norms[: state.used])
        scores[~alive] = -np.inf
        return best(ids, scores, k)

    def similarities(self, vector: NDArray[np.float32], ids: Sequence[int]) -> dict[int, float]:
        """The cosine similarity of `vector`, shape (dimension,), to each known id of `ids`."""
        with self._writing:
            rows = [self._rows[number] for number in ids if number in self._rows]
            state = self._current
            found, codes, norms = state.ids[rows], state.codes[rows], state.norms[rows]
        return dict(best(found, cosines(quantize(vector[None]), codes, norms), len(rows))) if rows else {}

    def _forget(self, ids: Iterable[int]) -> None:
        for number in ids:
            row = self._rows.pop(number, None)
            if row is not None:
                self._current.ids[row] = -1

    def _compacted(self, more: int) -> _Rows:
        """A copy without the removed rows, with capacity for `more` rows and some growth."""
        old = self._current
        if len(self._rows) == old.used:
            return self._with_capacity(old.used + more).copy_from(old, slice(old.used), old.used)
        rows = np.flatnonzero(old.ids[: old.used] >= 0)
        self._rows = {int(number): row for row, number in enumerate(old.ids[rows])}
        return self._with_capacity(len(rows) + more).copy_from(old, rows, len(rows))

    def _with_capacity(self, rows: int) -> _Rows:
        capacity = rows + rows // 2 + 256  # Untouched pages take no memory.
        return _Rows(
            np.full(capacity, -1, np.int64),
            np.empty((capacity, self._dimension), np.int8),
            np.empty(capacity, np.float32),
            0,
        )
