"""Vectors in a byte a dimension: what the instant tier keeps of a text, and compares.

A vector's direction is what it means, and 127 steps to its largest part tell it well enough: on the
benchmark all tiers are worth as much as with floating point (`docs/quality.md`). Sums of products of bytes
are exact, so that a cosine depends on nothing but its two vectors; and a scan, which is bounded by the memory
that it reads, reads half of what half precision takes.
"""

from __future__ import annotations

import numkong
import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int8]
"""Shape (n, dimension): vectors in bytes, row by row."""

_LARGEST = 127
_PORTION = 512
"""Vectors that are coded at once: what is made on the way stays in the processor's cache."""


def coded(vectors: NDArray[np.float32]) -> Codes:
    """The directions of `vectors` (n, dimension). One of zeros stays so, and is like nothing."""
    codes = np.empty(vectors.shape, np.int8)
    for start in range(0, len(vectors), _PORTION):
        part = vectors[start : start + _PORTION]
        steps = np.abs(part).max(axis=1, initial=0.0) / np.float32(_LARGEST)
        steps[steps == 0] = 1
        codes[start : start + len(part)] = np.rint(part / steps[:, None])
    return codes


def scales(codes: Codes) -> NDArray[np.float32]:
    """(n,): what makes each a unit vector; 0 for one of zeros."""
    found = np.zeros(len(codes), np.float32)
    for start in range(0, len(codes), _PORTION):
        part = codes[start : start + _PORTION].astype(np.float32)
        squares = np.einsum("ij,ij->i", part, part)
        found[start : start + len(part)] = np.divide(
            1, np.sqrt(squares), out=np.zeros_like(squares), where=squares > 0
        )
    return found


def cosines(asked: Codes, codes: Codes, scale: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n,): how near each of `codes`, whose `scales` are given, is to the one that is `asked`."""
    sums = np.asarray(numkong.cdist(asked, codes, metric="dot"))[0].astype(np.float32)
    near: NDArray[np.float32] = sums * scale * scales(asked)[0]
    return near
