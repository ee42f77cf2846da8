"""The failures that a user sees, each one sentence that says what to do.

SemlensError
├── Cancelled               the caller no longer wants the answer
├── UsageError              the request makes no sense
├── FolderError             the workspace folder cannot be read
├── ModelError              the model is missing, altered or unusable
│   └── EncoderError        the encoder process failed
├── StorageError            the index cannot be written or read
│   ├── DiskFullError
│   └── DamagedIndexError
└── EngineError             the engine cannot be started or reached
"""

from __future__ import annotations

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


class StorageError(SemlensError):
    code = -32030


class DiskFullError(StorageError):
    code = -32031

    @classmethod
    def of(cls, folder: Path) -> DiskFullError:
        return cls(f"The disk is full: free some space to go on ({folder}).")


class DamagedIndexError(StorageError):
    code = -32032


class EngineError(SemlensError):
    code = -32040


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
