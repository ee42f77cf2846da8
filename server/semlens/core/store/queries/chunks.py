"""Queries on the chunks: by file, by content, by the names that they define."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from semlens.core.store.chunk_cache import ChunkCache
from semlens.core.store.records import (
    FROM_CHUNK,
    ChunkRanges,
    StoredChunk,
    pack_hash,
    pack_path,
    stored_chunk,
    stored_roles,
    unpack_hash,
    unpack_path,
)
from semlens.core.store.sqlite import SqliteFile
from semlens.core.store.statements import in_batches
from semlens.core.text.words import composed, decomposed
from semlens.types import ContentHash, RelativePath, RowRoles


class ChunkQueries:
    """As for `IndexReader`."""

    def __init__(self, file: SqliteFile, cache: ChunkCache) -> None:
        self._file = file
        self._cache = cache

    def by_file(self) -> Iterator[list[StoredChunk]]:
        """The chunks of each file, in their order."""
        with self._file.read() as connection:
            rows = connection.execute(f"{FROM_CHUNK} ORDER BY file.path, ordinal")
            for _, chunks in groupby(map(stored_chunk, rows), key=attrgetter("path")):
                yield list(chunks)

    def by_id(self, ids: Iterable[int]) -> dict[int, StoredChunk]:
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

    def by_hash(self, hashes: Iterable[ContentHash]) -> dict[ContentHash, list[StoredChunk]]:
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

    def of_file(self, path: RelativePath) -> list[StoredChunk]:
        """The chunks of `path` in their order in the file; empty if it is not in the index."""
        return self._chunks("file.path", [pack_path(path)])

    def firsts(self, chunks: Iterable[StoredChunk], count: int) -> dict[RelativePath, list[StoredChunk]]:
        """The first `count` chunks of every file that has one of `chunks`: a file's ids are consecutive."""
        firsts = {chunk.path: chunk.id - chunk.ordinal for chunk in chunks}
        found = self.by_id(number for first in firsts.values() for number in range(first, first + count))
        return {
            path: [
                found[number]
                for number in range(first, first + count)
                if number in found and found[number].path == path
            ]
            for path, first in firsts.items()
        }

    def defining(self, names: Iterable[str], ignore_case: bool = True) -> dict[str, list[int]]:
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

    def ids(self) -> NDArray[np.int64]:
        """The id of every chunk, ascending; shape (n,)."""
        return chunk_ids(self._file)

    def ranges(self) -> ChunkRanges:
        """The ids of the chunks of every file."""
        with self._file.read() as connection:
            rows = connection.execute("SELECT file_id, min(id), count(*) FROM chunk GROUP BY file_id")
            ranges = np.array(rows.fetchall(), dtype=np.int64).reshape(-1, 3)
            by_id = {
                number: (unpack_path(path), language)
                for number, path, language in connection.execute("SELECT id, path, language FROM file")
            }
        return ChunkRanges([by_id[number] for number in ranges[:, 0].tolist()], ranges[:, 1], ranges[:, 2])

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

    def _read_by_hash(self, hashes: Sequence[ContentHash]) -> dict[ContentHash, list[StoredChunk]]:
        with self._file.read() as connection:
            ids: list[int] = []
            for marks, batch in in_batches(map(pack_hash, hashes)):
                rows = connection.execute(f"SELECT id FROM chunk WHERE content_hash IN ({marks})", batch)
                ids += [row[0] for row in rows]
        found = self.by_id(ids)
        by_hash: dict[ContentHash, list[StoredChunk]] = {content: [] for content in hashes}
        for number in sorted(found):
            by_hash[found[number].content_hash].append(found[number])
        return by_hash

    def _chunks(self, column: str, values: Sequence[object]) -> list[StoredChunk]:
        with self._file.read() as connection:
            return _chunks(connection, column, values)


def chunk_ids(file: SqliteFile) -> NDArray[np.int64]:
    """The id of every chunk, ascending; shape (n,)."""
    with file.read() as connection:
        rows = connection.execute("SELECT id FROM chunk")  # An index has them, in another order.
        return np.sort(np.fromiter((row[0] for row in rows), np.int64))


def _chunks(connection: sqlite3.Connection, column: str, values: Sequence[object]) -> list[StoredChunk]:
    found: list[StoredChunk] = []
    for marks, batch in in_batches(values):
        where = f"WHERE {column} IN ({marks}) ORDER BY chunk.id"
        found += map(stored_chunk, connection.execute(f"{FROM_CHUNK} {where}", batch))
    return found
