"""The files of a SQLite database, and its errors as sentences for the user."""

from __future__ import annotations

import os
import sqlite3
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from semlens.errors import DamagedIndexError, DiskFullError, ShortageError, StorageError, shortage_of
from semlens.private_files import discard

COMPANIONS = ("-wal", "-shm", "-journal")
"""Endings of the files beside a database."""

_DAMAGED = ("malformed", "not a database", "encrypted", "corrupt", "invalid utf-8", "could not decode")
_SUSPICIOUS_SIZE = 1 << 30


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
        if "unable to open" in message and (short := _shortage_of_files()):
            raise short from error
        raise StorageError(f"{path} cannot be used ({error}): check its permissions and its disk.") from error


def _shortage_of_files() -> ShortageError | None:
    """The error, if this process may open no more files, which SQLite does not tell."""
    try:
        with open(os.devnull, "rb"):
            return None
    except OSError as error:
        return shortage_of(error)


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


def is_forbidden(path: Path) -> bool:
    """Whether the file is there and this user may not read and write it, such as one that root has made."""
    return path.exists() and not os.access(path, os.R_OK | os.W_OK)


def discard_database(path: Path) -> None:
    """Remove a database with its log and its other companion files."""
    for suffix in ("", *COMPANIONS):
        discard(path.with_name(path.name + suffix))


def discard_companions(path: Path) -> None:
    """Remove the companion files of a database that was moved away."""
    for suffix in COMPANIONS:
        discard(path.with_name(path.name + suffix))
