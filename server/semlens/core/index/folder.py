"""The open index of a workspace folder: its database, its derived indexes, and the coverage of each tier."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semlens.core.files.content_rules import REFUSALS_VERSION
from semlens.core.index.added_tiers import AddedTiers
from semlens.core.index.claims import Claims
from semlens.core.index.contents import Contents
from semlens.core.index.deep_vectors import DeepVectors
from semlens.core.index.lexical_tier import LexicalTier
from semlens.core.index.model_set import ModelSet
from semlens.core.index.priority import RecentlyShown
from semlens.core.index.quarantine import Quarantine
from semlens.core.index.unchanged import (
    DATABASE,
    INSTANT,
    LEXICAL,
    forget_unchanged,
    note_unchanged,
    removed_at_close,
)
from semlens.core.lexical import LexicalIndex
from semlens.core.store.database import open_or_replace as open_database
from semlens.core.store.instant_vectors import InstantVectors
from semlens.core.store.quantized import Codes
from semlens.core.store.records import Applied, FileChunks
from semlens.core.util.caches import LruCache
from semlens.errors import StorageError
from semlens.types import Coverage, FileStamp, RelativePath, Scope, Skipped

log = logging.getLogger(__name__)


KEPT_SCOPES = 4
"""Scopes of recent questions; each has at most the id of every chunk."""
NEAREST = "nearest"
"""The folder of the deep tier's collection."""

DEFAULT_ENCODING = "utf8"
"""The editor's name for it."""


class FolderIndex:
    """The index of one folder. One writer at a time takes its `lock`; readers need none."""

    def __init__(self, root: Path, directory: Path, models: ModelSet, assume_damaged: bool = False) -> None:
        """Open or create the index.

        A damaged index is set aside and an empty one takes its place; `notice` is the sentence that says so.

        :param root: the folder to index
        :param directory: the private folder of the index
        :param assume_damaged: set an existing index aside without a check
        :raises StorageError: no index can be kept in `directory`
        """
        self.root = root
        self.directory = directory
        self.models = models
        self.lock = threading.RLock()
        self.recently_shown = RecentlyShown()
        self.claims = Claims()
        """Noted by each search, and taken by the deep tier, which embeds these contents first."""
        self.scopes: LruCache[tuple[int, Scope], NDArray[np.int64]] = LruCache(KEPT_SCOPES)
        """The ids of the chunks in a scope at a revision of the database; read while somebody types."""
        removed = None if assume_damaged else removed_at_close(directory)
        self._trusted = trusted = removed is not None
        self.database, self.notice = open_database(directory / DATABASE, assume_damaged, trusted)
        self.reader = self.database.reader
        self.contents = Contents(self.reader.chunks.content_hashes)
        """The hashes of the texts in the index."""
        try:
            self.lexical_tier = LexicalTier(directory / LEXICAL, self.reader, self.lock, trusted)
            self.instant = InstantVectors(directory / INSTANT, models.static.dim)
            self.deep = DeepVectors(
                directory / NEAREST, models.deep_fingerprint, models.deep.dim, models.vectors
            )
            self.added = AddedTiers(root, directory, self.database, self.lock)
            self.quarantine = Quarantine(directory, self.reader.meta, self._store_meta)
            made_by = {name: self.reader.meta(name) for name in ("instant", "model")}
            self._drop_stale_skips()
            if made_by != {"instant": models.instant_fingerprint, "model": models.deep_fingerprint}:
                self._reset()
                removed = None
            self._load(removed)
        except BaseException:
            self.database.close(seal=False)
            raise

    @property
    def lexical(self) -> LexicalIndex:
        """The index of words that answers now."""
        return self.lexical_tier.index

    @property
    def encoding(self) -> str:
        """The editor's encoding for files that say nothing of their own."""
        return (self.reader.meta("decoding") or "").partition(" ")[2] or DEFAULT_ENCODING

    def apply(
        self,
        upserts: Sequence[FileChunks],
        removals: Sequence[RelativePath],
        skipped: Sequence[Skipped] = (),
        restamps: Sequence[tuple[RelativePath, FileStamp]] = (),
    ) -> Applied:
        """Apply a batch of files, to the database first. Arguments as for `IndexDatabase.apply`.

        The instant tier finds the new chunks at once, the lexical tier after its `commit`.
        """
        with self.lock:
            applied = self.database.apply(upserts, removals, skipped, restamps)
            self.contents.change(applied.new_hashes, applied.gone_hashes)
            self.instant.remove(applied.removed_ids)
            if applied.added:
                self.instant.add(*_instant_rows(applied))
            self.lexical_tier.apply(applied)
            return applied

    @property
    def lost(self) -> bool:
        """Whether others have deleted, replaced or cut files of the index; the deep store is apart."""
        return self.database.lost or self.lexical.lost or self.instant.lost or self.quarantine.lost

    def put_back(self) -> None:
        """Write lost files again, or build them again, but for the deep store's.

        Raises `DamagedIndexError` if the database was cut, `StorageError` if nothing can be written.
        """
        with self.lock:
            self.database.put_back()
            self.quarantine.put_back()
            self.lexical_tier.put_back()
            if self.instant.lost:
                self.instant.write_files(self.reader.instant, lambda: None, anew=True)

    def write_instant(self, check: Callable[[], None]) -> None:
        """Write the files of the instant tier again if much has changed, and hold less in memory then.

        If the disk is full, everything works as before, in memory.

        :param check: called between batches; it may raise to stop
        """
        with self.lock:
            try:
                self.instant.write_files(self.reader.instant, check)
            except StorageError:
                log.warning("the vectors of %s stay in memory", self.root, exc_info=True)

    def verify(self) -> None:
        """Read the files that the opening trusted by their sizes and times, and build damaged ones again.

        Raises `DamagedIndexError` if the database is damaged, `StorageError` if nothing can be written.
        """
        if not self._trusted:
            return
        self.database.verify()
        self.lexical_tier.verify()
        if not self.instant.verified():
            with self.lock:
                self.instant.discard_files(self.reader.instant)
                self.instant.write_files(self.reader.instant, lambda: None)
        self._trusted = False

    def keep_current(self) -> None:
        """Name the open lexical index and the other stores as current again. Raises `StorageError`."""
        self.lexical.keep_current()
        self.instant.keep_current()
        self.deep.keep_current()
        for vectors in self.added.vectors:
            vectors.keep_current()

    def mark_derived_stale(self) -> None:
        """Open the lexical index again at its next commit, and the deep store at its next use."""
        self.lexical_tier.mark_stale()
        self.deep.reset()
        for vectors in self.added.vectors:
            vectors.reset()

    def coverage(self) -> Coverage:
        """The share of chunks that each tier can find now: 0 for the deep tier until its store is open."""
        counts, second = self.reader.counts(), self.added.second
        if not counts.chunks:
            return Coverage(counts.files, 0, 1.0, 1.0, 1.0, second=None if second is None else 1.0)
        instant = min(1.0, len(self.instant) / counts.chunks)
        lexical = min(1.0, len(self.lexical) / counts.chunks)
        deep = self.deep.coverage(self.contents.every, self.contents.revision)
        of_second = None if second is None else second.coverage()
        return Coverage(counts.files, counts.chunks, lexical, instant, deep, second=of_second)

    def close(self) -> None:
        """Close the database first: the other indexes can be rebuilt if the process is killed meanwhile."""
        with self.lock:
            agreed = self.lexical_tier.agrees
            self.lexical_tier.close()
            self.database.close()
            if agreed:
                note_unchanged(self.directory, self.instant.removed)
            else:
                forget_unchanged(self.directory)
            self.instant.close()
        self.quarantine.close()
        self._close_vectors()

    def close_unsealed(self) -> None:
        """Close an index that turned out to be damaged, without sealing its database."""
        with self.lock:
            with suppress(StorageError):
                self.lexical_tier.close()
            self.database.close(seal=False)
            self.instant.close()
        self.quarantine.close()
        self._close_vectors()

    def _close_vectors(self) -> None:
        self.deep.close()
        self.added.close()

    def _drop_stale_skips(self) -> None:
        """Forget files that another version of the rules for content has skipped: they are read again."""
        if self.reader.meta("refusals") != str(REFUSALS_VERSION):
            self.database.replace_skipped(())
            self.database.set_meta(refusals=str(REFUSALS_VERSION))

    def _store_meta(self, name: str, value: str) -> None:
        self.database.set_meta(**{name: value})

    def _reset(self) -> None:
        """Delete what another model or chunker produced; the next reconcile indexes every file again."""
        self.database.clear()
        self.lexical_tier.clear()
        self.instant.discard_files(self.reader.instant)
        self.database.set_meta(instant=self.models.instant_fingerprint, model=self.models.deep_fingerprint)

    def _load(self, removed: list[int] | None) -> None:
        """Bring the derived indexes to the database's state.

        :param removed: `removed_at_close`; the derived indexes have the database's state then
        """
        self.instant.load(self.reader.instant, removed)
        chunks = self.reader.counts().chunks
        if removed is None or len(self.lexical) != chunks:
            self.lexical_tier.synchronise()
        if not chunks:
            self.contents.begin_empty()


def _instant_rows(applied: Applied) -> tuple[NDArray[np.int64], Codes]:
    ids = np.array([chunk_id for chunk_id, _, _ in applied.added], dtype=np.int64)
    return ids, np.stack([file.instant[ordinal] for _, file, ordinal in applied.added])
