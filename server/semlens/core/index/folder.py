"""One workspace folder's index, open: its truth, its derived indexes, and how much of it is covered.

`FolderIndex` owns the files of one folder's index. One writer at a time takes its `lock`; readers need none.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semlens.core.files.source import REFUSALS_VERSION
from semlens.core.index.deep_vectors import DeepVectors
from semlens.core.index.located import Located
from semlens.core.index.model_set import ModelSet
from semlens.core.index.name_vectors import NameVectors
from semlens.core.index.priority import RecentlyShown
from semlens.core.index.quarantine import Quarantine
from semlens.core.lexical import LexicalDoc, LexicalFile, LexicalIndex
from semlens.core.store.chroma_store import ChromaStore
from semlens.core.store.database import open_or_replace as open_database
from semlens.core.store.flat import FlatVectors
from semlens.core.store.quantized import Codes
from semlens.core.store.records import Applied, FileChunks
from semlens.core.text.analyzer import analyze_file
from semlens.core.util.lru import LruCache
from semlens.errors import Cancelled, StorageError
from semlens.types import CancelToken, ContentHash, Coverage, FileStamp, RelativePath, Skipped

_WORDS = "lexical"

SEEN = 2_000
"""Hits whose place on disk is remembered."""

NAMES = 20_000
"""Names of files and symbols whose vectors are."""


class FolderIndex:
    """The index of the folder `root`, kept in `directory`.

    A damaged index is set aside and begun anew; `notice` is then the sentence that says so.
    With `assume_damaged` it is set aside without a check. Raises `StorageError` if no index can
    be kept there at all.
    """

    def __init__(self, root: Path, directory: Path, models: ModelSet, assume_damaged: bool = False) -> None:
        self.root = root
        self.directory = directory
        self.models = models
        self.lock = threading.RLock()
        self._guard = threading.Lock()
        self._edition = 0
        self.seen: LruCache[tuple[int, FileStamp], Located] = LruCache(SEEN)
        self.shown = RecentlyShown()
        self.name_vectors = NameVectors(models.static, NAMES)
        self.database, self.notice = open_database(directory / "index.db", assume_damaged)
        self.reader = self.database.reader
        try:
            self.lexical = LexicalIndex(directory / _WORDS)
            self.flat = FlatVectors(models.static.dim)
            self.deep = DeepVectors(directory / "nearest", models)
            self._words_behind = False
            self.quarantine = Quarantine(directory, self.reader.meta, self._remember)
            made_by = {name: self.reader.meta(name) for name in ("instant", "model")}
            self._forget_refusals_of_another_version()
            if made_by != {"instant": models.instant_fingerprint, "model": models.deep_fingerprint}:
                self._begin_anew()
            self._load()
        except BaseException:
            self.database.close(seal=False)
            raise

    def _forget_refusals_of_another_version(self) -> None:
        if self.reader.meta("refusals") != str(REFUSALS_VERSION):
            self.database.replace_skipped(())
            self.database.set_meta(refusals=str(REFUSALS_VERSION))

    def _remember(self, name: str, value: str) -> None:
        self.database.set_meta(**{name: value})

    def _begin_anew(self) -> None:
        """Forget what another model or chunker made; the next reconcile brings every file in again."""
        self.database.clear()
        self.lexical.remove(self.lexical.ids().tolist())
        self.lexical.commit()
        self.database.set_meta(instant=self.models.instant_fingerprint, model=self.models.deep_fingerprint)

    def _load(self) -> None:
        ids, vectors = self.reader.instant_vectors()
        self.flat.add(ids, vectors)
        self._level_words()
        self._hashes = set(self.reader.content_hashes())

    def _level_words(self) -> None:
        """Make the lexical index equal to the truth. Ids are never given out twice: one id is one chunk."""
        there, wanted = self.lexical.ids(), self.reader.chunk_files().chunk_ids
        surplus = np.setdiff1d(there, wanted)
        missing = set(np.setdiff1d(wanted, there).tolist())
        if len(surplus):
            self.lexical.remove(surplus.tolist())
        if missing:
            for file in self.reader.documents():
                self.lexical.add(
                    LexicalDoc(chunk.id, chunk.path, chunk.defines, text.text)
                    for chunk, text in file
                    if chunk.id in missing
                )
        self.lexical.commit()
        self._words_behind = False

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
            with self._guard:
                self._hashes.update(applied.new_hashes)
                self._hashes.difference_update(applied.gone_hashes)
                self._edition += 1
            self.flat.remove(applied.removed_ids)
            if applied.added:
                self.flat.add(*_rows(applied))
            self._follow_with_words(applied)
            return applied

    def _follow_with_words(self, applied: Applied) -> None:
        try:
            if applied.removed_ids:
                self.lexical.remove(applied.removed_ids)
            for file in _documents(applied):
                self.lexical.add_file(file)
        except StorageError:
            self._words_behind = True
            raise

    def publish(self) -> None:
        """Make what was applied findable by words. Slow enough that a bulk run does it seldom.

        If that failed before, all that is missing is made up for.
        """
        with self.lock:
            try:
                if self._words_behind:
                    self.lexical.close()
                    self.lexical = LexicalIndex(self.directory / _WORDS)
                    self._level_words()
                else:
                    self.lexical.commit()
            except StorageError:
                self._words_behind = True
                raise

    def rebuild_lexical(self, check: Callable[[], None]) -> None:
        """Make the lexical index anew if something was taken out of it, so that it scores as a new one does.

        It answers meanwhile; a change of the index ends the attempt. `check` may raise.
        """
        if not self.lexical.has_removals:
            return
        with self.lock:
            begun = self._edition

        def still_wanted() -> None:
            check()
            if self._edition != begun or self._words_behind or self.lexical.has_uncommitted:
                raise Cancelled

        documents = (
            LexicalDoc(chunk.id, chunk.path, chunk.defines, text.text)
            for file in self.reader.documents()
            for chunk, text in file
        )
        with suppress(Cancelled):
            still_wanted()
            folder = self.lexical.build(documents, still_wanted)
            with self.lock:
                still_wanted()
                self.lexical.replace_with(folder)

    def distrust_derived(self) -> None:
        """Have the lexical index opened anew with the next `publish`, and the deep tier's store too."""
        self._words_behind = True
        self.deep.renew()

    def known_instants(self, hashes: Sequence[ContentHash]) -> dict[ContentHash, Codes]:
        """Instant vectors of texts that were embedded before: here, elsewhere, or on another branch."""
        with self._guard:
            here = [key for key in hashes if key in self._hashes]
        known = self.reader.instant_vectors_of(here) if here else {}
        elsewhere = [key for key in hashes if key not in known]
        if elsewhere:
            known.update(self.models.vectors.get_codes(self.models.instant_fingerprint, elsewhere))
        return known

    def keep_instants(self, fresh: Mapping[ContentHash, Codes]) -> None:
        """Remember instant vectors beyond the life of the chunks that they were made for."""
        if fresh:
            vectors = np.stack(list(fresh.values()))
            self.models.vectors.put(self.models.instant_fingerprint, list(fresh), vectors)

    def nearest(self) -> ChromaStore:
        """The deep tier's nearest-neighbour index, opened when it is first wanted."""
        return self.deep.open()

    @property
    def was_deep(self) -> bool:
        """Whether the deep tier has once been there, so that an empty store is a lost one."""
        return self.reader.meta("deep") == self.models.deep_fingerprint

    def note_deep(self) -> None:
        """The deep tier is there; from now on it is missed if it is lost."""
        if len(self.deep) and not self.was_deep:
            self.database.set_meta(deep=self.models.deep_fingerprint)

    def pending_deep(self) -> list[ContentHash]:
        """Content hashes that no deep vector is findable for, in the order in which they came in."""
        return self.deep.missing(self.reader.content_hashes())

    def collect_orphans(self, cancel: CancelToken) -> None:
        """Drop deep vectors that no chunk has any more, once they are many. Raises `Cancelled`."""
        self.deep.drop_orphans(self.contents(), cancel.check)

    def contents(self) -> frozenset[ContentHash]:
        """Every distinct text in the index, by its hash."""
        with self._guard:
            return frozenset(self._hashes)

    def coverage(self) -> Coverage:
        """What each tier can answer for now. The deep tier answers for nothing until its store is open."""
        counts = self.reader.counts()
        if not counts.chunks:
            return Coverage(counts.files, 0, 1.0, 1.0, 1.0)
        instant = min(1.0, len(self.flat) / counts.chunks)
        lexical = min(1.0, len(self.lexical) / counts.chunks)
        with self._guard:
            deep = self.deep.share(self._hashes, self._edition)
        return Coverage(counts.files, counts.chunks, lexical, instant, deep)

    def close(self) -> None:
        """The truth first: the rest can be made again, if there is no time for it."""
        with self.lock:
            self.lexical.close()
            self.database.close()
        self.quarantine.close()
        self.deep.close()

    def abandon(self) -> None:
        """Let go of an index that turned out to be damaged, without a word in its favour."""
        with self.lock:
            with suppress(StorageError):
                self.lexical.close()
            self.database.close(seal=False)
        self.quarantine.close()
        self.deep.close()


def _documents(applied: Applied) -> Iterator[LexicalFile]:
    for _, group in groupby(applied.added, key=lambda entry: id(entry[1])):
        entries = list(group)
        file = entries[0][1]
        analyzed = file.analyzed or analyze_file((chunk.text, chunk.defines) for chunk in file.chunks)
        yield LexicalFile(file.path, [chunk_id for chunk_id, _, _ in entries], analyzed)


def _rows(applied: Applied) -> tuple[NDArray[np.int64], Codes]:
    ids = np.array([chunk_id for chunk_id, _, _ in applied.added], dtype=np.int64)
    return ids, np.stack([file.instant[ordinal] for _, file, ordinal in applied.added])
