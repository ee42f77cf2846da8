"""What bytes each image has, for a model that looks at images: a table of `index.db`.

The table is made when a folder gets an image model and dropped when it has none any more, so that an index
without one is as it always was. Its rows are derived: an image whose stamp differs is read again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from semlens.core.store.records import pack_hash, pack_path, unpack_hash, unpack_path
from semlens.core.store.statements import in_batches
from semlens.types import ContentHash, FileStamp, Fingerprint, RelativePath

_TABLE = """
CREATE TABLE IF NOT EXISTS image_content (
    path BLOB PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL,
    content_hash BLOB) WITHOUT ROWID
"""
_NAME = "image_content"
_META = "image_model"

Connect = Callable[[], AbstractContextManager[sqlite3.Connection]]


@dataclass(frozen=True, slots=True)
class ImageContent:
    """An image as it was read."""

    stamp: FileStamp
    content: ContentHash | None
    """The hash of its bytes; None if no model can look at it: it is broken or too large."""


class ImageContents:
    """The rows of the table. Safe for many threads. Each method raises `StorageError`."""

    def __init__(self, read: Connect, write: Connect) -> None:
        """`read` and `write` begin a transaction."""
        self._read = read
        self._write = write

    def begin(self, fingerprint: Fingerprint) -> dict[RelativePath, ImageContent]:
        """The images that were read; none if that was for another model, which may read others."""
        if self.model != fingerprint:
            with self._write() as connection:
                connection.execute(_TABLE)
                connection.execute("DELETE FROM image_content")
                connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_META, fingerprint))
        with self._read() as connection:
            return read_contents(connection, _NAME)

    def change(self, added: Mapping[RelativePath, ImageContent], gone: Iterable[RelativePath]) -> None:
        """Add or replace images, and remove others."""
        with self._write() as connection:
            write_contents(connection, _NAME, added, gone)

    def end(self) -> None:
        """Drop the table, as the folder has no image model any more."""
        if self.model is not None:
            with self._write() as connection:
                connection.execute("DROP TABLE IF EXISTS image_content")
                connection.execute("DELETE FROM meta WHERE key = ?", (_META,))

    @property
    def model(self) -> str | None:
        """The fingerprint that `begin` was given last; None if the folder has no image model."""
        with self._read() as connection:
            row = connection.execute("SELECT value FROM meta WHERE key = ?", (_META,)).fetchone()
            return row[0] if row else None


def read_contents(connection: sqlite3.Connection, table: str) -> dict[RelativePath, ImageContent]:
    """The rows of a table of images."""
    rows = connection.execute(f"SELECT path, size, mtime_ns, inode, content_hash FROM {table}")
    return {
        unpack_path(path): ImageContent(FileStamp(*stamp), unpack_hash(content) if content else None)
        for path, *stamp, content in rows
    }


def write_contents(
    connection: sqlite3.Connection,
    table: str,
    added: Mapping[RelativePath, ImageContent],
    gone: Iterable[RelativePath],
) -> None:
    """Add or replace rows of a table of images, and remove others."""
    rows = [
        (
            pack_path(path),
            one.stamp.size,
            one.stamp.mtime_ns,
            one.stamp.identity,
            None if one.content is None else pack_hash(one.content),
        )
        for path, one in added.items()
    ]
    for marks, batch in in_batches(map(pack_path, gone)):
        connection.execute(f"DELETE FROM {table} WHERE path IN ({marks})", batch)
    connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?, ?, ?)", rows)


def live_image_contents(connection: sqlite3.Connection) -> tuple[Fingerprint, frozenset[ContentHash]] | None:
    """The image model of an index and the hashes of its images; None without one."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_META,)).fetchone()
    if row is None:
        return None
    rows = connection.execute(
        "SELECT DISTINCT content_hash FROM image_content WHERE content_hash IS NOT NULL"
    )
    return Fingerprint(row[0]), frozenset(unpack_hash(content) for (content,) in rows)
