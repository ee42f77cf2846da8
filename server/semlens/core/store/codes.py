"""Vectors in a byte a dimension, and how far their cosines can be from the true ones.

A scan of all vectors is bounded by the memory that it reads. Of bytes it reads a quarter, and what they say
is enough to tell which few hundred vectors can be among the nearest: these alone are compared exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numkong
import numpy as np
from numpy.typing import NDArray

_LARGEST = 127
_PORTION = 512
"""Vectors that are coded at once: what is made on the way stays in the processor's cache."""
_SUMS = 1e-5
"""What sums in float32 can be off by, besides what the codes are."""


@dataclass(frozen=True, slots=True)
class Codes:
    """Row by row: a vector is about its code times its step, and no farther from it than its error."""

    values: NDArray[np.int8]
    """Shape (rows, dimension)."""
    steps: NDArray[np.float32]
    errors: NDArray[np.float32]
    """The length of what is left of each vector."""

    @classmethod
    def room_for(cls, rows: int, dimension: int) -> Codes:
        return cls(
            np.empty((rows, dimension), np.int8), np.empty(rows, np.float32), np.empty(rows, np.float32)
        )

    def put(self, start: int, vectors: NDArray[np.float16]) -> None:
        """Code `vectors` (n, dimension) into the rows from `start` on."""
        for first in range(0, len(vectors), _PORTION):
            part = vectors[first : first + _PORTION].astype(np.float32)
            rows = slice(start + first, start + first + len(part))
            self.values[rows], self.steps[rows], self.errors[rows] = _coded(part)

    def take(self, other: Codes, rows: NDArray[np.int64] | slice, count: int) -> None:
        """Begin with `count` rows of another."""
        self.values[:count] = other.values[rows]
        self.steps[:count] = other.steps[rows]
        self.errors[:count] = other.errors[rows]

    def bounds(
        self, used: int, vector: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The least and the most that the dot product of each of the first `used` rows with `vector` can be.

        |x·q - x'·q'| is at most |x - x'| |q| + |x'| |q - q'|, by Cauchy and Schwarz.
        """
        codes, steps, errors = _coded(vector[None])
        sums = np.asarray(numkong.cdist(codes, self.values[:used], metric="dot"))[0]
        about = sums.astype(np.float32) * (self.steps[:used] * steps[0])
        length = np.float32(np.linalg.norm(vector))
        margin = self.errors[:used] * (length + errors[0]) + (errors[0] + np.float32(_SUMS))
        return about - margin, about + margin


def _coded(
    vectors: NDArray[np.float32],
) -> tuple[NDArray[np.int8], NDArray[np.float32], NDArray[np.float32]]:
    steps = np.abs(vectors).max(axis=1, initial=0.0) / np.float32(_LARGEST)
    steps[steps == 0] = 1
    whole = np.rint(vectors / steps[:, None])
    left = vectors - whole * steps[:, None]
    return whole.astype(np.int8), steps, np.sqrt(np.einsum("ij,ij->i", left, left))
