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

from semlens.core.store.quantized import Codes, coded, cosines, scales

_WASTE = 0.25
"""The share of removed rows at which the matrix is packed anew."""


@dataclass(frozen=True, slots=True)
class _State:
    """What readers see: rows beyond `used` may be in the making, an id of -1 has been removed."""

    ids: NDArray[np.int64]
    codes: Codes
    scales: NDArray[np.float32]
    used: int

    def take(self, other: _State, rows: NDArray[np.int64] | slice, count: int) -> _State:
        """Begin with `count` rows of another."""
        self.ids[:count] = other.ids[rows]
        self.codes[:count] = other.codes[rows]
        self.scales[:count] = other.scales[rows]
        return replace(self, used=count)


class FlatVectors:
    """Coded vectors by chunk id. One thread may change it while any number of them ask."""

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

    def add(self, ids: Sequence[int] | NDArray[np.int64], vectors: Codes) -> None:
        """Put in vectors (n, dimension); those of an id that is there are replaced."""
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
            state.codes[state.used : end] = vectors
            state.scales[state.used : end] = scales(vectors)
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
        """The `k` chunk ids most similar to a vector, with their cosine similarity, best first.

        All that tie with the last one are included, up to `2 * k`, so that the answer does not
        depend on the order in which the vectors came. `allowed` are the ids to choose from.
        """
        state = self._state
        ids = state.ids[: state.used].copy()  # Some may be removed meanwhile.
        alive = ids >= 0 if allowed is None else np.isin(ids, allowed)
        k = min(k, int(alive.sum()))
        if not k:
            return []
        scores = cosines(coded(vector[None]), state.codes[: state.used], state.scales[: state.used])
        scores[~alive] = -np.inf
        last = np.partition(scores, len(scores) - k)[len(scores) - k]
        rows = np.flatnonzero(scores >= last)
        return _ranked(ids[rows], scores[rows])[: 2 * k]

    def similarities(self, vector: NDArray[np.float32], ids: Sequence[int]) -> dict[int, float]:
        """The cosine similarity of each of `ids` that is there."""
        with self._changing:
            rows = [self._rows[number] for number in ids if number in self._rows]
            state = self._state
            found, codes, scale = state.ids[rows], state.codes[rows], state.scales[rows]
        return dict(_ranked(found, cosines(coded(vector[None]), codes, scale))) if rows else {}

    def _forget(self, ids: Iterable[int]) -> None:
        for number in ids:
            row = self._rows.pop(number, None)
            if row is not None:
                self._state.ids[row] = -1

    def _packed(self, more: int) -> _State:
        """The living rows alone, with room for `more` of them and some growth."""
        old = self._state
        if len(self._rows) == old.used:
            return self._room_for(old.used + more).take(old, slice(old.used), old.used)
        rows = np.flatnonzero(old.ids[: old.used] >= 0)
        self._rows = {int(number): row for row, number in enumerate(old.ids[rows])}
        return self._room_for(len(rows) + more).take(old, rows, len(rows))

    def _room_for(self, rows: int) -> _State:
        capacity = rows + rows // 2 + 256  # What is not used takes no memory yet.
        return _State(
            np.full(capacity, -1, np.int64),
            np.empty((capacity, self._dimension), np.int8),
            np.empty(capacity, np.float32),
            0,
        )


def _ranked(ids: NDArray[np.int64], scores: NDArray[np.float32]) -> list[tuple[int, float]]:
    """Best first, ties in the order of ids."""
    order = np.lexsort((ids, -scores))
    return list(zip(ids[order].tolist(), scores[order].tolist(), strict=True))
