"""The best of many scores, without a sort of all of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_STRIDE = 64
"""Of a long array, every score so far from the next one is sampled."""
_MIN_SAMPLED = 100_000
"""Scores below which all are partitioned, which takes a millisecond."""


def best(ids: NDArray[np.int64], scores: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
    """The `k` ids with the highest scores, best first, ties by id.

    Ties with the last one are included, up to `2 * k` in all, so that the answer does not depend on the order
    of the arrays, each of shape (n,). Scores of minus infinity never count.
    """
    rows = _highest(scores, k)
    order = np.lexsort((ids[rows], -scores[rows]))[: 2 * k]
    rows = rows[order]
    return list(zip(ids[rows].tolist(), scores[rows].tolist(), strict=True))


def _highest(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """The rows of the `k` highest of `scores`, with all ties of the last one."""
    rows = np.arange(0) if len(scores) < _MIN_SAMPLED else _above_a_guess(scores, k)
    if len(rows) < k:
        rows = np.flatnonzero(scores > -np.inf)
    kept = scores[rows]
    k = min(k, len(rows))
    return rows[kept >= np.partition(kept, len(kept) - k)[len(kept) - k]] if k else rows


def _above_a_guess(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """The rows of at least about `4 * k` of the highest scores: those above a score that a sample tells.

    It takes a millisecond for a million scores, of which a partition takes six.
    """
    sample = scores[::_STRIDE]
    at = len(sample) - min(len(sample), 4 * k // _STRIDE + 4)
    guess = np.partition(sample, at)[at]
    return np.flatnonzero(scores >= guess) if guess > -np.inf else np.arange(0)
