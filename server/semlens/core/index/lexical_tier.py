"""The lexical tier of a folder: an index of words, brought to the state of the folder's database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import groupby
from pathlib import Path

import numpy as np

from semlens.core.lexical import LexicalDoc, LexicalFile, LexicalIndex
from semlens.core.store.reader import IndexReader
from semlens.core.store.records import Applied, ChunkText, StoredChunk
from semlens.core.text.analyzer import analyze_file
from semlens.errors import Cancelled, StorageError


class LexicalTier:
    """The lexical index of one folder. Writers take `lock`; any number of threads search `index`."""

    def __init__(self, folder: Path, reader: IndexReader, lock: threading.RLock, trusted: bool) -> None:
        """Open the index in `folder`, or begin an empty one; `synchronise` fills it.

        :param lock: of the folder's writer
        :param trusted: as for `LexicalIndex`
        :raises StorageError: no index can be kept in `folder`
        """
        self.index = LexicalIndex(folder, trusted=trusted)
        self._folder = folder
        self._reader = reader
        self._lock = lock
        self._stale = False
        self._revision = 0

    def apply(self, applied: Applied) -> None:
        """Change the index as the database was changed. A search sees it after the next `commit`."""
        self._revision += 1
        try:
            if applied.removed_ids:
                self.index.remove(applied.removed_ids)
            for file in _files(applied):
                self.index.add_file(file)
        except StorageError:
            self._stale = True
            raise

    def commit(self) -> None:
        """Let searches find the applied files. It is slow: a bulk run calls it seldom.

        If an earlier call failed, the index is opened again and synchronised with the database.
        """
        with self._lock:
            try:
                if self._stale:
                    self.index.close()
                    self.index = LexicalIndex(self._folder)
                    self.synchronise()
                else:
                    self.index.commit()
            except StorageError:
                self._stale = True
                raise

    def mark_stale(self) -> None:
        """Open the index again at the next `commit`."""
        self._stale = True

    def synchronise(self) -> None:
        """Make the index equal to the database. Ids are never reused: equal ids are equal chunks."""
        indexed, stored = self.index.ids(), self._reader.chunks.ids()
        surplus = np.setdiff1d(indexed, stored)
        missing = set(np.setdiff1d(stored, indexed).tolist())
        if len(surplus):
            self.index.remove(surplus.tolist())
        if missing:
            for file in self._reader.texts.documents():
                self.index.add(_document(*one) for one in file if one[0].id in missing)
        self.index.commit()
        self._stale = False

    def rebuild(self, check: Callable[[], None]) -> None:
        """Rebuild the index if chunks were removed from it, so that it scores like a new one.

        The old one answers meanwhile. A change of the index stops the rebuild.

        :param check: called between files; it may raise to stop the rebuild
        """
        if not self.index.has_removals:
            return
        with self._lock:
            revision = self._revision

        def check_unchanged() -> None:
            check()
            if self._revision != revision or self._stale or self.index.has_uncommitted:
                raise Cancelled

        documents = (_document(*one) for file in self._reader.texts.documents() for one in file)
        with suppress(Cancelled):
            check_unchanged()
            folder = self.index.build(documents, check_unchanged)
            with self._lock:
                check_unchanged()
                self.index.replace_with(folder)

    def clear(self) -> None:
        """Remove every chunk."""
        self.index.remove(self.index.ids().tolist())
        self.index.commit()

    @property
    def agrees(self) -> bool:
        """Whether searches find as many chunks as the database has."""
        if self._stale or self.index.has_uncommitted:
            return False
        with suppress(StorageError):
            return len(self.index) == self._reader.counts().chunks
        return False

    def put_back(self) -> None:
        """Build the index again if others have deleted or changed its files. Raises `StorageError`."""
        if self.index.lost:
            self._build_anew()

    def verify(self) -> None:
        """Read files that the opening trusted; build the index again if they are damaged."""
        if not self.index.verified():
            self._build_anew()

    def close(self) -> None:
        """Close the files; uncommitted changes are lost."""
        self.index.close()

    def _build_anew(self) -> None:
        self._stale = True
        self.commit()


def _document(chunk: StoredChunk, text: ChunkText) -> LexicalDoc:
    return LexicalDoc(chunk.id, chunk.path, chunk.defines, text.text)


def _files(applied: Applied) -> Iterator[LexicalFile]:
    for _, group in groupby(applied.added, key=lambda entry: id(entry[1])):
        entries = list(group)
        file = entries[0][1]
        analyzed = file.analyzed or analyze_file((chunk.text, chunk.defines) for chunk in file.chunks)
        yield LexicalFile(file.path, [chunk_id for chunk_id, _, _ in entries], analyzed)
