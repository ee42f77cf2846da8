"""One workspace folder's index, open: its truth, its derived indexes, and how much of it is covered.

`FolderIndex` owns the files of one folder's index. Writers take its `lock`; readers need none.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semlens.core.chunk import CHUNKER_VERSION
from semlens.core.embed.encoder import Encoder
from semlens.core.embed.model import DeepModel
from semlens.core.embed.static import StaticModel
from semlens.core.lexical import LexicalDoc, LexicalIndex
from semlens.core.store.database import open_or_rebuild as open_database
from semlens.core.store.flat import FlatVectors
from semlens.core.store.nearest import ChromaStore, open_or_rebuild
from semlens.core.store.records import Applied, FileChunks
from semlens.core.store.vectors import VectorCache
from semlens.core.tokens import ModelTokenizer
from semlens.types import ContentHash, Coverage, FileStamp, Fingerprint, RelativePath, Skipped

LOAD_BATCH = 4096
"""Vectors a step when the nearest-neighbour index is filled from the cache."""


@dataclass(frozen=True, slots=True)
class Models:
    """What turns text into numbers, shared by every folder."""

    measure: ModelTokenizer
    static: StaticModel
    deep: DeepModel
    encoder: Encoder
    vectors: VectorCache

    @property
    def deep_fingerprint(self) -> Fingerprint:
        return self.deep.fingerprint(CHUNKER_VERSION)

    @property
    def instant_fingerprint(self) -> str:
        return f"{self.static.fingerprint}/{CHUNKER_VERSION}"


class FolderIndex:
    """The index of the folder `root`, kept in `directory`.

    A damaged index is set aside and begun anew; `notice` is then the sentence that says so.
    Raises `StorageError` if no index can be kept there at all.
    """

    def __init__(self, root: Path, directory: Path, models: Models) -> None:
        self.root = root
        self.directory = directory
        self.models = models
        self.lock = threading.RLock()
        self.database, self.notice = open_database(directory / "index.db")
        self.lexical = LexicalIndex(directory / "lexical")
        self.flat = FlatVectors(models.static.dim)
        self._nearest: ChromaStore | None = None
        self._deep_hashes: set[ContentHash] = set()
        if self.database.meta("instant") != models.instant_fingerprint:
            self._begin_anew()
        self._load()

    def _begin_anew(self) -> None:
        """Forget what another model or chunker made; the next reconcile brings every file in again."""
        self.database.clear()
        self.lexical.remove(self.lexical.ids().tolist())
        self.lexical.commit()
        self.database.set_meta(instant=self.models.instant_fingerprint)

    def _load(self) -> None:
        ids, vectors = self.database.load_instants()
        self.flat.add(ids, vectors)
        self._mend_lexical()
        self._hashes = set(self.database.hashes())

    def _mend_lexical(self) -> None:
        """Make the lexical index equal to the truth. Ids are never given out twice: one id is one chunk."""
        there, wanted = self.lexical.ids(), self.database.places().chunk_ids
        surplus = np.setdiff1d(there, wanted)
        missing = set(np.setdiff1d(wanted, there).tolist())
        if len(surplus):
            self.lexical.remove(surplus.tolist())
        if missing:
            for file in self.database.documents():
                self.lexical.add(
                    LexicalDoc(chunk.id, chunk.path, chunk.defines, text.text)
                    for chunk, text in file
                    if chunk.id in missing
                )
        self.lexical.commit()

    def apply(
        self,
        upserts: Sequence[FileChunks],
        removals: Sequence[RelativePath],
        skipped: Sequence[Skipped] = (),
        restamps: Sequence[tuple[RelativePath, FileStamp]] = (),
    ) -> Applied:
        """Make a batch of files true. The truth is committed before anything derived from it.

        The instant tier finds them at once, the lexical tier after `publish`.
        """
        with self.lock:
            applied = self.database.apply(upserts, removals, skipped, restamps)
            self._hashes.update(applied.new_hashes)
            self._hashes.difference_update(applied.gone_hashes)
            if applied.removed_ids:
                self.lexical.remove(applied.removed_ids)
                self.flat.remove(applied.removed_ids)
            if applied.added:
                self.lexical.add(_documents(applied))
                self.flat.add(*_rows(applied))
            return applied

    def publish(self) -> None:
        """Make what was applied findable by words. Slow enough that a bulk run does it seldom."""
        with self.lock:
            self.lexical.commit()

    def nearest(self) -> ChromaStore:
        """The deep tier's nearest-neighbour index, opened (or rebuilt) when it is first wanted."""
        with self.lock:
            if self._nearest is None:
                self._nearest = open_or_rebuild(
                    self.directory / "nearest",
                    self.models.deep_fingerprint,
                    self.models.deep.dim,
                    self._cached_vectors,
                )
                self._deep_hashes = set(self._nearest.ids())
            return self._nearest

    @property
    def nearest_open(self) -> bool:
        return self._nearest is not None

    def add_deep(self, hashes: Sequence[ContentHash], vectors: NDArray[np.float32]) -> None:
        """Make deep vectors findable. Those that are there already are left alone."""
        with self.lock:
            nearest = self.nearest()
            fresh = [row for row, key in enumerate(hashes) if key not in self._deep_hashes]
            if fresh:
                nearest.add([hashes[row] for row in fresh], vectors[fresh])
                self._deep_hashes.update(hashes[row] for row in fresh)

    def pending_deep(self) -> list[ContentHash]:
        """Content hashes that no deep vector is findable for, in the order in which they came in."""
        self.nearest()
        return [key for key in self.database.hashes() if key not in self._deep_hashes]

    def collect_orphans(self) -> None:
        """Drop deep vectors that no chunk has any more, once they are many.

        They are kept at first, because a branch switch brings most of them back.
        """
        with self.lock:
            orphans = self._deep_hashes - self._hashes
            if self._nearest is not None and len(orphans) > max(1000, len(self._deep_hashes) // 4):
                self._nearest.remove(sorted(orphans))
                self._deep_hashes -= orphans

    def coverage(self) -> Coverage:
        """What each tier can answer for now. The deep tier answers for nothing until `nearest` was opened."""
        counts = self.database.counts()
        if not counts.chunks:
            return Coverage(counts.files, 0, 1.0, 1.0, 1.0)
        with self.lock:
            deep = len(self._hashes & self._deep_hashes) / max(1, len(self._hashes))
        instant = len(self.flat) / counts.chunks
        lexical = min(1.0, len(self.lexical) / counts.chunks)
        return Coverage(counts.files, counts.chunks, lexical, min(1.0, instant), deep)

    def close(self) -> None:
        with self.lock:
            if self._nearest is not None:
                self._nearest.close()
                self._nearest = None
            self.lexical.close()
            self.database.close()

    def _cached_vectors(self) -> Iterator[tuple[list[ContentHash], NDArray[np.float32]]]:
        hashes = self.database.hashes()
        for start in range(0, len(hashes), LOAD_BATCH):
            known = self.models.vectors.get(self.models.deep_fingerprint, hashes[start : start + LOAD_BATCH])
            if known:
                yield list(known), np.stack(list(known.values())).astype(np.float32)


def _documents(applied: Applied) -> Iterator[LexicalDoc]:
    for chunk_id, file, ordinal in applied.added:
        chunk = file.chunks[ordinal]
        yield LexicalDoc(chunk_id, file.path, chunk.defines, chunk.text)


def _rows(applied: Applied) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
    ids = np.array([chunk_id for chunk_id, _, _ in applied.added], dtype=np.int64)
    return ids, np.stack([file.instant[ordinal] for _, file, ordinal in applied.added])
