"""What repeated searches of one index remember: where chunks stand on disk, and the vectors of names."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.static_model import StaticModel
from semlens.core.util.caches import LruCache
from semlens.types import FileStamp

MAX_LOCATED = 2_000
"""Chunks whose place on disk is remembered."""

MAX_TEXTS = 1_000
"""Texts of chunks that are remembered; a chunk has a few kilobytes."""

MAX_NAMES = 20_000
"""Names of files and symbols whose vectors are remembered."""


@dataclass(frozen=True, slots=True)
class LocatedChunk:
    """A chunk as it stands on disk."""

    text: str
    start_line: int
    end_line: int
    stale: bool
    """The file's text there differs from the text that was indexed."""


@dataclass(frozen=True, slots=True)
class NamingLine:
    """The line of a file that names a definition."""

    number: int
    lines: Sequence[str]
    """The text of this line, and of those after it that may belong to the definition's header."""


class PlaceCaches:
    """Where chunks stand on disk.

    By chunk id, which stands for one text, and file stamp, which stands for one content.
    """

    def __init__(self) -> None:
        self.located: LruCache[tuple[int, FileStamp], LocatedChunk] = LruCache(MAX_LOCATED)
        self.naming: LruCache[tuple[int, FileStamp], NamingLine] = LruCache(MAX_LOCATED)


class SearchCaches:
    """The caches for one open index, whose chunk ids are their keys. Safe for many threads."""

    def __init__(self, model: StaticModel) -> None:
        self.places = PlaceCaches()
        self.texts: LruCache[int, str] = LruCache(MAX_TEXTS)
        """The texts of chunks by id, as they were indexed."""
        self.name_vectors = NameVectors(model, MAX_NAMES)


class NameVectors:
    """The vectors of names in a matrix of at most `max_rows` rows. Safe for many threads.

    A full matrix is emptied: least-recently-used order would cost time at each use.
    """

    def __init__(self, model: StaticModel, max_rows: int) -> None:
        self._model = model
        self._max_rows = max_rows
        self._guard = threading.Lock()
        self._rows: dict[str, int] = {}
        self._matrix: NDArray[np.float32] = np.empty((0, model.dim), np.float32)

    def of(self, names: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of `names`, shape (names, dimensions)."""
        with self._guard:
            missing = [name for name in dict.fromkeys(names) if name not in self._rows]
            if missing:
                self._embed(missing, names)
            return self._matrix[[self._rows[name] for name in names]]

    def _embed(self, missing: Sequence[str], names: Sequence[str]) -> None:
        if len(self._rows) + len(missing) > self._max_rows:
            self._rows = {}
            missing = list(dict.fromkeys(names))
        start, end = len(self._rows), len(self._rows) + len(missing)
        if end > len(self._matrix):
            grown = np.empty((end + end // 2, self._model.dim), np.float32)
            grown[:start] = self._matrix[:start]
            self._matrix = grown
        self._matrix[start:end] = self._model.embed(missing)
        self._rows.update(zip(missing, range(start, end), strict=True))
