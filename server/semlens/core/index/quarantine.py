"""A quarantine for texts that may crash the process that parses them: grammars are native code.

Before the engine parses a text, it writes the text's hash to a file that survives the process. A hash
that is still there when the index is opened was being parsed when the engine died: its text becomes a
suspect, and from then on only worker processes parse it. A text that parses there is released; one
that ends process after process is banned, and its files are skipped wherever they lie.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Protocol

from semlens.core.store.file_states import is_other, state_of, state_of_open
from semlens.private_files import make_private, make_room, read_small, storage_errors
from semlens.types import ContentHash

REASON = "ends the process that parses it, and is left out until it changes"
"""Why a file with a banned text is skipped."""

_HASH_BYTES = 32
_SLOTS = 8
"""Threads that may parse under guard at once; the text of one more leaves no trace."""
_EMPTY_SLOT = b" " * _HASH_BYTES
_FILE_NAME = "parsing"
_SUSPECTS, _BANNED = "suspects", "unparsable"
"""Names under which the index keeps the hashes."""

Load = Callable[[str], str | None]
Save = Callable[[str, str], None]


class ParseGuard(Protocol):
    """Decides which texts this process may parse, and notes which one it is parsing."""

    def blocks(self, content: ContentHash) -> bool:
        """Whether this process must not parse the text."""

    def parsing(self, content: ContentHash) -> AbstractContextManager[None]:
        """The context in which to parse the text."""


@dataclass(frozen=True, slots=True)
class FixedQuarantine:
    """The guard of a worker process, whose death harms nothing: it blocks some texts and notes none."""

    contents: Collection[ContentHash] = frozenset()

    def blocks(self, content: ContentHash) -> bool:
        return content in self.contents

    def parsing(self, content: ContentHash) -> AbstractContextManager[None]:
        return nullcontext()


class Quarantine:
    """The engine's guard for one index. Safe for many threads that parse; `close` it at the end."""

    def __init__(self, folder: Path, load: Load, save: Save) -> None:
        """Open the quarantine; what a dead engine was parsing becomes suspect.

        :param folder: the folder of the index.
        :param load: the text that the index keeps under a name, if any.
        :param save: keeps a text in the index under a name.
        :raises StorageError: the file in `folder` cannot be written.
        """
        self._path = folder / _FILE_NAME
        self._save = save
        self._banned = set(_hashes(load(_BANNED)))
        known = set(_hashes(load(_SUSPECTS)))
        self._suspects = (known | _left_in(self._path)) - self._banned
        if self._suspects != known:
            save(_SUSPECTS, _joined(self._suspects))
        self._lock = threading.Lock()
        self._free = list(range(_SLOTS))
        self._file = self._begin()

    @property
    def contents(self) -> frozenset[ContentHash]:
        """Every suspect and banned text."""
        return frozenset(self._suspects | self._banned)

    @property
    def banned(self) -> frozenset[ContentHash]:
        """The texts that are not parsed at all."""
        return frozenset(self._banned)

    def blocks(self, content: ContentHash) -> bool:
        return content in self._banned or content in self._suspects

    def is_banned(self, content: ContentHash) -> bool:
        return content in self._banned

    @contextmanager
    def parsing(self, content: ContentHash) -> Iterator[None]:
        with self._lock:
            slot = self._free.pop() if self._free else None
            self._write(slot, content.encode("ascii"))
        try:
            yield
        finally:
            with self._lock:
                self._write(slot, _EMPTY_SLOT)
                if slot is not None:
                    self._free.append(slot)

    def release(self, content: ContentHash) -> None:
        """Clear a suspect: it was parsed, and the process lived."""
        if content in self._suspects:
            self._suspects.discard(content)
            self._save(_SUSPECTS, _joined(self._suspects))

    def ban(self, content: ContentHash) -> None:
        """Never parse a text again: it has ended one process after the other."""
        self._banned.add(content)
        self._save(_BANNED, _joined(self._banned))
        self.release(content)

    @property
    def lost(self) -> bool:
        """Whether another program has deleted or replaced the file."""
        if self._file.closed:
            return False
        now = state_of(self._path)
        return now is None or is_other(now, state_of_open(self._file.fileno()))

    def put_back(self) -> None:
        """Begin the file again if it is lost. Raises `StorageError`."""
        if self.lost:
            with self._lock:
                self.close()
                self._file = self._begin()

    def close(self) -> None:
        with suppress(OSError):
            self._file.close()

    def _begin(self) -> FileIO:
        """Open the file with empty slots."""
        with storage_errors(self._path):
            make_room(self._path)
            if self._path.exists() and not os.access(self._path, os.W_OK):
                self._path.unlink()
            file = self._path.open("wb", buffering=0)
            file.write(_EMPTY_SLOT * _SLOTS)
        make_private(self._path)
        return file

    def _write(self, slot: int | None, content: bytes) -> None:
        # A full disk or a closed index must not keep a text from being parsed.
        with suppress(OSError, ValueError):
            if slot is not None:
                self._file.seek(slot * _HASH_BYTES, os.SEEK_SET)
                self._file.write(content)


def _left_in(path: Path) -> set[ContentHash]:
    """The hashes of the texts that an engine was parsing when it died."""
    try:
        data = read_small(path, _HASH_BYTES * _SLOTS)
    except OSError:
        return set()
    slots = (data[start : start + _HASH_BYTES] for start in range(0, len(data), _HASH_BYTES))
    return set(_hashes(" ".join(slot.decode("ascii", "replace") for slot in slots)))


def _hashes(text: str | None) -> Iterator[ContentHash]:
    return (ContentHash(word) for word in (text or "").split() if len(word) == _HASH_BYTES and word.isalnum())


def _joined(contents: Iterable[ContentHash]) -> str:
    return " ".join(sorted(contents))
