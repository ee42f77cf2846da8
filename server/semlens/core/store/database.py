"""`index.db`: the files and chunks of a workspace, in one SQLite file. It is the truth about the workspace.

Every other index of the workspace can be rebuilt from this one. Each batch of files is one transaction,
so a process killed at any moment leaves whole files behind.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from semlens.core.store.chunk_cache import ChunkCache
from semlens.core.store.image_contents import ImageContents
from semlens.core.store.image_table import ImageTable
from semlens.core.store.picture_texts import PictureTexts
from semlens.core.store.reader import IndexReader
from semlens.core.store.records import Applied, FileChunks, pack_path, pack_texts
from semlens.core.store.seal import Seal
from semlens.core.store.second_texts import SecondTexts
from semlens.core.store.sqlite import SqliteFile
from semlens.core.store.sqlite_files import damaged, discard_companions
from semlens.core.store.statements import existing_hashes, insert_files, insert_skipped, remove_files
from semlens.errors import DamagedIndexError
from semlens.private_files import discard, set_aside
from semlens.types import FileStamp, RelativePath, Skipped

SCHEMA_VERSION = 3
"""Version of the tables below and of what their columns mean; another version is rebuilt from scratch."""

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE file (
    id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL, content_hash BLOB NOT NULL, language TEXT, texts BLOB NOT NULL
);
CREATE TABLE chunk (
    id INTEGER PRIMARY KEY AUTOINCREMENT, file_id INTEGER NOT NULL, ordinal INTEGER NOT NULL,
    start_line INTEGER NOT NULL, end_line INTEGER NOT NULL, language TEXT NOT NULL, kind TEXT NOT NULL,
    content_hash BLOB NOT NULL, symbol TEXT, symbol_kind TEXT, container TEXT, symbol_start INTEGER,
    symbol_end INTEGER, defines TEXT, roles TEXT
);
CREATE INDEX chunk_file ON chunk (file_id);
CREATE INDEX chunk_content ON chunk (content_hash);
CREATE TABLE instant (chunk_id INTEGER PRIMARY KEY, vector BLOB NOT NULL);
CREATE TABLE definition (
    name_lower TEXT NOT NULL, chunk_id INTEGER NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (name_lower, chunk_id, name)
) WITHOUT ROWID;
CREATE TABLE skipped (
    path BLOB PRIMARY KEY, reason TEXT NOT NULL, rule TEXT, rule_file TEXT, rule_line INTEGER,
    size INTEGER, mtime_ns INTEGER, inode INTEGER
) WITHOUT ROWID;
"""
# AUTOINCREMENT: an id is never used twice, so a derived index that is stale finds no chunk under an id
# rather than the wrong one.


class IndexDatabase:
    """The writer of one workspace's `index.db`. Safe for many threads; one process at a time."""

    def __init__(self, path: Path, trusted: bool = False) -> None:
        """Open or create the database at `path`.

        :param trusted: the size and time of the file are as they were at its last close: it is read for its
            checksum by `verify`, or before the first write

        Raises `DamagedIndexError` if the file is damaged, `StorageError` if it cannot be used.
        """
        self._seal = Seal(seal_path(path), lambda: [path])
        self._verifying = threading.Lock()
        self._unverified = trusted and self._seal.trust()
        if path.exists() and self._seal.present and not self._unverified and not self._seal.intact():
            raise DamagedIndexError(damaged(path))
        self._file = SqliteFile(path, _SCHEMA, SCHEMA_VERSION)
        self._cache = ChunkCache()
        self.reader = IndexReader(self._file, self._cache)
        """Read-only queries on this database."""
        self.second = SecondTexts(self._file.read, self._write)
        """What a second model reads."""
        self.images = ImageTable(self._file.read, self._write)
        """What files say of images."""
        self.image_contents = ImageContents(self._file.read, self._write)
        """What a model that looks at images has read."""
        self.picture_texts = PictureTexts(self._file.read, self._write)
        """The text that was read in images."""
        self._sealed = self._seal.present
        if not self._sealed and not self._file.check():
            self._file.close()
            raise DamagedIndexError(damaged(path))

    @property
    def path(self) -> Path:
        """The file of the database."""
        return self._file.path

    def close(self, seal: bool = True) -> None:
        """Close and, with `seal`, seal the file, so that the next owner need not check every page."""
        self._file.close()
        if seal and not self._sealed:
            self._seal.make()
            self._sealed = True

    def verify(self) -> None:
        """Read a file that was trusted at the opening. Raises `DamagedIndexError`."""
        with self._verifying:
            if self._unverified and not self._seal.verify():
                raise DamagedIndexError(damaged(self.path))
            self._unverified = False

    @property
    def lost(self) -> bool:
        """Whether another program has deleted, replaced or cut the file or its log."""
        return self._file.lost

    def put_back(self) -> bool:
        """As `SqliteFile.put_back`."""
        was_lost = self._file.put_back()
        if was_lost:
            self._break_seal()
        return was_lost

    def apply(
        self,
        upserts: Sequence[FileChunks] = (),
        removals: Sequence[RelativePath] = (),
        skipped: Sequence[Skipped] = (),
        restamps: Sequence[tuple[RelativePath, FileStamp]] = (),
    ) -> Applied:
        """Insert, remove and skip files in one transaction.

        :param upserts: files to insert, or to replace with all their chunks
        :param removals: paths to delete; unknown paths are ignored
        :param skipped: paths to delete and to record as skipped, with the reason
        :param restamps: new stamps of files that were touched but have the same content
        :return: what the derived indexes must change
        """
        texts = [file.texts or pack_texts(file.chunks) for file in upserts]
        new = {chunk.content_hash for file in upserts for chunk in file.chunks}
        leaving = [*removals, *(file.path for file in upserts), *(entry.path for entry in skipped)]
        with self._write() as connection:
            before = existing_hashes(connection, new)
            removed_ids, old = remove_files(connection, leaving)
            added = insert_files(connection, list(zip(upserts, texts, strict=True)))
            insert_skipped(connection, skipped)
            connection.executemany(
                "UPDATE file SET size = ?, mtime_ns = ?, inode = ? WHERE path = ?",
                [(stamp.size, stamp.mtime_ns, stamp.identity, pack_path(path)) for path, stamp in restamps],
            )
            gone = old - new
            gone -= existing_hashes(connection, gone)
        self._cache.forget(removed_ids)
        return Applied(added, removed_ids, sorted(new - before), sorted(gone))

    def replace_skipped(self, skipped: Iterable[Skipped]) -> None:
        """Replace the list of skipped files, after a whole scan."""
        with self._write() as connection:
            connection.execute("DELETE FROM skipped")
            insert_skipped(connection, skipped)

    def clear(self) -> None:
        """Delete every file and chunk. Meta values stay, and ids are not reused."""
        with self._write() as connection:
            for table in ("file", "chunk", "instant", "definition", "skipped"):
                connection.execute(f"DELETE FROM {table}")
        self._cache.forget_all()

    def set_meta(self, **values: str) -> None:
        """Store small values by name; `reader.meta` reads them."""
        with self._write() as connection:
            connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        self._break_seal()
        try:
            with self._file.write() as connection:
                yield connection
        finally:
            self._cache.invalidate()

    def _break_seal(self) -> None:
        self.verify()
        if self._sealed:
            self._seal.break_()
            self._sealed = False


def seal_path(path: Path) -> Path:
    """The file of the seal over the database at `path`."""
    return path.with_name(path.name + ".seal")


def open_or_replace(
    path: Path, assume_damaged: bool = False, trusted: bool = False
) -> tuple[IndexDatabase, str | None]:
    """The database at `path`, or an empty one in place of a damaged one, with a sentence that says so.

    With `assume_damaged`, an existing file counts as damaged without a check: a reader found the damage.
    `trusted` is as for `IndexDatabase`.
    """
    try:
        if assume_damaged and path.exists():
            raise DamagedIndexError(damaged(path))
        return IndexDatabase(path, trusted), None
    except DamagedIndexError as error:
        set_aside(path)
        discard(seal_path(path))
        discard_companions(path)
        return IndexDatabase(path), str(error)
