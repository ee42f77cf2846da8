"""Vectors quantized to one byte per dimension, for the instant tier.

Only the direction of a vector matters, and 127 steps up to its largest component describe it well enough:
on the benchmark every tier scores as with floating point (`docs/quality.md`). Integer dot products are exact,
so a cosine depends on its two vectors alone. A scan is bound by memory bandwidth, and reads half the bytes
of float16.
"""

from __future__ import annotations

import numkong
import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int8]
"""Quantized vectors, int8; shape (n, dimension)."""

_MAX_CODE = 127
_BATCH = 512
"""Vectors that are quantized at once: the intermediate arrays stay in the processor's cache."""


def quantize(vectors: NDArray[np.float32]) -> Codes:
    """Quantize `vectors`, shape (n, dimension). A zero vector stays zero, and is similar to nothing."""
    codes = np.empty(vectors.shape, np.int8)
    for start in range(0, len(vectors), _BATCH):
        part = vectors[start : start + _BATCH]
        steps = np.abs(part).max(axis=1, initial=0.0) / np.float32(_MAX_CODE)
        steps[steps == 0] = 1
        codes[start : start + len(part)] = np.rint(part / steps[:, None])
    return codes


def inverse_norms(codes: Codes) -> NDArray[np.float32]:
    """The factor that makes each vector a unit vector, shape (n,); 0 for a zero vector."""
    found = np.zeros(len(codes), np.float32)
    for start in range(0, len(codes), _BATCH):
        part = codes[start : start + _BATCH].astype(np.float32)
        squares = np.einsum("ij,ij->i", part, part)
        found[start : start + len(part)] = np.divide(
            1, np.sqrt(squares), out=np.zeros_like(squares), where=squares > 0
        )
    return found


def cosines(query: Codes, codes: Codes, norms: NDArray[np.float32]) -> NDArray[np.float32]:
    """The cosine similarity of `query`, shape (1, dimension), to each of `codes`, shape (n, dimension).

    :param norms: the `inverse_norms` of `codes`
    :return: shape (n,)
    """
    sums = np.asarray(numkong.cdist(query, codes, metric="dot"))[0].astype(np.float32)
    similarities: NDArray[np.float32] = sums * norms * inverse_norms(query)[0]
    return similarities
