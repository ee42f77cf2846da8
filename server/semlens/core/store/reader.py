"""What can be asked of the truth about a workspace: its files, its chunks, their texts and vectors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from semlens.core.store.chunk_cache import ChunkCache
from semlens.core.store.quantized import Codes
from semlens.core.store.records import (
    CHUNK_COLUMNS,
    ChunkText,
    Places,
    StoredChunk,
    pack_hash,
    pack_path,
    stored_chunk,
    stored_skipped,
    unpack_hash,
    unpack_path,
    unpack_texts,
)
from semlens.core.store.sqlite import SqliteFile
from semlens.core.store.statements import in_batches
from semlens.types import ContentHash, FileStamp, RelativePath, Skipped

_FROM_CHUNK = f"SELECT {CHUNK_COLUMNS} FROM chunk JOIN file ON file.id = chunk.file_id"


class IndexReader:
    """Safe for many threads: each question sees one state of the file."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file
        self._remembered = ChunkCache()

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

    def meta(self, key: str) -> str | None:
        with self._file.read() as connection:
            row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
            return row[0] if row else None

    # Chunks

    def chunks_by_id(self, ids: Iterable[int]) -> dict[int, StoredChunk]:
        """Those of `ids` that are there. A chunk never changes under its id, so it is read once."""
        edition, known = self._remembered.edition, self._remembered.chunks
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
            self._remembered.add(read, edition)
            found.update(read)
        return found

    def chunks_by_hash(self, hashes: Iterable[ContentHash]) -> dict[ContentHash, list[StoredChunk]]:
        """Every place of each content that has one, in the order of their ids."""
        edition, places = self._remembered.edition, self._remembered.places
        found: dict[ContentHash, list[StoredChunk]] = {}
        unknown: list[ContentHash] = []
        for content in hashes:
            chunks = places.get(content)
            if chunks is None:
                unknown.append(content)
            elif chunks:
                found[content] = chunks
        if unknown:
            read = self._read_places(unknown)
            self._remembered.add_places(read, edition)
            found.update((content, chunks) for content, chunks in read.items() if chunks)
        return found

    def _read_places(self, hashes: Sequence[ContentHash]) -> dict[ContentHash, list[StoredChunk]]:
        with self._file.read() as connection:
            ids: list[int] = []
            for marks, batch in in_batches(map(pack_hash, hashes)):
                rows = connection.execute(f"SELECT id FROM chunk WHERE content_hash IN ({marks})", batch)
                ids += [row[0] for row in rows]
        found = self.chunks_by_id(ids)
        places: dict[ContentHash, list[StoredChunk]] = {content: [] for content in hashes}
        for number in sorted(found):
            places[found[number].content_hash].append(found[number])
        return places

    def chunks_of_file(self, path: RelativePath) -> list[StoredChunk]:
        return self._chunks("file.path", [pack_path(path)])

    def beginnings(self, chunks: Iterable[StoredChunk], count: int) -> dict[RelativePath, list[StoredChunk]]:
        """The first `count` chunks of each file that `chunks` are of: a file's ids follow one another."""
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

    def load_instants(self) -> tuple[NDArray[np.int64], Codes]:
        """All instant vectors: chunk ids (n,) ascending and vectors (n, dimension)."""
        with self._file.read() as connection:
            rows = connection.execute("SELECT chunk_id, vector FROM instant ORDER BY chunk_id").fetchall()
        return np.array([row[0] for row in rows], dtype=np.int64), _vectors([row[1] for row in rows])

    def instants_for(self, hashes: Iterable[ContentHash]) -> dict[ContentHash, Codes]:
        """Instant vectors (dimension,) that are known already, such as those of a file under its old name."""
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
    if not blobs:
        return np.zeros((0, 0), dtype=np.int8)
    return np.frombuffer(b"".join(blobs), dtype=np.int8).reshape(len(blobs), -1)
