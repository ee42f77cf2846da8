"""One SQLite file with one writer and many readers; its errors are sentences for the user."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from semlens.core.store.file_states import FileState, FileStates, any_cut, any_replaced, is_other, states_of
from semlens.core.store.sqlite_files import (
    COMPANIONS,
    damaged,
    discard_companions,
    discard_database,
    is_forbidden,
    is_implausible,
    sqlite_errors,
)
from semlens.errors import DamagedIndexError, StorageError, UsageError
from semlens.private_files import make_private, make_room, private_dir, storage_errors

log = logging.getLogger(__name__)

_BUSY_SECONDS = 10.0
_LOG_LIMIT = 4_194_304
"""SQLite cuts a longer log to this size when it begins it again."""
_PRAGMAS = f"""
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -8000;
PRAGMA journal_size_limit = {_LOG_LIMIT};
PRAGMA wal_autocheckpoint = 4000;
PRAGMA secure_delete = OFF;
"""
_RESCUED = ".rescued"
"""What is written in place of a lost file has this name until it is whole."""


class SqliteFile:
    """Connections to one SQLite file. Safe for many threads.

    A commit survives a kill of the process. A power failure may lose the last commits, but never
    damages the file (SQLite's WAL mode with `synchronous=NORMAL`). A file that is deleted while it is open
    loses nothing either: `put_back`.
    """

    def __init__(self, path: Path, schema: str, version: int, keep_other_versions: bool = False) -> None:
        """Open the file at `path`; create it with `schema` if it is missing or of another `version`.

        With `keep_other_versions` a file of another version is kept beside it, and used again by a Semlens
        of that version.

        Raises `DamagedIndexError` if it is damaged, `StorageError` if it cannot be used.
        """
        self.path = path
        self._keep_other_versions = keep_other_versions
        private_dir(path.parent)
        if keep_other_versions:
            self._bring_back(version)  # A kill may have come between the two files' renames.
        make_private(path)
        if is_implausible(path) or is_forbidden(path):
            raise DamagedIndexError(damaged(path))
        self._readers: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._writing = threading.RLock()
        self._closed = False
        self._replaced = 0
        """How often another file was put in place of the first one."""
        self._files: FileStates = {}
        discard_database(path.with_name(path.name + _RESCUED))
        for suffix in COMPANIONS:
            make_room(path.with_name(path.name + suffix))
        with sqlite_errors(path):
            self._writer = self._connect(create=True)
        try:
            self._prepare(schema, version)
        except BaseException:
            self._writer.close()
            raise
        self._note_files()

    def _prepare(self, schema: str, version: int) -> None:
        with sqlite_errors(self.path):
            found = self._writer.execute("PRAGMA user_version").fetchone()[0]
            if found == 0 and self._writer.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                # No commit of ours leaves tables without a version.
                raise DamagedIndexError(damaged(self.path))
            if found not in (0, version):
                self._writer.close()
                found = self._replace_version(found, version)
                self._writer = self._connect(create=True)
            for suffix in ("", *COMPANIONS):
                make_private(self.path.with_name(self.path.name + suffix))
            if found != version:
                self._writer.executescript(f"BEGIN;\n{schema}\nPRAGMA user_version = {version};\nCOMMIT;")

    def _replace_version(self, found: int, version: int) -> int:
        """Make room for a file of `version`; the version of the file that is there afterwards, 0 for none."""
        if not self._keep_other_versions:
            discard_database(self.path)
            return 0
        others = _version_path(self.path, found)
        with storage_errors(self.path):
            os.replace(self.path, others)
            discard_companions(self.path)
            log.warning("%s has another version (%d): it is kept as %s", self.path, found, others.name)
        return version if self._bring_back(version) else 0

    def _bring_back(self, version: int) -> bool:
        """Whether a file of `version` was kept, which is in use now."""
        ours = _version_path(self.path, version)
        if self.path.exists() or not ours.is_file():
            return False
        with storage_errors(self.path):
            os.replace(ours, self.path)
        return True

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the file until the block ends.

        Raises `DamagedIndexError` if the content cannot be decoded, `StorageError` if the file is closed.
        """
        with sqlite_errors(self.path):
            connection, replaced = self._borrow()
            try:
                connection.execute("BEGIN")
                yield connection
            except UnicodeEncodeError as error:  # what is looked up, not what is there
                raise UsageError("This text has half of a character: leave it out.") from error
            except (ValueError, TypeError, AttributeError) as error:  # It was valid when it was written.
                raise DamagedIndexError(damaged(self.path)) from error
            finally:
                self._release(connection, replaced)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """The single writer, in one transaction: an error in the block rolls all of it back."""
        with self._writing, sqlite_errors(self.path):
            self._check_open()
            self.put_back()
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._writer.execute("ROLLBACK")
                raise
            finally:
                self._note_files()

    @property
    def lost(self) -> bool:
        """Whether another program has deleted, replaced or cut the file or its log."""
        return not self._closed and (any_replaced(self._files) or any_cut(self._files))

    def put_back(self) -> bool:
        """Write the file again, from what is still open, if it was deleted or replaced; whether it was.

        Raises `DamagedIndexError` if the file or its log was cut, `StorageError` if it cannot be written.
        """
        with self._writing, sqlite_errors(self.path), storage_errors(self.path):
            if not self.lost:
                return False
            if not any_replaced(self._files):
                raise DamagedIndexError(damaged(self.path))
            rescued = self.path.with_name(self.path.name + _RESCUED)
            private_dir(self.path.parent)
            discard_database(rescued)
            with closing(sqlite3.connect(rescued)) as copy:
                self._writer.backup(copy)
            make_private(rescued)
            with self._lock:  # No reader may connect between two files.
                old = [self._writer, *self._readers]
                discard_companions(self.path)
                make_room(self.path)
                os.replace(rescued, self.path)
                self._writer, self._readers, self._files = self._connect(), [], {}
                self._replaced += 1
            for connection in old:  # SQLite leaves files alone that are no longer in their place.
                connection.close()
            self._note_files()
            log.warning("%s was deleted or replaced: it is written again", self.path)
            return True

    def check(self) -> bool:
        """Whether SQLite's quick check finds the structure of the file sound."""
        try:
            with self.read() as connection:
                rows = connection.execute("PRAGMA quick_check(1)").fetchall()
        except DamagedIndexError:
            return False
        return rows == [("ok",)]

    def compact(self) -> None:
        """Return the space of deleted rows to the disk."""
        with self._writing, sqlite_errors(self.path):
            self._check_open()
            self.put_back()
            self._writer.execute("VACUUM")
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._files = {}
            self._note_files()

    def close(self) -> None:
        """Write the log back into the file and close every connection."""
        with self._writing:
            with self._lock:
                self._closed = True
                readers, self._readers = self._readers, []
            for connection in readers:
                connection.close()
            with suppress(sqlite3.Error):
                self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._writer.close()

    def _check_open(self) -> None:
        if self._closed:
            raise StorageError(f"{self.path.name} is closed.")

    def _note_files(self) -> None:
        """Remember which files are open, and how long they are: no commit makes them shorter.

        A file that was lost meanwhile stays remembered as it was.
        """
        now = states_of(self.path.with_name(self.path.name + suffix) for suffix in ("", "-wal", "-shm"))
        lost = {path: was for path, was in self._files.items() if _is_lost(was, now.get(path))}
        self._files = {**now, **lost}

    def _borrow(self) -> tuple[sqlite3.Connection, int]:
        """A connection for reading, and which file it reads."""
        with self._lock:
            self._check_open()
            if self._readers:
                return self._readers.pop(), self._replaced
        if self.lost:  # A new connection would find another file.
            self.put_back()
        with self._lock:
            self._check_open()
            return self._connect(), self._replaced

    def _connect(self, create: bool = False) -> sqlite3.Connection:
        mode = "rwc" if create else "rw"
        connection = sqlite3.connect(
            f"file:{quote(os.fsencode(self.path))}?mode={mode}",
            uri=True,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            connection.executescript(_PRAGMAS)
        except BaseException:
            connection.close()
            raise
        return connection

    def _release(self, connection: sqlite3.Connection, replaced: int) -> None:
        try:
            connection.execute("ROLLBACK")
        except sqlite3.Error:
            connection.close()
            return
        with self._lock:
            if not self._closed and replaced == self._replaced:
                self._readers.append(connection)
                return
        connection.close()


def _is_lost(was: FileState, now: FileState | None) -> bool:
    """Whether a file is gone, another one, or shorter than a commit may leave it."""
    return now is None or is_other(now, was) or now.size < min(was.size, _LOG_LIMIT)


def _version_path(path: Path, version: int) -> Path:
    """Where a file of a version that is not in use is kept."""
    return path.with_name(f"{path.name}.v{version}")
