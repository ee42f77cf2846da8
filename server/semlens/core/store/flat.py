"""Exact nearest neighbours in memory: every vector is looked at, none is missed.

For the instant tier this is fast enough at any size that a workspace has, it needs no file of
its own, and its answer depends on nothing but the vectors.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from semlens.core.store.codes import Codes

_DECIMALS = 6
"""Scores are rounded to what float32 sums agree on, so that equal vectors have equal scores."""
_WASTE = 0.25
"""The share of removed rows at which the matrix is packed anew."""


@dataclass(frozen=True, slots=True)
class _State:
    """What readers see: rows beyond `used` may be in the making, an id of -1 has been removed."""

    ids: NDArray[np.int64]
    matrix: NDArray[np.float16]
    codes: Codes
    used: int


class FlatVectors:
    """Unit vectors in half precision by chunk id. One thread may change it while any number of them ask."""

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self._changing = threading.Lock()
        self._rows: dict[int, int] = {}
        self._state = self._room_for(0)

    def __len__(self) -> int:
        return len(self._rows)

    def ids(self) -> NDArray[np.int64]:
        """Every chunk id, ascending."""
        state = self._state
        return np.sort(state.ids[: state.used][state.ids[: state.used] >= 0])

    def add(
        self, ids: Sequence[int] | NDArray[np.int64], vectors: NDArray[np.float16] | NDArray[np.float32]
    ) -> None:
        """Put in unit vectors (n, dimension); those of an id that is there are replaced."""
        if not len(ids):
            return
        if vectors.shape != (len(ids), self._dimension):
            raise ValueError(f"{vectors.shape} vectors for {len(ids)} ids of dimension {self._dimension}")
        with self._changing:
            self._forget(int(number) for number in ids)
            state = self._state
            end = state.used + len(ids)
            if end > len(state.ids):
                state = self._packed(len(ids))
                end = state.used + len(ids)
            state.matrix[state.used : end] = vectors
            state.codes.put(state.used, state.matrix[state.used : end])
            state.ids[state.used : end] = ids
            self._rows.update(zip((int(number) for number in ids), range(state.used, end), strict=True))
            self._state = replace(state, used=end)

    def remove(self, ids: Iterable[int]) -> None:
        """Take vectors out; ids that are not there are ignored."""
        with self._changing:
            self._forget(ids)
            state = self._state
            if state.used - len(self._rows) > _WASTE * state.used + 1024:
                self._state = self._packed(0)

    def query(
        self, vector: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """The `k` chunk ids most similar to a unit vector, with their cosine similarity, best first.

        All that tie with the last one are included, up to `2 * k`, so that the answer does not
        depend on the order in which the vectors came. `allowed` are the ids to choose from.
        """
        state = self._state
        ids = state.ids[: state.used]
        alive = ids >= 0 if allowed is None else np.isin(ids, allowed)
        k = min(k, int(alive.sum()))
        if not k:
            return []
        least, most = state.codes.bounds(state.used, vector)
        least[~alive] = -np.inf
        threshold = np.partition(least, len(least) - k)[len(least) - k]
        rows = np.flatnonzero((most >= threshold - 10**-_DECIMALS) & alive)
        return _best(ids[rows], state.matrix[rows], vector, k)

    def similarities(self, vector: NDArray[np.float32], ids: Sequence[int]) -> dict[int, float]:
        """The cosine similarity of each of `ids` that is there."""
        with self._changing:
            rows = [self._rows[number] for number in ids if number in self._rows]
            found, matrix = self._state.ids[rows], self._state.matrix[rows]
        return dict(_best(found, matrix, vector, len(rows))) if rows else {}

    def _forget(self, ids: Iterable[int]) -> None:
        for number in ids:
            row = self._rows.pop(number, None)
            if row is not None:
                self._state.ids[row] = -1

    def _packed(self, more: int) -> _State:
        """The living rows alone, with room for `more` of them and some growth."""
        old = self._state
        if len(self._rows) == old.used:
            new = self._room_for(old.used + more)
            new.ids[: old.used] = old.ids[: old.used]
            new.matrix[: old.used] = old.matrix[: old.used]
            new.codes.take(old.codes, slice(old.used), old.used)
            return replace(new, used=old.used)
        rows = np.flatnonzero(old.ids[: old.used] >= 0)
        new = self._room_for(len(rows) + more)
        new.ids[: len(rows)] = old.ids[rows]
        new.matrix[: len(rows)] = old.matrix[rows]
        new.codes.take(old.codes, rows, len(rows))
        self._rows = {int(number): row for row, number in enumerate(old.ids[rows])}
        return replace(new, used=len(rows))

    def _room_for(self, rows: int) -> _State:
        capacity = rows + rows // 2 + 256  # What is not used takes no memory yet.
        return _State(
            np.full(capacity, -1, np.int64),
            np.empty((capacity, self._dimension), np.float16),
            Codes.room_for(capacity, self._dimension),
            0,
        )


def _best(
    ids: NDArray[np.int64], matrix: NDArray[np.float16], vector: NDArray[np.float32], k: int
) -> list[tuple[int, float]]:
    """The best `k` rows by scores that do not depend on where in memory a row lies."""
    scores = np.round((matrix.astype(np.float64) * vector).sum(axis=1), _DECIMALS)
    order = np.lexsort((ids, -scores))
    last = scores[order[k - 1]]
    tied = int((scores >= last).sum())
    chosen = order[: min(tied, 2 * k)]
    return [(int(ids[row]), float(scores[row])) for row in chosen if ids[row] >= 0]
