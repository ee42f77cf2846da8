"""Queries on the indexed files, and on those that were skipped."""

from __future__ import annotations

from semlens.core.files.images import IMAGE
from semlens.core.store.records import pack_path, stored_skipped, unpack_hash, unpack_path
from semlens.core.store.sqlite import SqliteFile
from semlens.types import ContentHash, FileStamp, RelativePath, Skipped


class FileQueries:
    """As for `IndexReader`."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

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

    def images(self) -> frozenset[RelativePath]:
        """The paths of the indexed images."""
        with self._file.read() as connection:
            rows = connection.execute("SELECT path FROM file WHERE language = ?", (IMAGE,))
            return frozenset(unpack_path(path) for (path,) in rows)

    def languages(self) -> list[tuple[RelativePath, str | None]]:
        """The path and the language of every file."""
        with self._file.read() as connection:
            rows = connection.execute("SELECT path, language FROM file")
            return [(unpack_path(path), language) for path, language in rows]

    def paths_below(self, folder: RelativePath) -> list[RelativePath]:
        """The indexed files below a folder, by path; the empty path is the whole workspace."""
        prefix = pack_path(f"{folder}/" if folder else "")
        with self._file.read() as connection:
            rows = connection.execute(
                "SELECT path FROM file WHERE substr(path, 1, ?) = ? ORDER BY path", (len(prefix), prefix)
            )
            return [unpack_path(row[0]) for row in rows]

    def has_any_below(self, folder: RelativePath) -> bool:
        """Whether a file below a folder is indexed; the empty path is the whole workspace."""
        prefix = pack_path(f"{folder}/" if folder else "")
        with self._file.read() as connection:
            row = connection.execute(
                "SELECT 1 FROM file WHERE substr(path, 1, ?) = ? LIMIT 1", (len(prefix), prefix)
            ).fetchone()
        return row is not None

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
