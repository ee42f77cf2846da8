"""One SQLite file with one writer and many readers; its errors are sentences for the user."""

from __future__ import annotations

import logging
import os
import sqlite3
import stat
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from semlens.core.store.layout import discard, make_private, private_dir, storage_errors
from semlens.errors import DamagedIndexError, DiskFullError, StorageError

log = logging.getLogger(__name__)

_DAMAGED = ("malformed", "not a database", "encrypted", "corrupt", "invalid utf-8", "could not decode")
_SUSPICIOUS_SIZE = 1 << 30
_BUSY_SECONDS = 10.0
_PRAGMAS = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -8000;
PRAGMA journal_size_limit = 4194304;
PRAGMA wal_autocheckpoint = 4000;
PRAGMA secure_delete = OFF;
"""
_COMPANIONS = ("-wal", "-shm", "-journal")


class SqliteFile:
    """Connections to one SQLite file. Safe for many threads.

    A commit survives a kill of the process. A power failure may lose the last commits, but never
    damages the file (SQLite's WAL mode with `synchronous=NORMAL`).
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
        if is_implausible(path):
            raise DamagedIndexError(damaged(path))
        self._readers: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._writing = threading.RLock()
        self._closed = False
        with sqlite_errors(path):
            self._writer = self._connect()
        try:
            self._prepare(schema, version)
        except BaseException:
            self._writer.close()
            raise

    def _prepare(self, schema: str, version: int) -> None:
        with sqlite_errors(self.path):
            found = self._writer.execute("PRAGMA user_version").fetchone()[0]
            if found == 0 and self._writer.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                # No commit of ours leaves tables without a version.
                raise DamagedIndexError(damaged(self.path))
            if found not in (0, version):
                self._writer.close()
                found = self._replace_version(found, version)
                self._writer = self._connect()
            for suffix in ("", *_COMPANIONS):
                make_private(self.path.with_name(self.path.name + suffix))
            if found != version:
                self._writer.executescript(f"BEGIN;\n{schema}\nPRAGMA user_version = {version};\nCOMMIT;")

    def _replace_version(self, found: int, version: int) -> int:
        """Make room for a file of `version`; the version of the file that is there afterwards, 0 for none."""
        if not self._keep_other_versions:
            discard_database(self.path)
            return 0
        ours, others = _version_path(self.path, version), _version_path(self.path, found)
        with storage_errors(self.path):
            os.replace(self.path, others)
            discard_companions(self.path)
            log.warning("%s has another version (%d): it is kept as %s", self.path, found, others.name)
            if not ours.exists():
                return 0
            os.replace(ours, self.path)
            return version

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the file until the block ends.

        Raises `DamagedIndexError` if the content cannot be decoded, `StorageError` if the file is closed.
        """
        with sqlite_errors(self.path):
            with self._lock:
                if self._closed:
                    raise StorageError(f"{self.path.name} is closed.")
                connection = self._readers.pop() if self._readers else None
            connection = connection or self._connect()
            try:
                connection.execute("BEGIN")
                yield connection
            except (ValueError, TypeError) as error:  # It was valid when it was written.
                raise DamagedIndexError(damaged(self.path)) from error
            finally:
                self._release(connection)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """The single writer, in one transaction: an error in the block rolls all of it back."""
        with self._writing, sqlite_errors(self.path):
            if self._closed:
                raise StorageError(f"{self.path.name} is closed.")
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._writer.execute("ROLLBACK")
                raise

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
            self._writer.execute("VACUUM")
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")

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

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            connection.executescript(_PRAGMAS)
        except BaseException:
            connection.close()
            raise
        return connection

    def _release(self, connection: sqlite3.Connection) -> None:
        try:
            connection.execute("ROLLBACK")
        except sqlite3.Error:
            connection.close()
            return
        with self._lock:
            if not self._closed:
                self._readers.append(connection)
                return
        connection.close()


@contextmanager
def sqlite_errors(path: Path) -> Iterator[None]:
    """Turn errors of SQLite and of decoding into `DiskFullError`, `DamagedIndexError` or `StorageError`."""
    try:
        yield
    except (zlib.error, UnicodeDecodeError) as error:
        raise DamagedIndexError(damaged(path)) from error
    except sqlite3.Error as error:
        message = str(error).lower()
        if "disk is full" in message:
            raise DiskFullError.of(path.parent) from error
        if any(word in message for word in _DAMAGED):
            raise DamagedIndexError(damaged(path)) from error
        raise StorageError(f"{path} cannot be used ({error}): check its permissions and its disk.") from error


def _version_path(path: Path, version: int) -> Path:
    """Where a file of a version that is not in use is kept."""
    return path.with_name(f"{path.name}.v{version}")


def damaged(path: Path) -> str:
    """The sentence for a damaged file."""
    return f"{path} is damaged: it is set aside and the index is built again."


def is_implausible(path: Path) -> bool:
    """Whether SQLite cannot have written the file, such as a folder or a huge sparse file."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return False
    except OSError:
        return True
    if not stat.S_ISREG(status.st_mode):
        return True
    allocated = getattr(status, "st_blocks", None)
    hollow = allocated is not None and allocated * 512 < status.st_size // 8
    return hollow and status.st_size > _SUSPICIOUS_SIZE


def discard_database(path: Path) -> None:
    """Remove a database with its log and its other companion files."""
    for suffix in ("", *_COMPANIONS):
        discard(path.with_name(path.name + suffix))


def discard_companions(path: Path) -> None:
    """Remove the companion files of a database that was moved away."""
    for suffix in _COMPANIONS:
        discard(path.with_name(path.name + suffix))
