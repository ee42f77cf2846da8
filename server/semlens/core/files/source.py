"""Reads one file's text without blocking, without leaving the workspace, and without missing a change.

On POSIX each folder on the way is opened without following links, so that nobody can replace a
folder by a link meanwhile. Elsewhere the real path is checked.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from semlens.core.files.content_rules import content_refusal
from semlens.core.files.decoding import decode
from semlens.core.files.decoding.editorconfig import charset_of
from semlens.core.files.long_lines import without_long_lines
from semlens.core.files.masking import without_secrets
from semlens.core.files.permission import LARGEST_LET_IN, Permission
from semlens.core.files.walk import TOO_LARGE, stamp_of
from semlens.core.util.content_hash import hash_bytes
from semlens.errors import raise_shortage
from semlens.types import ContentHash, FileStamp, RelativePath, Skipped

NOT_TEXT = "is not text"

_CAN_ANCHOR = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
_FILE = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_DIRECTORY", 0)

_RACY_NS = 50_000_000
"""A file changed less than this ago may change again with the same time of change."""
_RACY_COARSE_NS = 2_000_000_000
"""The same on file systems that keep whole seconds (FAT: two)."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file's text with "\\n" between lines, as an editor counts them."""

    path: RelativePath
    stamp: FileStamp
    """Its time of change is 0 if the file has just changed, so that the next walk reads it again."""
    text: str
    """As it is indexed and shown: tokens are masked, and lines that nobody writes by hand are cut."""
    content_hash: ContentHash
    """Of the file's bytes, and of their encoding unless it is UTF-8, since another one makes another text."""
    parsed: str
    """As a grammar reads it: tokens are masked, and no line is cut."""
    written: str
    """As it is on the disk."""


def read_source(
    root: Path,
    path: RelativePath,
    max_bytes: int,
    encoding: str = "",
    permission: Permission = Permission.NONE,
) -> Source | Skipped:
    """The text of the file at `path` below `root`, or why it does not belong to the index.

    A file of more than `max_bytes` does not belong, unless `permission` lets it in. `encoding` is the
    editor's for files that say nothing of their own. Never raises for a bad file, but `ShortageError` if
    the machine is at fault.
    """
    if permission >= Permission.PATH:
        max_bytes = max(max_bytes, LARGEST_LET_IN)
    try:
        for _ in range(2):
            found = _read_once(root, path, max_bytes, encoding, permission)
            if found is not None:
                return found
    except (OSError, ValueError, _Refused) as error:
        return _skipped(path, error)
    return Skipped(path, "keeps changing while it is read")


def read_head(root: Path, path: RelativePath, most: int) -> tuple[bytes, FileStamp] | Skipped:
    """The first `most` bytes of a file, whatever they are, or why it cannot be read.

    Raises `ShortageError` if the machine is at fault.
    """
    try:
        with _opened(root, path) as descriptor:
            before = os.fstat(descriptor)
            if not stat.S_ISREG(before.st_mode):
                return Skipped(path, "is not a regular file")
            data = _read_all(descriptor, most)
            after = os.fstat(descriptor)
    except (OSError, ValueError, _Refused) as error:
        return _skipped(path, error)
    stamp = _stamp_unless_racy(after, Permission.NONE)
    # A file that changed meanwhile is read again at the next look.
    return data, stamp if stamp_of(before) == stamp_of(after) else FileStamp(stamp.size, 0, stamp.identity)


def _skipped(path: RelativePath, error: Exception) -> Skipped:
    """Why a file was not read. Raises `ShortageError` if the machine is at fault."""
    if isinstance(error, FileNotFoundError):
        return Skipped(path, "is gone")
    if isinstance(error, _Refused):
        return Skipped(path, str(error))
    raise_shortage(error)
    return Skipped(path, f"cannot be read: {(getattr(error, 'strerror', None) or str(error)).lower()}")


class _Refused(Exception):
    """The path is not a file to read; the message is the reason."""


def _read_once(
    root: Path, path: RelativePath, max_bytes: int, encoding: str, permission: Permission
) -> Source | Skipped | None:
    """As `read_source`; None if the file changed while it was read."""
    with _opened(root, path) as descriptor:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            return Skipped(path, "is not a regular file")
        if before.st_size > max_bytes:
            return Skipped(path, f"{TOO_LARGE} {max_bytes // 1024} KB")
        data = _read_all(descriptor, min(before.st_size, max_bytes) + 1)
        after = os.fstat(descriptor)
    if stamp_of(before) != stamp_of(after) or len(data) != after.st_size:
        return None
    stamp = _stamp_unless_racy(after, permission)
    return source_in(path, data, lambda: iter((charset_of(root, path), encoding)), permission, stamp)


def source_in(
    path: RelativePath,
    data: bytes,
    encodings: Callable[[], Iterator[str]],
    permission: Permission,
    stamp: FileStamp,
) -> Source | Skipped:
    """The text in a file's bytes, or why it does not belong to the index.

    :param encodings: those that are tried for bytes that say nothing of their own; "" for none
    """
    decoded = decode(data, encodings)
    if decoded is None:
        return Skipped(path, NOT_TEXT, stamp=stamp)
    text = with_line_feeds(decoded.text)
    refusal = content_refusal(path, text, permission)
    if refusal:
        return replace(refusal, stamp=stamp)
    content_hash = hash_bytes(data if decoded.codec == "utf-8" else decoded.codec.encode() + b"\0" + data)
    return source_of(path, stamp, text, content_hash)


def source_of(path: RelativePath, stamp: FileStamp, text: str, content_hash: ContentHash) -> Source:
    """A source with the text `text` on the disk."""
    masked = without_secrets(text)
    return Source(path, stamp, without_long_lines(path, masked), content_hash, masked, text)


def indexed_text(path: str, text: str) -> str:
    """What the index holds of a file with the text `text`. It has as many lines."""
    return without_long_lines(path, without_secrets(text))


def _stamp_unless_racy(status: os.stat_result, permission: Permission) -> FileStamp:
    """The file's stamp, with a time of 0 if the file has just changed."""
    stamp = stamp_of(status, permission)
    coarse = stamp.mtime_ns % 1_000_000_000 == 0
    last = max(stamp.mtime_ns, status.st_ctime_ns if os.name == "posix" else 0)
    age = time.time_ns() - last
    if 0 <= age < (_RACY_COARSE_NS if coarse else _RACY_NS):
        return FileStamp(stamp.size, 0, stamp.identity)
    return stamp


def _read_all(descriptor: int, limit: int) -> bytes:
    parts = []
    while limit > 0:
        part = os.read(descriptor, limit)
        if not part:
            break
        parts.append(part)
        limit -= len(part)
    return b"".join(parts)


@contextmanager
def _opened(root: Path, path: RelativePath) -> Iterator[int]:
    names = path.split("/")
    if not path or any(name in ("", ".", "..") for name in names):
        raise _Refused("does not lie in the workspace")
    descriptor = _open_anchored(root, names) if _CAN_ANCHOR else _open_checked(root, path)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _open_anchored(root: Path, names: list[str]) -> int:
    """Open folder by folder, each from the one before, and follow no link."""
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for name in names[:-1]:
            inner = os.open(name, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        status = os.stat(names[-1], dir_fd=folder, follow_symlinks=False)
        if not stat.S_ISREG(status.st_mode):
            raise _Refused("is a link" if stat.S_ISLNK(status.st_mode) else "is not a regular file")
        return os.open(names[-1], _FILE, dir_fd=folder)
    except OSError as error:
        if isinstance(error, NotADirectoryError) or error.errno == errno.ELOOP:
            raise _Refused("lies behind a link") from error
        raise
    finally:
        os.close(folder)


def _open_checked(root: Path, path: RelativePath) -> int:
    file = root / path
    if os.path.realpath(file) != os.path.join(os.path.realpath(root), *path.split("/")):
        raise _Refused("lies behind a link")
    if not stat.S_ISREG(os.lstat(file).st_mode):
        raise _Refused("is not a regular file")
    return os.open(file, _FILE)


def with_line_feeds(text: str) -> str:
    """`text` with a line feed at the end of each line, whatever it has."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
