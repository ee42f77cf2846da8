"""The values that pass between the parts: plain, frozen, and free of any library.

Line numbers are 1-based and inclusive everywhere but in `protocol`, which speaks the
language server protocol's 0-based ranges. Paths are POSIX strings relative to the
workspace folder's root.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NewType

RelativePath = NewType("RelativePath", str)
"""A file's path below its workspace folder, with forward slashes and no leading one."""

ContentHash = NewType("ContentHash", str)
"""Hex SHA-256 of bytes or text, cut to 32 characters (128 bits)."""

Fingerprint = NewType("Fingerprint", str)
"""What makes two vectors comparable: model, weights, pooling, prompts, length, dimension, chunker."""


class Tier(str, Enum):
    """One way of finding code. A folder is searchable once `LEXICAL` and `INSTANT` are full."""

    LEXICAL = "lexical"
    INSTANT = "instant"
    DEEP = "deep"


class ChunkKind(str, Enum):
    """What a chunk is made of."""

    DEFINITION = "definition"
    """One definition, whole, or a piece of one that was too long."""
    GROUP = "group"
    """Several small neighbours merged."""
    OUTLINE = "outline"
    """A class or module header with its members' signatures."""
    PROSE = "prose"
    """A section of a document."""
    LINES = "lines"
    """A window of lines, where no grammar is known."""


@dataclass(frozen=True, slots=True)
class Span:
    """Lines of a text, 1-based and inclusive."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Whether the two have a line in common."""
        return self.start <= other.end and other.start <= self.end


@dataclass(frozen=True, slots=True)
class Symbol:
    """A named definition. `container` is the dotted path of what encloses it, if anything does."""

    name: str
    kind: str
    """function, method, class, interface, struct, enum, trait, type, module, constant, section."""
    container: str | None = None
    start_line: int = 0
    end_line: int = 0


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a file that is found as one."""

    text: str
    """The exact source lines, joined by newlines, or a part of them where they do not fit a model."""
    start_line: int
    end_line: int
    language: str
    kind: ChunkKind
    embedding_text: str
    """What models see: the code and its context, but not its path, so that a rename embeds nothing."""
    content_hash: ContentHash
    """Of `embedding_text`, so that equal code is embedded once wherever it stands."""
    symbol: Symbol | None = None
    """The definition that this chunk is, or the nearest one around it."""
    defines: tuple[str, ...] = ()
    """Every name that the chunk's lines define."""
    docstring: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not in the index, and why, in a sentence's predicate ("is larger than 1 MB")."""

    path: RelativePath
    reason: str
    rule: str | None = None
    rule_file: str | None = None
    rule_line: int | None = None
    stamp: FileStamp | None = None
    """What the file was like, if it was left out for its content: until that changes it is not read again."""


@dataclass(frozen=True, slots=True)
class FileStamp:
    """What the file system says of a file, to tell cheaply whether it changed."""

    size: int
    mtime_ns: int
    inode: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """One signal's share of a hit's score."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Copy:
    """Lines that say the same as a hit, or nearly so."""

    path: RelativePath
    start_line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that answers a question."""

    path: RelativePath
    start_line: int
    end_line: int
    score: float
    language: str
    symbol: Symbol | None
    preview: str
    """The chunk's source as it is on disk now."""
    stale: bool
    reasons: tuple[Reason, ...]
    folder: str = ""
    """The workspace folder's absolute path."""
    copies: tuple[Copy, ...] = ()
    """Where in the folder the same code stands as well, best first."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a folder each tier can answer for, from 0 to 1."""

    files: int = 0
    chunks: int = 0
    lexical: float = 0.0
    instant: float = 0.0
    deep: float = 0.0


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to search. Empty means everywhere."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    tests: bool | None = None
    """Only tests, no tests, or both."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run of the indexer did. Times are in seconds, the rest are counts."""

    files: int = 0
    chunks: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    skipped: int = 0
    embedded: int = 0
    reused: int = 0
    seconds: float = 0.0
    skipped_reasons: Mapping[str, int] = field(default_factory=dict)


class CancelToken:
    """A flag that a long task asks about between steps."""

    __slots__ = ("_event",)

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        self._event.set()

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def check(self) -> None:
        """Raise `Cancelled` if the task is no longer wanted."""
        from semlens.errors import Cancelled

        if self._event.is_set():
            raise Cancelled
