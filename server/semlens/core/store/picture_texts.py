"""The text that was read in images, by the hash of their bytes: tables of `index.db`.

They are made when text is read and dropped when it is not wanted any more, so that an index without it is as
it always was. Images whose text changes are noted in the same transaction: a kill leaves none with old words.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from semlens.core.store.image_contents import ImageContent, read_contents, write_contents
from semlens.core.store.image_table import note_images_changed
from semlens.core.store.model_table import Connect
from semlens.core.store.records import pack_hash, pack_path, unpack_hash, unpack_path
from semlens.core.store.statements import in_batches, meta_value
from semlens.core.text.words import without_surrogates
from semlens.types import ContentHash, FileStamp, RelativePath

_PIXELS = "image_pixels"
_TABLES = f"""
CREATE TABLE IF NOT EXISTS {_PIXELS} (
    path BLOB PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL,
    content_hash BLOB) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS image_pixels_content ON {_PIXELS} (content_hash);
CREATE TABLE IF NOT EXISTS image_text (content_hash BLOB PRIMARY KEY, lines TEXT NOT NULL) WITHOUT ROWID
"""
_META = "image_text"
_WITH_TEXT = "content_hash IN (SELECT content_hash FROM image_text WHERE lines <> '')"
_LIVE = f"SELECT content_hash FROM {_PIXELS} WHERE content_hash IS NOT NULL"

KEPT_UNUSED: Final = 500
"""Texts of images that are gone: a switch of branches and back reads nothing again."""


class PictureTexts:
    """The rows of the tables. Safe for many threads. Each method raises `StorageError`.

    What is written to dropped tables is lost: text is not wanted any more.
    """

    def __init__(self, read: Connect, write: Connect) -> None:
        """`read` and `write` begin a transaction."""
        self._read = read
        self._write = write

    @property
    def version(self) -> str | None:
        """What `begin` was given last; None if no text is read."""
        with self._read() as connection:
            return meta_value(connection, _META)

    def begin(self, version: str) -> dict[RelativePath, ImageContent]:
        """The images whose bytes are known. Another version of the reader has read nothing yet."""
        if self.version != version:
            self.end()
            with self._write() as connection:
                for statement in _TABLES.split(";"):
                    connection.execute(statement)
                connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_META, version))
        with self._read() as connection:
            return read_contents(connection, _PIXELS)

    def change(self, added: Mapping[RelativePath, ImageContent], gone: Iterable[RelativePath]) -> None:
        """Add or replace images, and remove others."""
        with self._write() as connection:
            if meta_value(connection, _META) is not None:
                write_contents(connection, _PIXELS, added, gone)
                for marks, batch in in_batches(map(pack_path, added)):
                    _note_changed(connection, f"path IN ({marks}) AND {_WITH_TEXT}", batch)

    def keep(self, read: Mapping[ContentHash, Sequence[str]]) -> None:
        """Keep the lines that were read in images with these contents."""
        rows = [(pack_hash(key), without_surrogates("\n".join(lines))) for key, lines in read.items()]
        with self._write() as connection:
            if meta_value(connection, _META) is not None:
                connection.executemany("INSERT OR REPLACE INTO image_text VALUES (?, ?)", rows)
                for marks, batch in in_batches(key for key, lines in rows if lines):
                    _note_changed(connection, f"content_hash IN ({marks})", batch)

    def contents(self) -> set[ContentHash]:
        """The contents that were read, also those without any text."""
        with self._read() as connection:
            if meta_value(connection, _META) is None:
                return set()
            return {unpack_hash(key) for (key,) in connection.execute("SELECT content_hash FROM image_text")}

    def lines_of(self, images: Mapping[RelativePath, FileStamp]) -> dict[RelativePath, tuple[str, ...]]:
        """The lines in each of some images, without those that have none or have changed since."""
        found: dict[RelativePath, tuple[str, ...]] = {}
        with self._read() as connection:
            if meta_value(connection, _META) is None:
                return found
            for marks, batch in in_batches(map(pack_path, images)):
                rows = connection.execute(
                    f"SELECT path, size, mtime_ns, inode, lines FROM {_PIXELS} JOIN image_text "
                    f"USING (content_hash) WHERE path IN ({marks}) AND lines <> ''",
                    batch,
                )
                for path, *stamp, lines in rows:
                    if images[unpack_path(path)] == FileStamp(*stamp):
                        found[unpack_path(path)] = tuple(lines.split("\n"))
        return found

    def drop_unused(self) -> None:
        """Forget the texts of images that are gone, if there are many of them."""
        unused = f"FROM image_text WHERE content_hash NOT IN ({_LIVE})"
        with self._write() as connection:
            if meta_value(connection, _META) is None:
                return
            (count,) = connection.execute(f"SELECT count(*) {unused}").fetchone()
            if count > KEPT_UNUSED:
                connection.execute(f"DELETE {unused}")

    def end(self) -> None:
        """Drop the tables, as text is not wanted any more."""
        if self.version is None:
            return
        with self._write() as connection:
            _note_changed(connection, _WITH_TEXT, [])
            for table in (_PIXELS, "image_text"):
                connection.execute(f"DROP TABLE IF EXISTS {table}")
            connection.execute("DELETE FROM meta WHERE key = ?", (_META,))


def _note_changed(connection: sqlite3.Connection, where: str, values: Sequence[object]) -> None:
    note_images_changed(connection, f"SELECT path FROM {_PIXELS} WHERE {where}", values)
