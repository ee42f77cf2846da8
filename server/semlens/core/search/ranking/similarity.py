"""How similar names are to the query in meaning, by the vectors of the instant tier."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from semlens.core.search.caches import NameVectors


class NameSimilarity:
    """Cosines of names to one query, each computed once. For one thread."""

    def __init__(self, query: NDArray[np.float32], name_vectors: NameVectors) -> None:
        """`query` is the query's unit vector, shape (dimensions,)."""
        self._query = query
        self._name_vectors = name_vectors
        self._known: dict[str, float] = {}

    def __call__(self, names: Sequence[str]) -> NDArray[np.float64]:
        """The cosine of each name, shape (names,)."""
        missing = [name for name in dict.fromkeys(names) if name not in self._known]
        if missing:
            # A sum for each row: in a matrix product, a row's rounding depends on the other rows.
            rows = self._name_vectors.of(missing).astype(np.float64)
            self._known.update(zip(missing, (rows * self._query).sum(axis=1).tolist(), strict=True))
        return np.array([self._known[name] for name in names])
