"""The statements that change the index database, each inside the caller's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from semlens.core.store.records import (
    FileChunks,
    chunk_row,
    pack_hash,
    pack_path,
    skipped_row,
    unpack_hash,
)
from semlens.core.text.words import without_surrogates
from semlens.types import ContentHash, RelativePath, Skipped

_BATCH = 500
"""Values in one `IN (…)`: SQLite before 3.32 allows 999."""


def meta_value(connection: sqlite3.Connection, key: str) -> str | None:
    """A value of the table `meta`; None if there is none."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return row[0] if row else None


def in_batches(values: Iterable[object]) -> Iterator[tuple[str, list[object]]]:
    """Distinct values in batches of at most 500, each with the question marks for its `IN (…)`."""
    distinct = list(dict.fromkeys(values))
    for start in range(0, len(distinct), _BATCH):
        batch = distinct[start : start + _BATCH]
        yield ",".join("?" * len(batch)), batch


def existing_hashes(connection: sqlite3.Connection, hashes: Iterable[ContentHash]) -> set[ContentHash]:
    """Those of `hashes` that at least one chunk has."""
    found: set[ContentHash] = set()
    for marks, batch in in_batches(pack_hash(content) for content in hashes):
        rows = connection.execute(
            f"SELECT DISTINCT content_hash FROM chunk WHERE content_hash IN ({marks})", batch
        )
        found.update(unpack_hash(row[0]) for row in rows)
    return found


def insert_files(
    connection: sqlite3.Connection, files: Sequence[tuple[FileChunks, bytes]]
) -> list[tuple[int, FileChunks, int]]:
    """Insert files that are not in the database.

    :param files: each file with its packed texts
    :return: the id, the file and the ordinal of each new chunk
    """
    first = _last_chunk_id(connection) + 1
    added: list[tuple[int, FileChunks, int]] = []
    chunks: list[tuple[object, ...]] = []
    instants: list[tuple[int, bytes]] = []
    definitions: list[tuple[str, int, str]] = []
    for file, texts in files:
        file_id = _insert_file(connection, file, texts)
        for ordinal, (chunk, vector) in enumerate(zip(file.chunks, file.instant, strict=True)):
            chunk_id = first + len(added)
            added.append((chunk_id, file, ordinal))
            chunks.append((chunk_id, *chunk_row(file_id, ordinal, chunk)))
            instants.append((chunk_id, vector.tobytes()))
            definitions += [(name.lower(), chunk_id, name) for name in map(without_surrogates, chunk.defines)]
    marks = ",".join("?" * 15)
    connection.executemany(
        "INSERT INTO chunk (id, file_id, ordinal, start_line, end_line, language, kind, content_hash, "
        f"symbol, symbol_kind, container, symbol_start, symbol_end, defines, roles) VALUES ({marks})",
        chunks,
    )
    connection.executemany("INSERT INTO instant VALUES (?, ?)", instants)
    connection.executemany("INSERT OR IGNORE INTO definition VALUES (?, ?, ?)", definitions)
    return added


def _last_chunk_id(connection: sqlite3.Connection) -> int:
    """The highest chunk id that was ever used."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'chunk'").fetchone()
    return int(row[0]) if row else 0


def _insert_file(connection: sqlite3.Connection, file: FileChunks, texts: bytes) -> int:
    stamp = file.stamp
    file_id = connection.execute(
        "INSERT INTO file (path, size, mtime_ns, inode, content_hash, language, texts) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            pack_path(file.path),
            stamp.size,
            stamp.mtime_ns,
            stamp.identity,
            pack_hash(file.content_hash),
            file.language,
            texts,
        ),
    ).lastrowid
    assert file_id is not None
    return file_id


def remove_files(
    connection: sqlite3.Connection, paths: Iterable[RelativePath]
) -> tuple[list[int], set[ContentHash]]:
    """Delete files with their chunks.

    :return: the ids and the content hashes of the deleted chunks
    """
    ids: list[int] = []
    hashes: set[ContentHash] = set()
    for marks, batch in in_batches(map(pack_path, paths)):
        rows = connection.execute(
            "SELECT chunk.id, chunk.content_hash, defines FROM chunk JOIN file ON file.id = file_id "
            f"WHERE path IN ({marks})",
            batch,
        ).fetchall()
        ids += [row[0] for row in rows]
        hashes.update(unpack_hash(row[1]) for row in rows)
        connection.executemany(
            "DELETE FROM definition WHERE name_lower = ? AND chunk_id = ?",
            [(name.lower(), chunk_id) for chunk_id, _, names in rows if names for name in names.split("\n")],
        )
        connection.executemany("DELETE FROM instant WHERE chunk_id = ?", [(row[0],) for row in rows])
        connection.executemany("DELETE FROM chunk WHERE id = ?", [(row[0],) for row in rows])
        connection.execute(f"DELETE FROM file WHERE path IN ({marks})", batch)
        connection.execute(f"DELETE FROM skipped WHERE path IN ({marks})", batch)
    return ids, hashes


def insert_skipped(connection: sqlite3.Connection, skipped: Iterable[Skipped]) -> None:
    """Record skipped files, replacing older records of the same paths."""
    connection.executemany(
        "INSERT OR REPLACE INTO skipped VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        map(skipped_row, skipped),
    )
