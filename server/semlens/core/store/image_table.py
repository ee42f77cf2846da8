"""What files say of images, and what images say themselves, in tables of `index.db`.

The tables are made when images are wanted and dropped when they are not, so that an index without them is as
it always was. Their rows are derived: those of a file hold for one content of the file alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from semlens.core.store.records import pack_hash, pack_path, unpack_hash, unpack_path
from semlens.core.store.statements import in_batches, meta_value
from semlens.core.text.words import without_surrogates
from semlens.types import ContentHash, FileStamp, RelativePath

_TABLES = """
CREATE TABLE IF NOT EXISTS image_source (
    path BLOB PRIMARY KEY, content_hash BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS image_use (
    path BLOB NOT NULL, line INTEGER NOT NULL, name TEXT NOT NULL, target TEXT NOT NULL, words TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS image_use_path ON image_use (path);
CREATE INDEX IF NOT EXISTS image_use_name ON image_use (name);
CREATE TABLE IF NOT EXISTS image (
    path BLOB PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL, words TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS image_name ON image (name);
CREATE TABLE IF NOT EXISTS image_changed (name TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_NAMES = ("image_source", "image_use", "image", "image_changed")
_META = "images"

Connect = Callable[[], AbstractContextManager[sqlite3.Connection]]


@dataclass(frozen=True, slots=True)
class StoredUse:
    """A place where a file uses an image. Images and uses meet by `name`."""

    path: RelativePath
    line: int
    name: str
    target: str
    words: str


@dataclass(frozen=True, slots=True)
class StoredImage:
    """An image that is there."""

    path: RelativePath
    name: str
    stamp: FileStamp
    words: tuple[str, ...]
    """The texts in it."""


class ImageTable:
    """The rows of the tables. Safe for many threads. Each method raises `StorageError`."""

    def __init__(self, read: Connect, write: Connect) -> None:
        """`read` and `write` begin a transaction."""
        self._read = read
        self._write = write

    @property
    def version(self) -> str | None:
        """What `begin` was given last; None if images are not wanted."""
        with self._read() as connection:
            return meta_value(connection, _META)

    def begin(self, version: str) -> None:
        """Make the tables; empty ones if those that are there are of another version."""
        if self.version != version:
            self.end()
            with self._write() as connection:
                for statement in filter(str.strip, _TABLES.split(";")):
                    connection.execute(statement)
                connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_META, version))

    def end(self) -> None:
        """Drop the tables, as images are not wanted."""
        if self.version is not None:
            with self._write() as connection:
                for name in _NAMES:
                    connection.execute(f"DROP TABLE IF EXISTS {name}")
                connection.execute("DELETE FROM meta WHERE key = ?", (_META,))

    def sources(self, paths: Collection[RelativePath] | None = None) -> dict[RelativePath, ContentHash]:
        """The files whose uses of images are here, with the hash of the content they were read from.

        :param paths: of these files alone
        """
        query = "SELECT path, content_hash FROM image_source"
        batches: list[tuple[str, list[object]]] = (
            [("", [])]
            if paths is None
            else [(f" WHERE path IN ({marks})", batch) for marks, batch in in_batches(map(pack_path, paths))]
        )
        with self._read() as connection:
            return {
                unpack_path(path): unpack_hash(content)
                for where, values in batches
                for path, content in connection.execute(query + where, values)
            }

    def set_uses(self, read: Mapping[RelativePath, ContentHash | None], uses: Iterable[StoredUse]) -> None:
        """Replace the uses in some files, and note the names of images that were or are used there.

        :param read: the hash of each file's content that was read; None if the file is gone
        """
        rows = [
            (pack_path(one.path), one.line, *map(without_surrogates, (one.name, one.target, one.words)))
            for one in uses
        ]
        if not read:
            return
        names = {str(row[2]) for row in rows}
        with self._write() as connection:
            for marks, batch in in_batches(map(pack_path, read)):
                found = connection.execute(
                    f"SELECT DISTINCT name FROM image_use WHERE path IN ({marks})", batch
                )
                names.update(name for (name,) in found)
                connection.execute(f"DELETE FROM image_use WHERE path IN ({marks})", batch)
                connection.execute(f"DELETE FROM image_source WHERE path IN ({marks})", batch)
            connection.executemany("INSERT INTO image_use VALUES (?, ?, ?, ?, ?)", rows)
            connection.executemany(
                "INSERT INTO image_source VALUES (?, ?)",
                [(pack_path(path), pack_hash(content)) for path, content in read.items() if content],
            )
            _note_changed(connection, names)

    def stamps(self) -> dict[RelativePath, FileStamp]:
        """The stamp of every image that is known."""
        with self._read() as connection:
            rows = connection.execute("SELECT path, size, mtime_ns, inode FROM image")
            return {unpack_path(path): FileStamp(*stamp) for path, *stamp in rows}

    def change(self, images: Sequence[StoredImage], gone: Collection[RelativePath]) -> None:
        """Add or replace images, remove others, and note their names."""
        if not images and not gone:
            return
        rows = [
            (
                pack_path(one.path),
                one.name,
                one.stamp.size,
                one.stamp.mtime_ns,
                one.stamp.identity,
                "\n".join(one.words),
            )
            for one in images
        ]
        with self._write() as connection:
            names = {one.name for one in images}
            for marks, batch in in_batches(map(pack_path, gone)):
                found = connection.execute(f"SELECT name FROM image WHERE path IN ({marks})", batch)
                names.update(name for (name,) in found)
                connection.execute(f"DELETE FROM image WHERE path IN ({marks})", batch)
            connection.executemany("INSERT OR REPLACE INTO image VALUES (?, ?, ?, ?, ?, ?)", rows)
            _note_changed(connection, names)

    def changed_names(self) -> list[str]:
        """The names of which something has changed since `forget_changed`, sorted: a kill loses none."""
        with self._read() as connection:
            return [name for (name,) in connection.execute("SELECT name FROM image_changed ORDER BY name")]

    def forget_changed(self, names: Iterable[str]) -> None:
        """The images of these names have their words."""
        with self._write() as connection:
            for marks, batch in in_batches(names):
                connection.execute(f"DELETE FROM image_changed WHERE name IN ({marks})", batch)

    def of_names(self, names: Iterable[str]) -> Iterator[tuple[list[StoredImage], list[StoredUse]]]:
        """For each name that images have, these images by path, and the uses of that name."""
        for marks, batch in in_batches(names):
            with self._read() as connection:
                images: dict[str, list[StoredImage]] = {}
                for row in connection.execute(
                    "SELECT path, name, size, mtime_ns, inode, words FROM image "
                    f"WHERE name IN ({marks}) ORDER BY path",
                    batch,
                ):
                    image = _image(row)
                    images.setdefault(image.name, []).append(image)
                uses: dict[str, list[StoredUse]] = {name: [] for name in images}
                for path, line, name, target, words in connection.execute(
                    f"SELECT path, line, name, target, words FROM image_use WHERE name IN ({marks})", batch
                ):
                    if name in uses:
                        uses[name].append(StoredUse(unpack_path(path), line, name, target, words))
            for name, found in images.items():
                yield found, uses[name]


def note_images_changed(connection: sqlite3.Connection, paths: str, values: Sequence[object]) -> None:
    """Note the names of the images whose paths a query gives; nothing if images are not wanted."""
    if connection.execute("SELECT 1 FROM meta WHERE key = ?", (_META,)).fetchone():
        connection.execute(
            f"INSERT OR IGNORE INTO image_changed SELECT name FROM image WHERE path IN ({paths})", values
        )


def _note_changed(connection: sqlite3.Connection, names: Iterable[str]) -> None:
    connection.executemany("INSERT OR IGNORE INTO image_changed VALUES (?)", [(name,) for name in names])


def _image(row: tuple[bytes, str, int, int, int, str]) -> StoredImage:
    path, name, size, mtime_ns, inode, words = row
    stamp = FileStamp(size, mtime_ns, inode)
    return StoredImage(unpack_path(path), name, stamp, tuple(words.split("\n")) if words else ())
