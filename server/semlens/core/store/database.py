"""The truth about a workspace: which files and chunks it has, in one SQLite file.

Every other index of the workspace can be made again from this one. A batch of files goes in
with one transaction, so that a process killed at any moment leaves whole files behind.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from semlens.core.store.layout import discard, set_aside
from semlens.core.store.reader import IndexReader
from semlens.core.store.records import (
    Applied,
    Counts,
    FileChunks,
    pack_path,
    pack_texts,
)
from semlens.core.store.seal import Seal
from semlens.core.store.sqlite import SqliteFile, damaged, discard_companions
from semlens.core.store.statements import insert_files, insert_skipped, present, remove_files
from semlens.errors import DamagedIndexError
from semlens.types import FileStamp, RelativePath, Skipped

SCHEMA_VERSION = 2
"""Of the tables below and of what their columns mean; an index of another version is built again."""

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
    symbol_end INTEGER, defines TEXT
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
# AUTOINCREMENT: an id is never given out twice, so that an index that lags behind finds nothing
# under an id rather than the wrong chunk.


class IndexDatabase(IndexReader):
    """`index.db` of one workspace. Safe for many threads; one process at a time."""

    def __init__(self, path: Path) -> None:
        """Open or make the database, or raise `DamagedIndexError`."""
        self._seal = Seal(path.with_name(path.name + ".seal"), lambda: [path])
        if path.exists() and self._seal.present and not self._seal.intact():
            raise DamagedIndexError(damaged(path))
        super().__init__(SqliteFile(path, _SCHEMA, SCHEMA_VERSION))
        self._counted: tuple[int, Counts] | None = None
        self._sealed = self._seal.present
        if not self._sealed and not self._file.check():
            self._file.close()
            raise DamagedIndexError(damaged(path))

    @property
    def path(self) -> Path:
        return self._file.path

    def close(self, seal: bool = True) -> None:
        """Close and seal, so that the next owner need not check every page."""
        self._file.close()
        if seal and not self._sealed:
            self._seal.make()
            self._sealed = True

    def check(self) -> bool:
        return self._file.check()

    def compact(self) -> None:
        self._break_seal()
        self._file.compact()

    # Changing

    def apply(
        self,
        upserts: Sequence[FileChunks] = (),
        removals: Sequence[RelativePath] = (),
        skipped: Sequence[Skipped] = (),
        restamps: Sequence[tuple[RelativePath, FileStamp]] = (),
    ) -> Applied:
        """Put files in, take files out, and note why others are not there, all or nothing.

        `restamps` are files that were touched but say what they said.
        """
        texts = [file.texts or pack_texts(file.chunks) for file in upserts]
        new = {chunk.content_hash for file in upserts for chunk in file.chunks}
        leaving = [*removals, *(file.path for file in upserts), *(entry.path for entry in skipped)]
        with self._write() as connection:
            before = present(connection, new)
            removed_ids, old = remove_files(connection, leaving)
            added = insert_files(connection, list(zip(upserts, texts, strict=True)))
            insert_skipped(connection, skipped)
            connection.executemany(
                "UPDATE file SET size = ?, mtime_ns = ?, inode = ? WHERE path = ?",
                [(stamp.size, stamp.mtime_ns, stamp.inode, pack_path(path)) for path, stamp in restamps],
            )
            gone = old - new
            gone -= present(connection, gone)
        self._remembered.forget(removed_ids)
        return Applied(added, removed_ids, sorted(new - before), sorted(gone))

    def replace_skipped(self, skipped: Iterable[Skipped]) -> None:
        """After a whole scan: these, and no others, were left out."""
        with self._write() as connection:
            connection.execute("DELETE FROM skipped")
            insert_skipped(connection, skipped)

    def clear(self) -> None:
        """Forget every file, but no meta value and no id that was given out."""
        with self._write() as connection:
            for table in ("file", "chunk", "instant", "definition", "skipped"):
                connection.execute(f"DELETE FROM {table}")
        self._remembered.forget_all()

    def set_meta(self, **values: str) -> None:
        with self._write() as connection:
            connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())

    def counts(self) -> Counts:
        """Counted once for each state of the database, as every answer tells them."""
        counted, edition = self._counted, self._remembered.edition
        if counted is not None and counted[0] == edition:
            return counted[1]
        with self._file.read() as connection:
            tables = ("file", "chunk", "skipped")
            counts = Counts(*(connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables))
        self._counted = edition, counts
        return counts

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        self._break_seal()
        try:
            with self._file.write() as connection:
                yield connection
        finally:
            self._remembered.changed()

    def _break_seal(self) -> None:
        if self._sealed:
            self._seal.break_()
            self._sealed = False


def open_or_rebuild(path: Path, distrust: bool = False) -> tuple[IndexDatabase, str | None]:
    """The database at `path`; if it was damaged, an empty one in its place and the sentence that says so.

    With `distrust` it counts as damaged: whoever read it knows better than any check.
    """
    try:
        if distrust and path.exists():
            raise DamagedIndexError(damaged(path))
        return IndexDatabase(path), None
    except DamagedIndexError as error:
        set_aside(path)
        discard(path.with_name(path.name + ".seal"))
        discard_companions(path)
        return IndexDatabase(path), str(error)
