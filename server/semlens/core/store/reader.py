"""Read-only queries on a workspace's index: its files, chunks, texts and instant vectors."""

from __future__ import annotations

from semlens.core.store.chunk_cache import ChunkCache
from semlens.core.store.queries.chunks import ChunkQueries
from semlens.core.store.queries.files import FileQueries
from semlens.core.store.queries.instant import InstantQueries
from semlens.core.store.queries.texts import TextQueries
from semlens.core.store.records import Counts
from semlens.core.store.sqlite import SqliteFile
from semlens.core.store.statements import meta_value


class IndexReader:
    """Queries on `index.db`. Safe for many threads: each query sees one state of the file.

    Each raises `DamagedIndexError` if the file turns out to be damaged, `StorageError` if it cannot be read.
    """

    def __init__(self, file: SqliteFile, cache: ChunkCache) -> None:
        self._file = file
        self._cache = cache
        self._counts: tuple[int, Counts] | None = None
        self.files = FileQueries(file)
        self.chunks = ChunkQueries(file, cache)
        self.texts = TextQueries(file)
        self.instant = InstantQueries(file)

    @property
    def revision(self) -> int:
        """Another number after each change; read it before a query whose result is kept."""
        return self._cache.revision

    def counts(self) -> Counts:
        """The numbers of files, chunks and skipped files; counted once for each revision."""
        cached, revision = self._counts, self._cache.revision
        if cached is not None and cached[0] == revision:
            return cached[1]
        with self._file.read() as connection:
            tables = ("file", "chunk", "skipped")
            counts = Counts(*(connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables))
        self._counts = revision, counts
        return counts

    def meta(self, key: str) -> str | None:
        """A value that `IndexDatabase.set_meta` stored; None if there is none."""
        with self._file.read() as connection:
            return meta_value(connection, key)
