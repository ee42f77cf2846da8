"""The truth about a workspace: which files and chunks it has, in one SQLite file.

Every other index of the workspace can be made again from this one. A batch of files goes in
with one transaction, so that a process killed at any moment leaves whole files behind.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semlens.core.store.changes import in_batches, insert_file, insert_skipped, present, remove_files
from semlens.core.store.layout import discard, set_aside
from semlens.core.store.records import (
    CHUNK_COLUMNS,
    Applied,
    ChunkText,
    Counts,
    FileChunks,
    Places,
    StoredChunk,
    pack_hash,
    pack_path,
    pack_texts,
    stored_chunk,
    stored_skipped,
    unpack_hash,
    unpack_path,
    unpack_texts,
)
from semlens.core.store.seal import Seal
from semlens.core.store.sqlite import SqliteFile, damaged, discard_companions
from semlens.errors import DamagedIndexError
from semlens.types import ContentHash, FileStamp, RelativePath, Skipped

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

_REMEMBERED = 20_000
"""Chunks that are kept in memory because a question found them."""
_FROM_CHUNK = f"SELECT {CHUNK_COLUMNS} FROM chunk JOIN file ON file.id = chunk.file_id"


class IndexDatabase:
    """`index.db` of one workspace. Safe for many threads; one process at a time."""

    def __init__(self, path: Path) -> None:
        """Open or make the database, or raise `DamagedIndexError`."""
        self._seal = Seal(path.with_name(path.name + ".seal"), lambda: [path])
        if path.exists() and self._seal.present and not self._seal.intact():
            raise DamagedIndexError(damaged(path))
        self._file = SqliteFile(path, _SCHEMA, SCHEMA_VERSION)
        self._known: dict[int, StoredChunk] = {}
        self._edition = 0
        """Raised by every change, so that what was computed of one state is known to be of that one."""
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
            added = [
                entry
                for file, blob in zip(upserts, texts, strict=True)
                for entry in insert_file(connection, file, blob)
            ]
            insert_skipped(connection, skipped)
            connection.executemany(
                "UPDATE file SET size = ?, mtime_ns = ?, inode = ? WHERE path = ?",
                [(stamp.size, stamp.mtime_ns, stamp.inode, pack_path(path)) for path, stamp in restamps],
            )
            gone = old - new
            gone -= present(connection, gone)
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

    def set_meta(self, **values: str) -> None:
        with self._write() as connection:
            connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())

    # Files

    def stamps(self) -> dict[RelativePath, tuple[FileStamp, ContentHash]]:
        with self._file.read() as connection:
            rows = connection.execute("SELECT path, size, mtime_ns, inode, content_hash FROM file")
            return {
                unpack_path(path): (FileStamp(size, mtime, inode), unpack_hash(content))
                for path, size, mtime, inode, content in rows
            }

    def content_hash(self, path: RelativePath) -> ContentHash | None:
        """Of the file's bytes when it was indexed; None if it is not in the index."""
        with self._file.read() as connection:
            row = connection.execute(
                "SELECT content_hash FROM file WHERE path = ?", (pack_path(path),)
            ).fetchone()
            return unpack_hash(row[0]) if row else None

    def skipped(self, path: RelativePath | None = None) -> list[Skipped]:
        """Why `path`, or any file, is not in the index."""
        where, values = ("WHERE path = ?", (pack_path(path),)) if path is not None else ("", ())
        with self._file.read() as connection:
            rows = connection.execute(f"SELECT * FROM skipped {where} ORDER BY path", values)
            return list(map(stored_skipped, rows))

    def refused(self) -> dict[RelativePath, Skipped]:
        """The files that were left out for their content."""
        with self._file.read() as connection:
            rows = connection.execute("SELECT * FROM skipped WHERE size IS NOT NULL")
            return {entry.path: entry for entry in map(stored_skipped, rows)}

    def skipped_paths(self) -> list[RelativePath]:
        with self._file.read() as connection:
            return [unpack_path(row[0]) for row in connection.execute("SELECT path FROM skipped")]

    def counts(self) -> Counts:
        """Counted once for each state of the database, as every answer tells them."""
        counted, edition = self._counted, self._edition
        if counted is not None and counted[0] == edition:
            return counted[1]
        with self._file.read() as connection:
            tables = ("file", "chunk", "skipped")
            counts = Counts(*(connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables))
        self._counted = edition, counts
        return counts

    def meta(self, key: str) -> str | None:
        with self._file.read() as connection:
            row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
            return row[0] if row else None

    # Chunks

    def chunks_by_id(self, ids: Iterable[int]) -> dict[int, StoredChunk]:
        """Those of `ids` that are there. A chunk never changes under its id, so it is read once."""
        asked = list(ids)
        known = self._known
        with self._file.read() as connection:
            there: list[int] = []
            for marks, batch in in_batches(asked):
                rows = connection.execute(f"SELECT id FROM chunk WHERE id IN ({marks})", batch)
                there += [row[0] for row in rows]
            found = {number: known[number] for number in there if number in known}
            unknown = [number for number in there if number not in found]
            found.update((chunk.id, chunk) for chunk in _chunks(connection, "chunk.id", unknown))
        if len(known) + len(unknown) > _REMEMBERED:
            self._known = {}
        self._known.update(found)
        return found

    def chunks_by_hash(self, hashes: Iterable[ContentHash]) -> dict[ContentHash, list[StoredChunk]]:
        """Every place of each content, in the order of their ids."""
        places: dict[ContentHash, list[StoredChunk]] = {}
        for chunk in self._chunks("chunk.content_hash", [pack_hash(h) for h in hashes]):
            places.setdefault(chunk.content_hash, []).append(chunk)
        return places

    def chunks_of_file(self, path: RelativePath) -> list[StoredChunk]:
        return self._chunks("file.path", [pack_path(path)])

    def chunks_defining(self, names: Iterable[str], ignore_case: bool = True) -> dict[str, list[int]]:
        """For each name, the ids of the chunks that define it."""
        result: dict[str, list[int]] = {name.lower() if ignore_case else name: [] for name in names}
        lowered = sorted({name.lower() for name in result})
        with self._file.read() as connection:
            for marks, batch in in_batches(lowered):
                rows = connection.execute(
                    f"SELECT name_lower, name, chunk_id FROM definition WHERE name_lower IN ({marks})", batch
                )
                for name_lower, name, chunk_id in rows:
                    key = name_lower if ignore_case else name
                    if key in result and chunk_id not in result[key]:
                        result[key].append(chunk_id)
        return result

    def names_starting(self, prefix: str, limit: int = 50) -> list[str]:
        """Defined names that begin with `prefix` in any case, in the alphabet's order."""
        low = prefix.lower()
        with self._file.read() as connection:
            rows = connection.execute(
                "SELECT DISTINCT name FROM definition WHERE name_lower >= ? AND name_lower < ? LIMIT ?",
                (low, low + "\U0010ffff", limit),
            )
            return [row[0] for row in rows]

    def places(self) -> Places:
        with self._file.read() as connection:
            pairs = np.array(
                connection.execute("SELECT id, file_id FROM chunk ORDER BY id").fetchall(), dtype=np.int64
            ).reshape(-1, 2)
            files = connection.execute("SELECT id, path, language FROM file")
            located = {number: (unpack_path(path), language) for number, path, language in files}
            return Places(pairs[:, 0].copy(), pairs[:, 1].copy(), located)

    def hashes(self) -> list[ContentHash]:
        """Every distinct content, in the order in which the chunks went in."""
        with self._file.read() as connection:
            rows = connection.execute("SELECT content_hash FROM chunk GROUP BY content_hash ORDER BY min(id)")
            return [unpack_hash(row[0]) for row in rows]

    def changed_ns(self) -> dict[ContentHash, int]:
        """When the youngest file that holds each content was changed."""
        with self._file.read() as connection:
            rows = connection.execute(
                "SELECT chunk.content_hash, max(mtime_ns) FROM chunk JOIN file ON file.id = file_id "
                "GROUP BY chunk.content_hash"
            )
            return {unpack_hash(content): changed for content, changed in rows}

    # Texts and vectors

    def texts_of_file(self, path: RelativePath) -> list[ChunkText]:
        """The texts of the file's chunks, in the order of `chunks_of_file`."""
        with self._file.read() as connection:
            row = connection.execute("SELECT texts FROM file WHERE path = ?", (pack_path(path),)).fetchone()
            return unpack_texts(row[0]) if row else []

    def embedding_texts(self, hashes: Iterable[ContentHash]) -> dict[ContentHash, str]:
        """What models are to see of each content that is in the index."""
        found: dict[ContentHash, str] = {}
        wanted = [pack_hash(content) for content in hashes]
        with self._file.read() as connection:
            by_file: dict[int, list[tuple[bytes, int]]] = {}
            for marks, batch in in_batches(wanted):
                rows = connection.execute(
                    "SELECT content_hash, min(file_id), ordinal FROM chunk "
                    f"WHERE content_hash IN ({marks}) GROUP BY content_hash",
                    batch,
                )
                for content, file_id, ordinal in rows:
                    by_file.setdefault(file_id, []).append((content, ordinal))
            for file_id, wanted_here in by_file.items():
                row = connection.execute("SELECT texts FROM file WHERE id = ?", (file_id,)).fetchone()
                texts = unpack_texts(row[0])
                found.update((unpack_hash(content), texts[at].embedding_text) for content, at in wanted_here)
        return found

    def documents(self) -> Iterator[list[tuple[StoredChunk, ChunkText]]]:
        """Every file's chunks with their texts, file by file, to build other indexes from."""
        with self._file.read() as connection:
            for file_id, blob in connection.execute("SELECT id, texts FROM file ORDER BY path"):
                rows = connection.execute(f"{_FROM_CHUNK} WHERE file_id = ? ORDER BY ordinal", (file_id,))
                yield list(zip(map(stored_chunk, rows), unpack_texts(blob), strict=True))

    def load_instants(self) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
        """All instant vectors: chunk ids (n,) ascending and vectors (n, dimension)."""
        with self._file.read() as connection:
            rows = connection.execute("SELECT chunk_id, vector FROM instant ORDER BY chunk_id").fetchall()
        return np.array([row[0] for row in rows], dtype=np.int64), _vectors([row[1] for row in rows])

    def instants_for(self, hashes: Iterable[ContentHash]) -> dict[ContentHash, NDArray[np.float16]]:
        """Instant vectors that are known already, such as those of a file under its old name."""
        found: dict[ContentHash, NDArray[np.float16]] = {}
        with self._file.read() as connection:
            for marks, batch in in_batches([pack_hash(content) for content in hashes]):
                rows = connection.execute(
                    "SELECT content_hash, vector FROM chunk JOIN instant ON chunk_id = chunk.id "
                    f"WHERE content_hash IN ({marks}) GROUP BY content_hash",
                    batch,
                )
                found.update((unpack_hash(h), np.frombuffer(v, dtype=np.float16)) for h, v in rows)
        return found

    def _chunks(self, column: str, values: Sequence[object]) -> list[StoredChunk]:
        with self._file.read() as connection:
            return _chunks(connection, column, values)

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        self._break_seal()
        try:
            with self._file.write() as connection:
                yield connection
        finally:
            self._edition += 1

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


def _chunks(connection: sqlite3.Connection, column: str, values: Sequence[object]) -> list[StoredChunk]:
    found: list[StoredChunk] = []
    for marks, batch in in_batches(values):
        where = f"WHERE {column} IN ({marks}) ORDER BY chunk.id"
        found += map(stored_chunk, connection.execute(f"{_FROM_CHUNK} {where}", batch))
    return found


def _vectors(blobs: Sequence[bytes]) -> NDArray[np.float16]:
    if not blobs:
        return np.zeros((0, 0), dtype=np.float16)
    return np.frombuffer(b"".join(blobs), dtype=np.float16).reshape(len(blobs), -1)
