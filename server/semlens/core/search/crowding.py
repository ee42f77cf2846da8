"""How much each neighbour of a question is like its other neighbours.

Code that is like much other code is near to many questions, and answers few of them (hubs: Radovanović et al.
2010). The ranking takes a part of that likeness off, as Conneau et al. (2018) do for words of two languages.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from semlens.core.index.deep_vectors import DeepVectors
from semlens.errors import StorageError
from semlens.types import ContentHash

log = logging.getLogger(__name__)

COMPARED = 200
"""The nearest contents that are compared with each other."""

CROWD = 0.1
"""The share of the others that are a content's crowd: those that are most like it."""


def crowding(vectors: DeepVectors, contents: Sequence[ContentHash]) -> dict[ContentHash, float]:
    """The mean cosine of each of the first `COMPARED` contents to its crowd, less the mean of all of them.

    Contents whose vectors are not at hand are left out.
    """
    nearest = contents[:COMPARED]
    try:
        known = vectors.cached(nearest)
    except StorageError as error:  # No query fails because an order could be better.
        log.info("the neighbours of a question are not compared: %s", error)
        return {}
    found = [content for content in nearest if content in known]
    if len(found) < 2:
        return {}
    densities = likeness_to_crowd(np.stack([known[content] for content in found]).astype(np.float32))
    return dict(zip(found, (densities - densities.mean()).tolist(), strict=True))


def likeness_to_crowd(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean cosine of each of at least 2 unit vectors, shape (n, dimension), to its crowd; shape (n,)."""
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -np.inf)
    size = max(1, round(CROWD * (len(vectors) - 1)))
    crowd: NDArray[np.float32] = np.partition(cosines, -size, axis=1)[:, -size:]
    return np.asarray(crowd.mean(axis=1))
