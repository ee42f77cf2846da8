"""Reads one file's text without blocking, without leaving the workspace, and without missing a change.

On POSIX each folder on the way is opened without following links, so that nobody can replace a
folder by a link meanwhile. Elsewhere the real path is checked.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from semlens.core.files.decoding import decode
from semlens.core.files.decoding.editorconfig import charset_of
from semlens.core.files.walk import stamp_of
from semlens.core.util.content_hash import hash_bytes
from semlens.errors import raise_shortage
from semlens.types import ContentHash, FileStamp, RelativePath, Skipped

_CAN_ANCHOR = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
_FILE = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_DIRECTORY", 0)

REFUSALS_VERSION = 2
"""Raise it when `content_refusal` changes: every index then reads its refused files again."""

_RACY_NS = 50_000_000
"""A file changed less than this ago may change again with the same time of change."""
_RACY_COARSE_NS = 2_000_000_000
"""The same on file systems that keep whole seconds (FAT: two)."""

_LONG_LINE = 2_000
"""Characters. Nobody writes a longer line by hand."""
_HEAD = 2_000
"""Characters at the top of a file in which a generator names itself."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file's text with "\\n" between lines, as an editor counts them."""

    path: RelativePath
    stamp: FileStamp
    """Its time of change is 0 if the file has just changed, so that the next walk reads it again."""
    text: str
    content_hash: ContentHash
    """Of the file's bytes, and of their encoding unless it is UTF-8, since another one makes another text."""


def read_source(root: Path, path: RelativePath, max_bytes: int, encoding: str = "") -> Source | Skipped:
    """The text of the file at `path` below `root`, or why it does not belong to the index.

    A file of more than `max_bytes` does not belong. `encoding` is the editor's for files that say nothing of
    their own. Never raises for a bad file, but `ShortageError` if the machine is at fault.
    """
    try:
        for _ in range(2):
            found = _read_once(root, path, max_bytes, encoding)
            if found is not None:
                return found
    except FileNotFoundError:
        return Skipped(path, "is gone")
    except _Refused as refusal:
        return Skipped(path, str(refusal))
    except (OSError, ValueError) as error:
        raise_shortage(error)
        return Skipped(path, f"cannot be read: {(getattr(error, 'strerror', None) or str(error)).lower()}")
    return Skipped(path, "keeps changing while it is read")


def content_refusal(path: str, text: str) -> str | None:
    """Why a file with this text does not belong to the index, as a sentence's predicate, or None."""
    if _PRIVATE_KEY.match(text):
        return "holds a private key"
    if _is_minified(path, text):
        return "is minified: most of it stands in very long lines"
    if _is_generated(text):
        return "says in its head that it is generated"
    return None


class _Refused(Exception):
    """The path is not a file to read; the message is the reason."""


_DOCUMENTS = (".md", ".markdown", ".mdx", ".rst", ".txt", ".adoc", ".org", ".tex")
"""A line of these files may be a paragraph, but not an image written as text."""
_LONGEST_WORDS = 15
"""Characters from space to space, on average: a line with longer words is not prose."""
_PRIVATE_KEY = re.compile(r"\s{0,100}-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_COMMENT = re.compile(r"[ \t]*(?:#|//|/?\*|--|;|<!--|%|'|rem\b|\"\"\"|\.\. )", re.IGNORECASE)
_GENERATED = re.compile(r"(?<![\w@])@generated\b")
_SAYS_GENERATED = re.compile(r"\b(?:auto[- ]?|automatically[- ]|code |file )?generated\b", re.IGNORECASE)
_SAYS_HANDS_OFF = re.compile(r"\bdo(?: not|n't) (?:edit|modify|change|touch)\b", re.IGNORECASE)


def _read_once(root: Path, path: RelativePath, max_bytes: int, encoding: str) -> Source | Skipped | None:
    """As `read_source`; None if the file changed while it was read."""
    with _opened(root, path) as descriptor:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            return Skipped(path, "is not a regular file")
        if before.st_size > max_bytes:
            return Skipped(path, f"is larger than {max_bytes // 1024} KB")
        data = _read_all(descriptor, min(before.st_size, max_bytes) + 1)
        after = os.fstat(descriptor)
    if stamp_of(before) != stamp_of(after) or len(data) != after.st_size:
        return None
    decoded = decode(data, lambda: iter((charset_of(root, path), encoding)))
    if decoded is None:
        return Skipped(path, "is not text", stamp=_stamp_unless_racy(after))
    text = _one_newline(decoded.text)
    reason = content_refusal(path, text)
    if reason:
        return Skipped(path, reason, stamp=_stamp_unless_racy(after))
    content_hash = hash_bytes(data if decoded.codec == "utf-8" else decoded.codec.encode() + b"\0" + data)
    return Source(path, _stamp_unless_racy(after), text, content_hash)


def _stamp_unless_racy(status: os.stat_result) -> FileStamp:
    """The file's stamp, with a time of 0 if the file has just changed."""
    stamp = stamp_of(status)
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


def _one_newline(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _is_minified(path: str, text: str) -> bool:
    """Whether most of the text is in lines that nobody writes by hand. Notebooks hold such lines too."""
    if len(text) <= _LONG_LINE or path.endswith(".ipynb"):
        return False
    lines = text.split("\n")
    if max(map(len, lines)) <= _LONG_LINE:  # as in nearly every file
        return False
    lines = [line for line in lines if len(line) > _LONG_LINE]
    if path.lower().endswith(_DOCUMENTS):
        lines = [line for line in lines if line.count(" ") * _LONGEST_WORDS < len(line)]
    return sum(map(len, lines)) * 2 > len(text)


def _is_generated(text: str) -> bool:
    """Whether a comment at the top of the file says that it is generated."""
    head = text[:_HEAD]
    if "generated" not in head.lower():
        return False
    comments = "\n".join(line for line in head.split("\n") if _COMMENT.match(line))
    if _GENERATED.search(comments):
        return True
    return bool(_SAYS_GENERATED.search(comments) and _SAYS_HANDS_OFF.search(comments))
