"""The lexical index: BM25 over code, its symbols and its paths, by tantivy.

Identifiers are indexed as a whole and by their parts, so that `get user` and `getUser` both find
`getUserById`. The index can be rebuilt from the database at any time: compare `ids` with the database,
then add and remove the difference.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from semlens.core.lexical.documents import (
    LexicalDoc,
    LexicalFile,
    analyzed_files,
    schema,
    write_file,
)
from semlens.core.lexical.files import is_index, seal_of
from semlens.core.lexical.reading import LexicalReader, tantivy_errors
from semlens.core.lexical.scores import chunk_ids
from semlens.core.store.generations import Generations
from semlens.core.store.layout import failure
from semlens.core.store.seal import Seal
from semlens.private_files import discard

FORMAT_VERSION = 4
"""Version of the schema and of the analyzer; an index of another version is rebuilt."""

_HAS_REMOVALS = ".amended"
_HEAP_BYTES = 32_000_000


class LexicalIndex(LexicalReader):
    """The lexical index of a folder. One thread at a time may write while any number of threads search.

    Every method that touches the disk raises `StorageError` if the disk fails.
    """

    def __init__(self, folder: Path, stem: bool = True, trusted: bool = False) -> None:
        """Open the index in `folder` if it is sound, else begin an empty one.

        :param stem: whether terms are stemmed
        :param trusted: the sizes and times of its files are as they were at the last close: they are read for
            their checksums by `verified` alone
        """
        self._generations = Generations(folder, f"v{FORMAT_VERSION}{'s' if stem else ''}")
        self._schema = schema()
        self._writing = threading.Lock()
        self._writer: tantivy.IndexWriter | None = None
        self._folder, self._index, self._seal = self._open(trusted)
        super().__init__(self._generations.root, self._schema, self._index.searcher(), stem)
        self._counted: tuple[tantivy.Searcher, int] | None = None
        """The chunks that a searcher finds, for as long as it answers."""

    def __len__(self) -> int:
        """The number of chunks that a search can find."""
        searcher, counted = self._searcher, self._counted
        if counted is None or counted[0] is not searcher:
            # A commit meanwhile makes another searcher, for which this count is none.
            self._counted = counted = searcher, self.chunk_count(searcher)
        return counted[1]

    def ids(self) -> NDArray[np.int64]:
        """Every chunk id that a search can find, ascending; shape (n,)."""
        searcher = self._searcher
        if not searcher.num_docs:
            return np.zeros(0, np.int64)
        hits = searcher.search(tantivy.Query.all_query(), searcher.num_docs, count=False).hits
        ids = chunk_ids(searcher, hits)
        return np.sort(ids[ids >= 0])

    @property
    def has_removals(self) -> bool:
        """Whether chunks were removed since the index was built.

        BM25 statistics still count removed chunks, so scores differ a little from those of a new index.
        """
        return (self._folder / _HAS_REMOVALS).exists()

    def add(self, documents: Iterable[LexicalDoc]) -> None:
        """Add new chunks, all chunks of a file at once. A search finds them after the next commit."""
        for file in analyzed_files(documents, self._stem):
            self.add_file(file)

    def add_file(self, file: LexicalFile) -> None:
        """Add all chunks of a file that is not in the index. A search finds them after the next commit."""
        with self._writing, tantivy_errors(self._generations.root):
            write_file(self._open_writer(), file, self._stem)

    def remove(self, ids: Iterable[int]) -> None:
        """Remove chunks, all chunks of a file at once. A search finds them until the next commit."""
        with_files = [number for chunk_id in ids for number in (chunk_id, ~chunk_id)]
        if not with_files:
            return
        with self._writing, tantivy_errors(self._generations.root):
            (self._folder / _HAS_REMOVALS).touch()
            gone = tantivy.Query.term_set_query(self._schema, "chunk_id", with_files)
            self._open_writer().delete_documents_by_query(gone)

    def commit(self) -> None:
        """Commit all additions and removals: every later search sees them, and a kill does not lose them."""
        with self._writing, tantivy_errors(self._generations.root):
            if self._writer is None:
                return
            writer, self._writer = self._writer, None
            self._seal.break_()
            try:
                writer.commit()
            finally:
                writer.wait_merging_threads()
            self._seal.make()
            self._index.reload()
            self._searcher = self._index.searcher()

    @property
    def lost(self) -> bool:
        """Whether another program has deleted or changed files of the last commit."""
        with self._writing:
            if self._writer is not None:
                return False  # The next commit notices it.
            return self._seal.files_changed or not is_index(self._folder)

    def verified(self) -> bool:
        """Whether the files that the opening trusted hold what was committed; it reads all of them."""
        with self._writing:
            return self._seal.verify()

    def keep_current(self) -> None:
        """Name the open index as the current one again, if that was lost. Raises `StorageError`."""
        with self._writing:
            self._generations.keep_current(self._folder)

    @property
    def has_uncommitted(self) -> bool:
        """Whether there are additions or removals since the last commit."""
        return self._writer is not None

    def build(self, documents: Iterable[LexicalDoc], check: Callable[[], None]) -> Path:
        """Build a new index of `documents` in a new folder, for `replace_with`.

        :param check: called before each file; it may raise to stop the build
        """
        folder = self._generations.create()
        with tantivy_errors(folder):
            writer = tantivy.Index(self._schema, str(folder)).writer(_HEAP_BYTES, num_threads=1)
            try:
                for file in analyzed_files(documents, self._stem):
                    check()
                    write_file(writer, file, self._stem)
                writer.commit()
            except BaseException:
                _end(writer)
                discard(folder)
                raise
            writer.wait_merging_threads()
            seal_of(folder).make()
        return folder

    def replace_with(self, folder: Path) -> None:
        """Answer from an index that `build` has made of the same chunks. Nothing may be uncommitted."""
        with self._writing, tantivy_errors(folder):
            index, seal = tantivy.Index.open(str(folder)), seal_of(folder)
            if not seal.intact():
                raise failure("The lexical index", folder, "its files have changed")
            self._generations.make_current(folder)
            self._folder, self._index, self._seal = folder, index, seal
            self._searcher = index.searcher()
            self._generations.remove_stale()

    def close(self) -> None:
        """Close the files; uncommitted changes are lost."""
        with self._writing:
            writer, self._writer = self._writer, None
            if writer is not None:
                _end(writer)

    def _open(self, trusted: bool) -> tuple[Path, tantivy.Index, Seal]:
        folder = self._generations.current()
        if folder is not None:
            seal = seal_of(folder)
            with suppress(ValueError, OSError):
                if (trusted and seal.trust()) or seal.intact():
                    self._generations.remove_stale()
                    return folder, tantivy.Index.open(str(folder)), seal
        folder = self._generations.create()
        with tantivy_errors(folder):
            index = tantivy.Index(self._schema, str(folder))
        self._generations.make_current(folder)
        self._generations.remove_stale()
        return folder, index, seal_of(folder)  # The first commit makes the seal.

    def _open_writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            self._writer = self._index.writer(_HEAP_BYTES, num_threads=1)
        return self._writer


def _end(writer: tantivy.IndexWriter) -> None:
    """Roll back, and wait for the writer's threads, which would keep writing to its folder."""
    with suppress(ValueError, OSError):
        writer.rollback()
    with suppress(ValueError, OSError):
        writer.wait_merging_threads()
