"""Queries on the texts of chunks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from semlens.core.store.records import (
    CHUNK_COLUMNS,
    FROM_CHUNK,
    ChunkText,
    StoredChunk,
    pack_hash,
    pack_path,
    stored_chunk,
    stored_roles,
    unpack_hash,
    unpack_own_texts,
    unpack_texts,
)
from semlens.core.store.sqlite import SqliteFile
from semlens.core.store.statements import in_batches
from semlens.types import ContentHash, FileStamp, RelativePath, RowRoles

FIRST = RelativePath("")
"""No file has this path, and all come after it."""


class TextQueries:
    """As for `IndexReader`."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def of_file(self, path: RelativePath) -> list[ChunkText]:
        """The texts of the chunks of `path`, in the order of `ChunkQueries.of_file`."""
        with self._file.read() as connection:
            row = connection.execute("SELECT texts FROM file WHERE path = ?", (pack_path(path),)).fetchone()
            return unpack_texts(row[0]) if row else []

    def lines_of(self, path: RelativePath) -> list[str]:
        """The `text` alone of each of `of_file`, in half the time."""
        with self._file.read() as connection:
            row = connection.execute("SELECT texts FROM file WHERE path = ?", (pack_path(path),)).fetchone()
            return unpack_own_texts(row[0]) if row else []

    def lines_of_unchanged(self, path: RelativePath, stamp: FileStamp) -> dict[int, str]:
        """The lines of each chunk of `path` by the chunk's id; none if its stamp is no longer `stamp`.

        A chunk whose text is only a part of its lines, as it shares them with another one, is left out.
        """
        with self._file.read() as connection:
            row = connection.execute(
                "SELECT id, texts FROM file WHERE path = ? AND size = ? AND mtime_ns = ? AND inode = ?",
                (pack_path(path), stamp.size, stamp.mtime_ns, stamp.identity),
            ).fetchone()
            if row is None:
                return {}
            chunks = connection.execute(
                "SELECT id, start_line, end_line FROM chunk WHERE file_id = ? ORDER BY ordinal", row[:1]
            ).fetchall()
            texts = unpack_own_texts(row[1])
        lines = {number: text for (number, *_), text in zip(chunks, texts, strict=True)}
        for (one, _, end), (other, start, _) in pairwise(chunks):
            if start <= end:
                lines.pop(one, None)
                lines.pop(other, None)
        return lines

    def to_embed(self, hashes: Iterable[ContentHash]) -> dict[ContentHash, str]:
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
                rows = connection.execute(f"{FROM_CHUNK} WHERE file_id = ? ORDER BY ordinal", (file_id,))
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
