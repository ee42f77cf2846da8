"""The cosines of random pairs of a workspace's chunks: what a cosine is worth depends on the model."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from semlens.core.index.folder import FolderIndex
from semlens.types import Tier

SAMPLE: Final = 800
"""Chunks that are paired with each other: 319,600 pairs."""
FEWEST: Final = 20
"""Chunks that a workspace must have: fewer make too few pairs."""
LOWEST: Final = -0.25
"""Where the histogram begins; it ends at 1."""
BINS: Final = 50


@dataclass(frozen=True, slots=True)
class Background:
    """The cosines of all pairs of a sample of chunks."""

    chunks: int
    cosines: NDArray[np.float32]
    """Ascending."""

    def percentile(self, cosine: float) -> float:
        """The share of the pairs that are less alike, from 0 to 1."""
        return float(np.searchsorted(self.cosines, cosine)) / len(self.cosines)

    def histogram(self) -> list[int]:
        """The number of pairs in each bin."""
        counts, _ = np.histogram(np.clip(self.cosines, LOWEST, 1), BINS, (LOWEST, 1.0))
        return [int(count) for count in counts]


def background(index: FolderIndex, tier: Tier) -> Background | None:
    """The pairs of a random sample in the instant or deep tier; None if too few chunks have a vector.

    The sample is the chunks with the smallest content hashes: random, and the same at each call.
    Raises `StorageError`.
    """
    sample = heapq.nsmallest(SAMPLE, index.contents.every())
    if tier is Tier.DEEP:
        vectors = index.deep.stored_vectors(sample)[1]
    else:
        found = list(index.reader.instant.vectors_of(sample).values())
        vectors = np.array(found, np.float32).reshape(-1, index.models.static.dim)
    lengths = np.linalg.norm(vectors, axis=1)
    vectors = vectors[lengths > 0] / lengths[lengths > 0, None]
    if len(vectors) < FEWEST:
        return None
    pairs = np.triu_indices(len(vectors), 1)
    return Background(len(vectors), np.sort((vectors @ vectors.T)[pairs]))
