"""`vectors.db`: every vector that a model has computed for this user, so that nothing is embedded twice.

All workspaces share it: a rename, a branch, a second worktree or clone finds its vectors by content hash.
Each row has a checksum, so a damaged row counts as missing and costs one embedding, not all of them.
"""

from __future__ import annotations

import os
import sqlite3
import time
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from semlens.core.store.last_close import has_log, note_close, read_note
from semlens.core.store.layout import disk_usage
from semlens.core.store.quantized import Codes
from semlens.core.store.records import pack_hash, unpack_hash
from semlens.core.store.sqlite import SqliteFile
from semlens.core.store.sqlite_files import COMPANIONS, discard_companions
from semlens.core.store.statements import in_batches
from semlens.errors import DamagedIndexError, DiskFullError, StorageError
from semlens.private_files import discard, set_aside
from semlens.types import ContentHash, Fingerprint

SCHEMA_VERSION = 1
"""Version of the tables below. A file of another version is kept beside the one in use."""

_SCHEMA = """
CREATE TABLE model (id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE);
CREATE TABLE vector (
    id INTEGER PRIMARY KEY, model_id INTEGER NOT NULL, content_hash BLOB NOT NULL, used_day INTEGER NOT NULL,
    checksum INTEGER NOT NULL, vector BLOB NOT NULL
);
CREATE UNIQUE INDEX vector_content ON vector (model_id, content_hash);
"""
# Rows are in the order of insertion, and only the index is in the order of the hashes:
# rows in the order of the hashes would leave a third of every page empty.

_COLUMNS = "model_id, content_hash, used_day, checksum, vector"
BYTES_BESIDE_VECTOR = 64
"""Bytes of a row beside its vector, with its part of the index; about."""
_DAY = 86_400
_Row = tuple[int, bytes, int, int, bytes]


class VectorTable:
    """Vectors by model fingerprint and content hash. Safe for many threads.

    Vectors are kept in float16; quantized ones in int8.
    """

    def __init__(self, path: Path, today: Callable[[], int] = lambda: int(time.time()) // _DAY) -> None:
        """Open or create the file at `path`. Raises `DamagedIndexError` or `StorageError`.

        :param today: the current day, counted from the epoch
        """
        self._file = SqliteFile(path, _SCHEMA, SCHEMA_VERSION, keep_other_versions=True)
        self._today = today

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return disk_usage(self._file.path)

    @property
    def size_with_log(self) -> int:
        """Bytes on the disk, with those that are not written into the file yet."""
        path = self._file.path
        return sum(disk_usage(path.with_name(path.name + suffix)) for suffix in ("", *COMPANIONS))

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        with suppress(OSError, StorageError):
            note_close(_note(self._file.path), [self._file.path])

    def put_back(self) -> bool:
        """As `SqliteFile.put_back`."""
        return self._file.put_back()

    def check(self) -> bool:
        """Whether the structure of the file is sound."""
        return self._file.check()

    def count(self, fingerprint: Fingerprint | None = None) -> int:
        """The number of vectors of one model, or of all models."""
        where = "" if fingerprint is None else "WHERE model_id = (SELECT id FROM model WHERE fingerprint = ?)"
        with self._file.read() as connection:
            values = () if fingerprint is None else (fingerprint,)
            count: int = connection.execute(f"SELECT count(*) FROM vector {where}", values).fetchone()[0]
            return count

    def sizes(self) -> dict[Fingerprint, tuple[int, int]]:
        """How many vectors each model has, and about how many bytes they take."""
        with self._file.read() as connection:
            rows = connection.execute(
                "SELECT fingerprint, count(*), (SELECT length(vector) FROM vector WHERE model_id = model.id) "
                "FROM model JOIN vector ON vector.model_id = model.id GROUP BY model.id"
            )
            return {
                Fingerprint(name): (count, count * (length + BYTES_BESIDE_VECTOR))
                for name, count, length in rows
            }

    def get(
        self, fingerprint: Fingerprint, hashes: Iterable[ContentHash]
    ) -> dict[ContentHash, NDArray[np.float16]]:
        """The known vectors of `hashes`, each read-only and of shape (dimension,)."""
        known = self._known(fingerprint, hashes)
        return {content: np.frombuffer(vector, dtype=np.float16) for content, vector in known.items()}

    def get_codes(self, fingerprint: Fingerprint, hashes: Iterable[ContentHash]) -> dict[ContentHash, Codes]:
        """The known quantized vectors of `hashes`, each read-only and of shape (dimension,)."""
        known = self._known(fingerprint, hashes)
        return {content: np.frombuffer(vector, dtype=np.int8) for content, vector in known.items()}

    def _known(self, fingerprint: Fingerprint, hashes: Iterable[ContentHash]) -> dict[ContentHash, bytes]:
        found: dict[ContentHash, bytes] = {}
        with self._file.read() as connection:
            for content, checksum, vector in _rows(connection, fingerprint, hashes, "checksum, vector"):
                if zlib.crc32(vector, zlib.crc32(content)) == checksum:
                    found[unpack_hash(content)] = vector
        return found

    def missing(self, fingerprint: Fingerprint, hashes: Iterable[ContentHash]) -> list[ContentHash]:
        """Those of `hashes` without a vector, in their order."""
        wanted = list(hashes)
        with self._file.read() as connection:
            known = {row[0] for row in _rows(connection, fingerprint, wanted, "1")}
        return [content for content in wanted if pack_hash(content) not in known]

    def all_of(self, fingerprint: Fingerprint) -> NDArray[np.float16]:
        """Every vector of a model in the order of insertion; shape (n, dimension)."""
        with self._file.read() as connection:
            rows = connection.execute(
                "SELECT vector FROM vector JOIN model ON model.id = model_id WHERE fingerprint = ? "
                "ORDER BY vector.id",
                (fingerprint,),
            ).fetchall()
        return np.stack([np.frombuffer(row[0], dtype=np.float16) for row in rows])

    def put(
        self,
        fingerprint: Fingerprint,
        hashes: Sequence[ContentHash],
        vectors: NDArray[np.float16] | NDArray[np.float32] | Codes,
    ) -> None:
        """Store `vectors`, shape (n, dimension), one for each hash. They survive a kill once this returns."""
        kept = vectors if vectors.dtype == np.int8 else np.asarray(vectors, dtype=np.float16)
        day = self._today()
        with self._file.write() as connection:
            model = _model_id(connection, fingerprint)
            rows: list[_Row] = []
            for content_hash, row in zip(hashes, kept, strict=True):
                content, vector = pack_hash(content_hash), row.tobytes()
                rows.append((model, content, day, zlib.crc32(vector, zlib.crc32(content)), vector))
            _insert(connection, rows)

    def collect_garbage(
        self,
        keep: Mapping[Fingerprint, Collection[ContentHash]],
        orphan_days: int = 30,
        max_bytes: int | None = None,
    ) -> int:
        """Delete vectors that no index has used for `orphan_days`.

        :param keep: the contents in use today, by model
        :param max_bytes: above this size of the file, delete unused vectors however recent, least recently
            used first; without it, the vectors of another branch stay
        :return: how many vectors were deleted
        """
        day = self._today()
        with self._file.write() as connection:
            for fingerprint, hashes in keep.items():
                model = _model_id(connection, fingerprint)
                for marks, batch in in_batches(map(pack_hash, hashes)):
                    connection.execute(
                        "UPDATE vector SET used_day = ? WHERE model_id = ? AND used_day < ? "
                        f"AND content_hash IN ({marks})",
                        [day, model, day, *batch],
                    )
            gone = connection.execute("DELETE FROM vector WHERE used_day < ?", (day - orphan_days,)).rowcount
            if max_bytes is not None and self.size > max_bytes:
                gone += _drop_oldest(connection, day, self.size, max_bytes)
            connection.execute("DELETE FROM model WHERE id NOT IN (SELECT DISTINCT model_id FROM vector)")
        if gone:
            with suppress(DiskFullError):  # Compaction needs space for a second copy.
                self._file.compact()
        return gone

    def remove(self, fingerprints: Iterable[Fingerprint]) -> int:
        """Delete every vector of these models; how many bytes the disk has got back."""
        before = self.size_with_log
        with self._file.write() as connection:
            for fingerprint in fingerprints:
                model = "(SELECT id FROM model WHERE fingerprint = ?)"
                connection.execute(f"DELETE FROM vector WHERE model_id = {model}", (fingerprint,))
                connection.execute("DELETE FROM model WHERE fingerprint = ?", (fingerprint,))
        with suppress(DiskFullError):  # Compaction needs space for a second copy.
            self._file.compact()
        return max(0, before - self.size_with_log)

    def salvage(self, damaged: Path) -> None:
        """Copy the rows of a damaged file that can be read and whose checksum is right."""
        with self._file.write() as connection:
            for fingerprint, content, day, checksum, vector in _readable(damaged):
                if zlib.crc32(vector, zlib.crc32(content)) == checksum:
                    _insert(
                        connection, [(_model_id(connection, fingerprint), content, day, checksum, vector)]
                    )


def open_or_salvage(path: Path) -> tuple[VectorTable, str | None]:
    """The table at `path`; in place of a damaged one, a new one with its sound rows, and a sentence.

    A large file that is as it was closed is not checked as a whole: each row has its checksum.
    """
    unchanged = read_note(_note(path), [path]) is not None and not has_log(path)
    with suppress(DamagedIndexError):
        table = VectorTable(path)
        if unchanged or table.check():
            return table, None
        table.close()
    aside = set_aside(path)
    discard_companions(path)
    table = VectorTable(path)
    table.salvage(aside)
    if os.access(aside, os.R_OK):  # Else no row could be saved: its owner may want it.
        discard(aside)
    return table, f"{path} was damaged: {table.count()} vectors could be saved, the others are made again."


def _note(path: Path) -> Path:
    """Where the state of the closed file is noted."""
    return path.with_name(path.name + ".closed")


def _rows(
    connection: sqlite3.Connection, fingerprint: Fingerprint, hashes: Iterable[ContentHash], columns: str
) -> Iterator[tuple[Any, ...]]:
    """The content hash and `columns` of each known row."""
    model = connection.execute("SELECT id FROM model WHERE fingerprint = ?", (fingerprint,)).fetchone()
    if model is None:
        return
    for marks, batch in in_batches(map(pack_hash, hashes)):
        yield from connection.execute(
            f"SELECT content_hash, {columns} FROM vector WHERE model_id = ? AND content_hash IN ({marks})",
            [model[0], *batch],
        )


def _model_id(connection: sqlite3.Connection, fingerprint: str) -> int:
    """The id of a model, inserted if it is new."""
    connection.execute("INSERT OR IGNORE INTO model (fingerprint) VALUES (?)", (fingerprint,))
    row = connection.execute("SELECT id FROM model WHERE fingerprint = ?", (fingerprint,)).fetchone()
    return int(row[0])


def _insert(connection: sqlite3.Connection, rows: Iterable[_Row]) -> None:
    connection.executemany(
        f"INSERT OR REPLACE INTO vector ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)",
        rows,
    )


def _drop_oldest(connection: sqlite3.Connection, day: int, size: int, max_bytes: int) -> int:
    """Delete rows until the file fits `max_bytes`: least recently used first, none that was used today."""
    count = connection.execute("SELECT count(*) FROM vector").fetchone()[0]
    excess = int(count * (size - max_bytes) / size) + 1
    return connection.execute(
        "DELETE FROM vector WHERE id IN "
        "(SELECT id FROM vector WHERE used_day < ? ORDER BY used_day, id LIMIT ?)",
        (day, excess),
    ).rowcount


def _readable(damaged: Path) -> Iterator[tuple[str, bytes, int, int, bytes]]:
    """The rows of a damaged file that can be reached from its beginning and from its end."""
    if not damaged.is_file() or not os.access(damaged, os.R_OK):
        return
    _pad(damaged)
    connection = sqlite3.connect(f"file:{quote(str(damaged))}?mode=ro&immutable=1", uri=True)
    try:
        models = dict(connection.execute("SELECT id, fingerprint FROM model").fetchall())
        for order in ("ASC", "DESC"):
            with suppress(sqlite3.Error):
                for model, *row in connection.execute(f"SELECT {_COLUMNS} FROM vector ORDER BY id {order}"):
                    if model in models:
                        yield models[model], *row
    except (sqlite3.Error, UnicodeDecodeError):
        return
    finally:
        connection.close()


def _pad(damaged: Path) -> None:
    """Extend a truncated file to the length in its header: SQLite refuses to read a shorter one.

    The fields of the header: https://www.sqlite.org/fileformat2.html#the_database_header
    """
    with suppress(OSError), damaged.open("r+b") as file:
        header = file.read(32)
        page_size, pages = int.from_bytes(header[16:18], "big"), int.from_bytes(header[28:32], "big")
        size = damaged.stat().st_size
        if size < page_size * pages <= 4 * size:
            file.truncate(page_size * pages)
