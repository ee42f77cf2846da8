"""The failures that a user sees, each one sentence that says what to do.

SemlensError
├── Cancelled               the caller no longer wants the answer
├── UsageError              the request makes no sense
├── FolderError             the workspace folder cannot be read
├── ModelError              the model is missing, altered or unusable
│   ├── EncoderError        the encoder process failed
│   └── NeedsFullError      the model needs packages that a lean installation leaves out
├── StorageError            the index cannot be written or read
│   ├── DiskFullError
│   ├── ShortageError       the machine has no more memory, open files or threads for this process
│   └── DamagedIndexError
├── TeamError               the team's server failed, or is not believed
└── EngineError             the engine cannot be started or reached
"""

from __future__ import annotations

import errno
import re
from pathlib import Path


class SemlensError(Exception):
    """A failure to show to the user: `str(error)` is the sentence, without a traceback."""

    code = -32000
    """The code of the error in JSON-RPC."""


class Cancelled(SemlensError):
    code = -32800

    def __init__(self) -> None:
        super().__init__("Cancelled.")


class UsageError(SemlensError):
    code = -32602


class FolderError(SemlensError):
    code = -32010


class ModelError(SemlensError):
    code = -32020


class EncoderError(ModelError):
    code = -32021


class NeedsFullError(ModelError):
    code = -32022

    @classmethod
    def of(cls, what: str) -> NeedsFullError:
        return cls(
            f"{what} needs PyTorch and sentence-transformers, which are not there: VS Code adds them in the "
            "background, elsewhere install the package semlens."
        )


class StorageError(SemlensError):
    code = -32030


class DiskFullError(StorageError):
    code = -32031

    @classmethod
    def of(cls, folder: Path) -> DiskFullError:
        return cls(f"The disk is full: free some space to go on ({folder}).")


class DamagedIndexError(StorageError):
    code = -32032


class ShortageError(StorageError):
    code = -32033


class EngineError(SemlensError):
    code = -32040


class TeamError(SemlensError):
    code = -32050


_SHORT_OF_FILES = (
    "Too many files are open: close other programs or raise the limit (ulimit -n), then try again."
)
_SHORT_OF_MEMORY = (
    "Memory is short: close other programs or raise the limit of memory (ulimit -v), then try again."
)
_SHORT_OF_THREADS = (
    "No more threads may be started: close other programs or raise the limits (ulimit -u, ulimit -v), "
    "then try again."
)
_SHORT = {
    errno.EMFILE: _SHORT_OF_FILES,
    errno.ENFILE: _SHORT_OF_FILES,
    errno.ENOMEM: _SHORT_OF_MEMORY,
}
_SAYS_SHORT = (
    (re.compile(r"too many open files", re.I), _SHORT_OF_FILES),
    (
        re.compile(r"cannot allocate|failed to map segment|out of memory|memory allocation", re.I),
        _SHORT_OF_MEMORY,
    ),
    (re.compile(r"can't start new thread", re.I), _SHORT_OF_THREADS),
)


def shortage_of(error: BaseException) -> ShortageError | None:
    """The error for a failure, or its cause, that comes from a shortage of the machine; else None."""
    seen: BaseException | None = error
    while seen is not None:
        sentence = _shortage_in(seen)
        if sentence is not None:
            return ShortageError(sentence)
        seen = seen.__cause__ or seen.__context__
    return None


def raise_shortage(error: BaseException) -> None:
    """Raise the `ShortageError` of a failure, if it has one: no fault of the file that was being read."""
    shortage = shortage_of(error)
    if shortage is not None:
        raise shortage from error


def says_shortage(text: str) -> str | None:
    """The sentence for a shortage that a library's message speaks of, if it does."""
    return next((sentence for pattern, sentence in _SAYS_SHORT if pattern.search(text)), None)


def _shortage_in(error: BaseException) -> str | None:
    if isinstance(error, MemoryError):
        return _SHORT_OF_MEMORY
    if isinstance(error, ShortageError):
        return str(error)
    if isinstance(error, OSError) and error.errno is not None:
        return _SHORT.get(error.errno)
    return says_shortage(str(error)) if isinstance(error, (ImportError, OSError, RuntimeError)) else None


def by_code(code: int, message: str) -> SemlensError:
    """The error with this JSON-RPC code and sentence; a plain `SemlensError` for an unknown code."""
    if code == Cancelled.code:
        return Cancelled()
    pending = [SemlensError]
    while pending:
        kind = pending.pop()
        if kind.code == code and kind is not Cancelled:
            return kind(message)
        pending.extend(kind.__subclasses__())
    return SemlensError(message)
