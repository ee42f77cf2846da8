"""Texts that may end the process that parses them: grammars are native code, and some of it can crash.

Before a text is parsed in the engine, its hash is put where it outlives the process. What is found there
when the index is opened was being parsed when the engine died: it is a suspect, and is parsed in a process
of its own from then on. A text that ends such a process again and again is left out, and known by its
content wherever it stands.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from semlens.core.store.layout import make_private, read_small
from semlens.errors import StorageError
from semlens.types import ContentHash

REASON = "ends the process that parses it, and is left out until it changes"

_HASH = 32
_SLOTS = 8
"""Threads that may parse at the same time; those beyond parse unguarded."""
_NOTHING = b" " * _HASH
_PLACE = "parsing"
_SUSPECTS, _UNPARSABLE = "suspects", "unparsable"

Load = Callable[[str], str | None]
Save = Callable[[str, str], None]


class ParseGuard(Protocol):
    """What whoever parses a text asks first."""

    def avoids(self, content: ContentHash) -> bool:
        """Whether this text is not to be parsed here."""

    def parsing(self, content: ContentHash) -> AbstractContextManager[None]:
        """Around the parsing of a text."""


@dataclass(frozen=True, slots=True)
class FixedQuarantine:
    """The caution of a process whose death harms nobody."""

    contents: Collection[ContentHash] = frozenset()

    def avoids(self, content: ContentHash) -> bool:
        return content in self.contents

    def parsing(self, content: ContentHash) -> AbstractContextManager[None]:
        return nullcontext()


class Quarantine:
    """The caution of the engine for the index in `folder`; `load` and `save` keep values by their names."""

    def __init__(self, folder: Path, load: Load, save: Save) -> None:
        place = folder / _PLACE
        self._save = save
        self._unparsable = set(_hashes(load(_UNPARSABLE)))
        known = set(_hashes(load(_SUSPECTS)))
        self._suspects = (known | _left_in(place)) - self._unparsable
        if self._suspects != known:
            save(_SUSPECTS, _joined(self._suspects))
        self._guard = threading.Lock()
        self._free = list(range(_SLOTS))
        try:
            self._file = place.open("wb", buffering=0)
            self._file.write(_NOTHING * _SLOTS)
        except OSError as error:
            raise StorageError(f"{place} cannot be used ({error}): check its permissions.") from error
        make_private(place)

    @property
    def avoided(self) -> frozenset[ContentHash]:
        return frozenset(self._suspects | self._unparsable)

    def avoids(self, content: ContentHash) -> bool:
        return content in self._unparsable or content in self._suspects

    def is_unparsable(self, content: ContentHash) -> bool:
        return content in self._unparsable

    @contextmanager
    def parsing(self, content: ContentHash) -> Iterator[None]:
        with self._guard:
            slot = self._free.pop() if self._free else None
            self._put(slot, content.encode("ascii"))
        try:
            yield
        finally:
            with self._guard:
                self._put(slot, _NOTHING)
                if slot is not None:
                    self._free.append(slot)

    def release(self, content: ContentHash) -> None:
        """It was parsed, and nothing came of it."""
        if content in self._suspects:
            self._suspects.discard(content)
            self._save(_SUSPECTS, _joined(self._suspects))

    def ban(self, content: ContentHash) -> None:
        """It has ended one process after the other."""
        self._unparsable.add(content)
        self._save(_UNPARSABLE, _joined(self._unparsable))
        self.release(content)

    def close(self) -> None:
        with suppress(OSError):
            self._file.close()

    def _put(self, slot: int | None, content: bytes) -> None:
        """A full disk or a closed index must not keep a text from being parsed."""
        with suppress(OSError, ValueError):
            if slot is not None:
                self._file.seek(slot * _HASH, os.SEEK_SET)
                self._file.write(content)


def _left_in(place: Path) -> set[ContentHash]:
    """What a process that died was parsing."""
    try:
        data = read_small(place, _HASH * _SLOTS)
    except OSError:
        return set()
    return set(_hashes(" ".join(data[at : at + _HASH].decode("ascii", "replace") for at in _starts(data))))


def _starts(data: bytes) -> range:
    return range(0, len(data), _HASH)


def _hashes(text: str | None) -> Iterator[ContentHash]:
    return (ContentHash(word) for word in (text or "").split() if len(word) == _HASH and word.isalnum())


def _joined(contents: Iterable[ContentHash]) -> str:
    return " ".join(sorted(contents))
