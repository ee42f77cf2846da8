"""What bytes each image has, for a model that looks at images. An image whose stamp differs is read again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from semlens.core.store.model_table import Connect, ModelTable
from semlens.core.store.records import pack_hash, pack_path, unpack_hash, unpack_path
from semlens.core.store.statements import in_batches, meta_value
from semlens.types import ContentHash, FileStamp, Fingerprint, RelativePath

_COLUMNS = """(
    path BLOB PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL,
    content_hash BLOB) WITHOUT ROWID
"""
_META = "image_model"


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
        self.table = ModelTable(read, write, "image_content", _COLUMNS, _META)

    def begin(self, fingerprint: Fingerprint) -> dict[RelativePath, ImageContent]:
        """The images that were read; none if that was for another model, which may read others."""
        with self.table.begin(fingerprint) as connection:
            return read_contents(connection, self.table.name)

    def change(self, added: Mapping[RelativePath, ImageContent], gone: Iterable[RelativePath]) -> None:
        """Add or replace images, and remove others."""
        with self.table.write() as connection:
            write_contents(connection, self.table.name, added, gone)


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
    model = meta_value(connection, _META)
    if model is None:
        return None
    rows = connection.execute(
        "SELECT DISTINCT content_hash FROM image_content WHERE content_hash IS NOT NULL"
    )
    return Fingerprint(model), frozenset(unpack_hash(content) for (content,) in rows)
