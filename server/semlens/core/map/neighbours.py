"""The nearest neighbours of vectors: exact, in blocks, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from semlens.core.map.types import Floats, Rows

_BLOCK_BYTES = 48 << 20
"""The cosines of one block of rows."""


def unit(vectors: NDArray[np.generic]) -> Floats:
    """`vectors`, shape (n, dimension), each scaled to length 1; zeros stay zeros."""
    found = np.asarray(vectors, np.float32)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found / np.maximum(lengths, 1e-9), np.float32)


def nearest(
    queries: Floats,
    candidates: Floats,
    k: int,
    check: Callable[[], None] = lambda: None,
    same: bool = False,
) -> tuple[Rows, Floats]:
    """The `k` candidates most alike to each query, with their cosines, best first.

    :param queries: unit vectors, shape (n, dimension)
    :param candidates: unit vectors, shape (m, dimension), of which there are at least `k`, or k + 1 if `same`
    :param check: called between blocks; what it raises ends the work
    :param same: whether `queries` are the `candidates`, none of which is its own neighbour
    :return: rows of `candidates` and cosines, each of shape (n, k)
    """
    rows = np.empty((len(queries), k), np.int32)
    cosines = np.empty((len(queries), k), np.float32)
    block = max(1, _BLOCK_BYTES // (4 * max(1, len(candidates))))
    for start in range(0, len(queries), block):
        check()
        alike = queries[start : start + block] @ candidates.T
        if same:
            alike[np.arange(len(alike)), np.arange(start, start + len(alike))] = -np.inf
        best = np.argpartition(alike, alike.shape[1] - k, axis=1)[:, -k:]
        values = np.take_along_axis(alike, best, axis=1)
        order = np.lexsort((best, -values), axis=1)
        rows[start : start + block] = np.take_along_axis(best, order, axis=1)
        cosines[start : start + block] = np.take_along_axis(values, order, axis=1)
    return rows, cosines
