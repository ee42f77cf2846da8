"""The files that git tracks, to which its ignore rules do not apply."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from semlens.core.files.git.config import read_config

_INDEX_LIMIT = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Tracked:
    """The tracked files of a repository and all folders above them: byte text, relative to its top."""

    stamp: tuple[int, int, int]
    files: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()


def read_tracked(index_file: Path | None, known: Tracked | None = None) -> Tracked:
    """The files tracked now; `known` itself if the index file has not changed since."""
    stamp = _stamp(index_file)
    if known is not None and known.stamp == stamp:
        return known
    files = (index_file and _index_files(index_file)) or frozenset()
    return Tracked(stamp, files, frozenset(_folders_of(files)))


def _index_files(index_file: Path) -> frozenset[str] | None:
    """The paths in git's index, as byte text; None if the index is missing, damaged or of another format.

    Format: gitformat-index(5), versions 2 to 4.
    """
    try:
        with open(index_file, "rb") as stream:
            if os.fstat(stream.fileno()).st_size > _INDEX_LIMIT:
                return None
            data = stream.read()
        if data[:4] != b"DIRC":
            return None
        version, count = struct.unpack_from(">II", data, 4)
        if version not in (2, 3, 4):
            return None
        hash_length = _hash_length(index_file.parent)
        return frozenset(_index_paths(data, version, count, hash_length))
    except (OSError, struct.error, ValueError, IndexError):
        return None


def _index_paths(data: bytes, version: int, count: int, hash_length: int) -> Iterator[str]:
    at, previous = 12, b""
    for _ in range(count):
        flags_at = at + 40 + hash_length
        (flags,) = struct.unpack_from(">H", data, flags_at)
        name_at = flags_at + 2 + (2 if flags & 0x4000 else 0)
        if version == 4:
            strip, name_at = _varint(data, name_at)
            end = data.index(b"\0", name_at)
            previous = previous[: len(previous) - strip] + data[name_at:end]
            at = end + 1
        else:
            end = data.index(b"\0", name_at)
            previous = data[name_at:end]
            at += (end - at + 8) // 8 * 8
        yield previous.decode("latin-1")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = data[at] & 127
    while data[at] & 128:
        at += 1
        value = (value + 1) << 7 | data[at] & 127
    return value, at + 1


def _hash_length(git_dir: Path) -> int:
    values = read_config(git_dir / "config", git_dir, {})
    return 32 if values.get("extensions.objectformat", "").lower() == "sha256" else 20


def _folders_of(files: frozenset[str]) -> Iterator[str]:
    for file in files:
        end = file.rfind("/")
        while end > 0:
            yield file[:end]
            end = file.rfind("/", 0, end)


def _stamp(file: Path | None) -> tuple[int, int, int]:
    try:
        status = os.stat(file) if file else None
    except OSError:
        status = None
    return (status.st_size, status.st_mtime_ns, status.st_ino) if status else (0, 0, 0)
