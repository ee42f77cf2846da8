"""Read-only queries on a workspace's index: its files, chunks, texts and instant vectors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from semlens.core.store.chunk_cache import ChunkCache
from semlens.core.store.quantized import Codes
from semlens.core.store.records import (
    CHUNK_COLUMNS,
    ChunkRanges,
    ChunkText,
    Counts,
    StoredChunk,
    pack_hash,
    pack_path,
    stored_chunk,
    stored_roles,
    stored_skipped,
    unpack_hash,
    unpack_path,
    unpack_texts,
)
from semlens.core.store.sqlite import SqliteFile
from semlens.core.store.statements import in_batches
from semlens.core.text.words import composed, decomposed
from semlens.types import ContentHash, FileStamp, RelativePath, RowRoles, Skipped

FIRST = RelativePath("")
"""No file has this path, and all come after it."""

_FROM_CHUNK = f"SELECT {CHUNK_COLUMNS} FROM chunk JOIN file ON file.id = chunk.file_id"


class IndexReader:
    """Queries on `index.db`. Safe for many threads: each query sees one state of the file.

    Each raises `DamagedIndexError` if the file turns out to be damaged, `StorageError` if it cannot be read.
    """

    def __init__(self, file: SqliteFile, cache: ChunkCache) -> None:
        self._file = file
        self._cache = cache
        self._counts: tuple[int, Counts] | None = None

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
            row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
            return row[0] if row else None

    # Files

    def stamps(self) -> dict[RelativePath, tuple[FileStamp, ContentHash]]:
        """The stamp and the content hash of every indexed file, as of the time it was indexed."""
        with self._file.read() as connection:
            rows = connection.execute("SELECT path, size, mtime_ns, inode, content_hash FROM file")
            return {
                unpack_path(path): (FileStamp(size, mtime, inode), unpack_hash(content))
                for path, size, mtime, inode, content in rows
            }

    def content_hash(self, path: RelativePath) -> ContentHash | None:
        """The hash of the bytes of `path` when it was indexed; None if it is not in the index."""
        with self._file.read() as connection:
            row = connection.execute(
                "SELECT content_hash FROM file WHERE path = ?", (pack_path(path),)
            ).fetchone()
            return unpack_hash(row[0]) if row else None

    def skipped(self, path: RelativePath | None = None) -> list[Skipped]:
        """The skipped files with their reasons: all of them, or `path` alone."""
        where, values = ("WHERE path = ?", (pack_path(path),)) if path is not None else ("", ())
        with self._file.read() as connection:
            rows = connection.execute(f"SELECT * FROM skipped {where} ORDER BY path", values)
            return list(map(stored_skipped, rows))

    def skipped_for_content(self) -> dict[RelativePath, Skipped]:
        """The files that were read and skipped because of their content, such as binary files."""
        with self._file.read() as connection:
            rows = connection.execute("SELECT * FROM skipped WHERE size IS NOT NULL")
            return {entry.path: entry for entry in map(stored_skipped, rows)}

    def skipped_paths(self) -> list[RelativePath]:
        """The paths of all skipped files."""
        with self._file.read() as connection:
            return [unpack_path(row[0]) for row in connection.execute("SELECT path FROM skipped")]

    def paths_below(self, folder: RelativePath, limit: int) -> list[RelativePath]:
        """The first `limit` indexed files below a folder by path; the empty path is the whole workspace."""
        prefix = pack_path(f"{folder}/" if folder else "")
        with self._file.read() as connection:
            rows = connection.execute(
                "SELECT path FROM file WHERE substr(path, 1, ?) = ? ORDER BY path LIMIT ?",
                (len(prefix), prefix, limit),
            )
            return [unpack_path(row[0]) for row in rows]

    # Chunks

    def chunks_by_file(self) -> Iterator[list[StoredChunk]]:
        """The chunks of each file, in their order."""
        with self._file.read() as connection:
            rows = connection.execute(f"{_FROM_CHUNK} ORDER BY file.path, ordinal")
            for _, chunks in groupby(map(stored_chunk, rows), key=attrgetter("path")):
                yield list(chunks)

    def chunks_by_id(self, ids: Iterable[int]) -> dict[int, StoredChunk]:
        """The chunks with these ids; unknown ids are left out. A chunk never changes, so it is read once."""
        revision, known = self._cache.revision, self._cache.chunks
        found: dict[int, StoredChunk] = {}
        unknown: list[int] = []
        for number in ids:
            chunk = known.get(number)
            if chunk is None:
                unknown.append(number)
            else:
                found[number] = chunk
        if unknown:
            read = {chunk.id: chunk for chunk in self._chunks("chunk.id", unknown)}
            self._cache.add(read, revision)
            found.update(read)
        return found

    def roles(self, ids: Iterable[int]) -> dict[int, RowRoles]:
        """What the rows of the chunks with these ids are; unknown ids are left out."""
        with self._file.read() as connection:
            return {
                number: stored_roles(column)
                for marks, batch in in_batches(ids)
                for number, column in connection.execute(
                    f"SELECT id, roles FROM chunk WHERE id IN ({marks})", batch
                )
            }

    def chunks_by_hash(self, hashes: Iterable[ContentHash]) -> dict[ContentHash, list[StoredChunk]]:
        """All chunks with each content, by ascending id; contents without a chunk are left out."""
        revision, known = self._cache.revision, self._cache.by_hash
        found: dict[ContentHash, list[StoredChunk]] = {}
        unknown: list[ContentHash] = []
        for content in hashes:
            chunks = known.get(content)
            if chunks is None:
                unknown.append(content)
            elif chunks:
                found[content] = chunks
        if unknown:
            read = self._read_by_hash(unknown)
            self._cache.add_by_hash(read, revision)
            found.update((content, chunks) for content, chunks in read.items() if chunks)
        return found

    def _read_by_hash(self, hashes: Sequence[ContentHash]) -> dict[ContentHash, list[StoredChunk]]:
        with self._file.read() as connection:
            ids: list[int] = []
            for marks, batch in in_batches(map(pack_hash, hashes)):
                rows = connection.execute(f"SELECT id FROM chunk WHERE content_hash IN ({marks})", batch)
                ids += [row[0] for row in rows]
        found = self.chunks_by_id(ids)
        by_hash: dict[ContentHash, list[StoredChunk]] = {content: [] for content in hashes}
        for number in sorted(found):
            by_hash[found[number].content_hash].append(found[number])
        return by_hash

    def chunks_of_file(self, path: RelativePath) -> list[StoredChunk]:
        """The chunks of `path` in their order in the file; empty if it is not in the index."""
        return self._chunks("file.path", [pack_path(path)])

    def first_chunks(
        self, chunks: Iterable[StoredChunk], count: int
    ) -> dict[RelativePath, list[StoredChunk]]:
        """The first `count` chunks of every file that has one of `chunks`: a file's ids are consecutive."""
        firsts = {chunk.path: chunk.id - chunk.ordinal for chunk in chunks}
        found = self.chunks_by_id(
            number for first in firsts.values() for number in range(first, first + count)
        )
        return {
            path: [
                found[number]
                for number in range(first, first + count)
                if number in found and found[number].path == path
            ]
            for path, first in firsts.items()
        }

    def chunks_defining(self, names: Iterable[str], ignore_case: bool = True) -> dict[str, list[int]]:
        """The ids of the chunks that define each name; with `ignore_case`, by the name in lower case.

        The letters of `names` are composed; those in the code may be decomposed.
        """
        result: dict[str, list[int]] = {name.lower() if ignore_case else name: [] for name in names}
        lowered = sorted({name.lower() for name in result} | {decomposed(name.lower()) for name in result})
        with self._file.read() as connection:
            for marks, batch in in_batches(lowered):
                rows = connection.execute(
                    f"SELECT name_lower, name, chunk_id FROM definition WHERE name_lower IN ({marks})", batch
                )
                for name_lower, name, chunk_id in rows:
                    key = composed(name_lower if ignore_case else name)
                    if key in result and chunk_id not in result[key]:
                        result[key].append(chunk_id)
        return result

    def names_with_prefix(self, prefix: str, limit: int = 50) -> list[str]:
        """At most `limit` defined names that begin with `prefix` in any case, in alphabetical order."""
        low = prefix.lower()
        with self._file.read() as connection:
            rows = connection.execute(
                "SELECT DISTINCT name FROM definition WHERE name_lower >= ? AND name_lower < ? LIMIT ?",
                (low, low + "\U0010ffff", limit),
            )
            return [row[0] for row in rows]

    def chunk_ids(self) -> NDArray[np.int64]:
        """The id of every chunk, ascending; shape (n,)."""
        with self._file.read() as connection:
            rows = connection.execute("SELECT id FROM chunk")  # An index has them, in another order.
            return np.sort(np.fromiter((row[0] for row in rows), np.int64))

    def chunk_ranges(self) -> ChunkRanges:
        """The ids of the chunks of every file."""
        with self._file.read() as connection:
            rows = connection.execute("SELECT file_id, min(id), count(*) FROM chunk GROUP BY file_id")
            ranges = np.array(rows.fetchall(), dtype=np.int64).reshape(-1, 3)
            by_id = {
                number: (unpack_path(path), language)
                for number, path, language in connection.execute("SELECT id, path, language FROM file")
            }
        return ChunkRanges([by_id[number] for number in ranges[:, 0].tolist()], ranges[:, 1], ranges[:, 2])

    def files(self) -> list[tuple[RelativePath, str | None]]:
        """The path and the language of every file."""
        with self._file.read() as connection:
            rows = connection.execute("SELECT path, language FROM file")
            return [(unpack_path(path), language) for path, language in rows]

    def content_hashes(self) -> list[ContentHash]:
        """Every distinct content hash, in the order in which the chunks were inserted."""
        with self._file.read() as connection:
            rows = connection.execute("SELECT content_hash FROM chunk GROUP BY content_hash ORDER BY min(id)")
            return [unpack_hash(row[0]) for row in rows]

    def newest_mtimes_ns(self) -> dict[ContentHash, int]:
        """The modification time of the newest file with each content, in nanoseconds since the epoch."""
        with self._file.read() as connection:
            rows = connection.execute(
                "SELECT chunk.content_hash, max(mtime_ns) FROM chunk JOIN file ON file.id = file_id "
                "GROUP BY chunk.content_hash"
            )
            return {unpack_hash(content): changed for content, changed in rows}

    # Texts and vectors

    def texts_of_file(self, path: RelativePath) -> list[ChunkText]:
        """The texts of the chunks of `path`, in the order of `chunks_of_file`."""
        with self._file.read() as connection:
            row = connection.execute("SELECT texts FROM file WHERE path = ?", (pack_path(path),)).fetchone()
            return unpack_texts(row[0]) if row else []

    def embedding_texts(self, hashes: Iterable[ContentHash]) -> dict[ContentHash, str]:
        """The text that models embed for each content; contents without a chunk are left out."""
        found: dict[ContentHash, str] = {}
        with self._file.read() as connection:
            by_file: dict[int, list[tuple[bytes, int]]] = {}
            for marks, batch in in_batches(map(pack_hash, hashes)):
                rows = connection.execute(
                    "SELECT content_hash, min(file_id), ordinal FROM chunk "
                    f"WHERE content_hash IN ({marks}) GROUP BY content_hash",
                    batch,
                )
                for content, file_id, ordinal in rows:
                    by_file.setdefault(file_id, []).append((content, ordinal))
            for file_id, members in by_file.items():
                row = connection.execute("SELECT texts FROM file WHERE id = ?", (file_id,)).fetchone()
                texts = unpack_texts(row[0])
                found.update((unpack_hash(content), texts[at].embedding_text) for content, at in members)
        return found

    def documents(self, after: RelativePath = FIRST) -> Iterator[list[tuple[StoredChunk, ChunkText]]]:
        """The chunks of each file with their texts, by path, from the first file after `after`."""
        with self._file.read() as connection:
            files = connection.execute(
                "SELECT id, texts FROM file WHERE path > ? ORDER BY path", (pack_path(after),)
            )
            for file_id, blob in files:
                rows = connection.execute(f"{_FROM_CHUNK} WHERE file_id = ? ORDER BY ordinal", (file_id,))
                yield list(zip(map(stored_chunk, rows), unpack_texts(blob), strict=True))

    def documents_of(
        self, paths: Iterable[RelativePath]
    ) -> Iterator[list[tuple[StoredChunk, ChunkText, RowRoles]]]:
        """The chunks of each of these files with their texts, and what their rows are."""
        with self._file.read() as connection:
            for path in paths:
                of_file = connection.execute(
                    "SELECT id, texts FROM file WHERE path = ?", (pack_path(path),)
                ).fetchone()
                if of_file is None:
                    continue
                rows = connection.execute(
                    f"SELECT roles, {CHUNK_COLUMNS} FROM chunk JOIN file ON file.id = chunk.file_id "
                    "WHERE file_id = ? ORDER BY ordinal",
                    (of_file[0],),
                ).fetchall()
                yield [
                    (stored_chunk(columns), text, stored_roles(roles))
                    for (roles, *columns), text in zip(rows, unpack_texts(of_file[1]), strict=True)
                ]

    def instant_vectors(self, after: int = 0, limit: int = -1) -> tuple[NDArray[np.int64], Codes]:
        """Instant vectors: ascending chunk ids, shape (n,), and vectors, shape (n, dimension).

        :param after: the ids begin above it
        :param limit: the number of vectors at most; -1 for all
        """
        with self._file.read() as connection:
            rows = connection.execute(
                "SELECT chunk_id, vector FROM instant WHERE chunk_id > ? ORDER BY chunk_id LIMIT ?",
                (after, limit),
            ).fetchall()
        return np.array([row[0] for row in rows], dtype=np.int64), _vectors([row[1] for row in rows])

    def instant_vectors_of(self, hashes: Iterable[ContentHash]) -> dict[ContentHash, Codes]:
        """The instant vectors of chunks with these contents, each of shape (dimension,)."""
        found: dict[ContentHash, Codes] = {}
        with self._file.read() as connection:
            for marks, batch in in_batches([pack_hash(content) for content in hashes]):
                rows = connection.execute(
                    "SELECT content_hash, vector FROM chunk JOIN instant ON chunk_id = chunk.id "
                    f"WHERE content_hash IN ({marks}) GROUP BY content_hash",
                    batch,
                )
                found.update((unpack_hash(h), np.frombuffer(v, dtype=np.int8)) for h, v in rows)
        return found

    def _chunks(self, column: str, values: Sequence[object]) -> list[StoredChunk]:
        with self._file.read() as connection:
            return _chunks(connection, column, values)


def _chunks(connection: sqlite3.Connection, column: str, values: Sequence[object]) -> list[StoredChunk]:
    found: list[StoredChunk] = []
    for marks, batch in in_batches(values):
        where = f"WHERE {column} IN ({marks}) ORDER BY chunk.id"
        found += map(stored_chunk, connection.execute(f"{_FROM_CHUNK} {where}", batch))
    return found


def _vectors(blobs: Sequence[bytes]) -> Codes:
    """The vectors of a column, shape (n, dimension); (0, 0) if there are none."""
    if not blobs:
        return np.zeros((0, 0), dtype=np.int8)
    return np.frombuffer(b"".join(blobs), dtype=np.int8).reshape(len(blobs), -1)
