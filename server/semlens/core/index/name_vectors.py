"""Vectors of the names of files and symbols: the same ones are candidates again and again."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.static_model import StaticModel


class NameVectors:
    """The last names in a matrix of at most `most` rows. Safe for many threads."""

    def __init__(self, model: StaticModel, most: int) -> None:
        self._model = model
        self._most = most
        self._guard = threading.Lock()
        self._rows: dict[str, int] = {}
        self._matrix: NDArray[np.float32] = np.empty((0, model.dim), np.float32)

    def of(self, names: Sequence[str]) -> NDArray[np.float32]:
        """The names' vectors, shape (n, dimension)."""
        with self._guard:
            missing = [name for name in dict.fromkeys(names) if name not in self._rows]
            if missing:
                self._learn(missing, names)
            return self._matrix[[self._rows[name] for name in names]]

    def _learn(self, missing: Sequence[str], asked: Sequence[str]) -> None:
        if len(self._rows) + len(missing) > self._most:  # All anew: to know the last used costs at each use.
            self._rows = {}
            missing = list(dict.fromkeys(asked))
        start, end = len(self._rows), len(self._rows) + len(missing)
        if end > len(self._matrix):
            grown = np.empty((end + end // 2, self._model.dim), np.float32)
            grown[:start] = self._matrix[:start]
            self._matrix = grown
        self._matrix[start:end] = self._model.embed(missing)
        self._rows.update(zip(missing, range(start, end), strict=True))
