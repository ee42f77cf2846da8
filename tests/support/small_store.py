"""A small replacement for Chroma, for tests that open hundreds of indexes: memory, and one atomic file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semlens.private_files import private_dir
from semlens.types import ContentHash, Fingerprint

Vectors = NDArray[np.float32] | NDArray[np.float16]


class SmallStore:
    """Like `ChromaStore`: a kill loses the vectors added since the last checkpoint."""

    def __init__(self, root: Path, fingerprint: Fingerprint, dimension: int) -> None:
        self._file = private_dir(root) / f"{fingerprint}.json"
        self._vectors: dict[ContentHash, NDArray[np.float32]] = {}
        self.rebuilding = not self._file.exists()
        if not self.rebuilding:
            known = json.loads(self._file.read_text())
            self._vectors = {key: np.array(row, np.float32) for key, row in known.items()}

    def ids(self) -> set[ContentHash]:
        return set(self._vectors)

    def add(self, hashes: Sequence[ContentHash], vectors: Vectors) -> None:
        self._file.unlink(missing_ok=True)
        self._vectors.update(zip(hashes, np.asarray(vectors, np.float32), strict=True))

    def query(self, vector: NDArray[np.float32], k: int) -> list[tuple[ContentHash, float]]:
        scored = [(key, float(row @ vector / np.linalg.norm(row))) for key, row in self._vectors.items()]
        return sorted(scored, key=lambda hit: -hit[1])[:k]

    def checkpoint(self) -> None:
        partial = self._file.with_suffix(".partial")
        partial.write_text(json.dumps({key: row.tolist() for key, row in self._vectors.items()}))
        os.replace(partial, self._file)

    def rebuild(
        self,
        load: Callable[[], Iterable[tuple[Sequence[ContentHash], Vectors]]],
        check: Callable[[], None] = lambda: None,
    ) -> None:
        fresh: dict[ContentHash, NDArray[np.float32]] = {}
        for hashes, vectors in load():
            check()
            fresh.update(zip(hashes, np.asarray(vectors, np.float32), strict=True))
        self._vectors = fresh
        self.checkpoint()

    def close(self) -> None:
        self.checkpoint()
