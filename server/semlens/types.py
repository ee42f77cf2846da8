"""The values that pass between the rooms: plain, frozen, and free of any library.

Line numbers are 1-based and inclusive, except in `protocol`, which has the language server
protocol's 0-based ranges. Paths are POSIX strings relative to the workspace folder's root.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, NewType

RelativePath = NewType("RelativePath", str)
"""A file's path below its workspace folder, with forward slashes and no leading one."""


def is_at_or_below(path: RelativePath, folder: RelativePath) -> bool:
    """Whether a path is `folder` or lies below it; the empty path is the workspace folder itself."""
    return not folder or path == folder or path.startswith(f"{folder}/")


ContentHash = NewType("ContentHash", str)
"""Hex SHA-256 of bytes or text, cut to 32 characters (128 bits)."""

Fingerprint = NewType("Fingerprint", str)
"""Two vectors are comparable if theirs is the same: model, weights, pooling, prompts, length, chunker."""


Detail = Literal["auto", "place", "brief", "code"]
"""How much of each passage to show: `place` is its place and one line, `brief` its signature and the lines
that tell most, `code` all lines. `auto` shows more of the first passages and less of the later ones."""


class Tier(str, Enum):
    """A way to find code. A folder is searchable once `LEXICAL` and `INSTANT` cover it."""

    LEXICAL = "lexical"
    """BM25 over words and identifiers."""
    INSTANT = "instant"
    """Vectors of a static model, made while indexing."""
    DEEP = "deep"
    """Vectors of a transformer, made in the background."""
    SECOND = "second"
    """Vectors of a second transformer, which reads each chunk in words, if a setting names one."""
    IMAGE = "image"
    """Vectors of a model that looks at images, if a setting names one. It finds nothing else."""


class ChunkKind(str, Enum):
    """The content of a chunk."""

    DEFINITION = "definition"
    """One definition, or a part of a definition that exceeds the model's window."""
    GROUP = "group"
    """Several small definitions that are neighbours."""
    OUTLINE = "outline"
    """The header of a class or module with its members' signatures."""
    PROSE = "prose"
    """A section of a document."""
    LINES = "lines"
    """Lines of a file without a grammar, or a licence above code."""
    IMAGE = "image"
    """The words of an image; the lines are none of the file's."""


@dataclass(frozen=True, slots=True)
class Span:
    """Lines of a text, 1-based and inclusive."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Whether both have a line in common."""
        return self.start <= other.end and other.start <= self.end


@dataclass(frozen=True, slots=True)
class Symbol:
    """A named definition."""

    name: str
    kind: str
    """function, method, class, interface, struct, enum, trait, type, module, constant, section."""
    container: str | None = None
    """The dotted names of the definitions around it, or None at the top of a file."""
    start_line: int = 0
    end_line: int = 0

    @property
    def dotted_name(self) -> str:
        """Its name behind those of the definitions around it."""
        return f"{self.container}.{self.name}" if self.container else self.name


@dataclass(frozen=True, slots=True)
class NamedRows:
    """A definition in a chunk. Rows count from the chunk's first line, 0-based and inclusive."""

    name: str
    kind: str
    container: str
    """The dotted names of the definitions around it, or ""."""
    start: int
    """The first row, with the comments above it."""
    name_row: int
    end: int


@dataclass(frozen=True, slots=True)
class RowRoles:
    """What the rows of a chunk are, so that a hit shows one that tells what it is."""

    definitions: tuple[NamedRows, ...] = ()
    """Those whose name is in the chunk, by the rows of their names."""
    comments: tuple[tuple[int, int], ...] = ()
    """The first and the last row of each run of rows that hold nothing but comments and docstrings."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Lines of a file that are the unit of search."""

    text: str
    """The source lines, joined by newlines, or a part of them if they exceed the model's window."""
    start_line: int
    end_line: int
    language: str
    kind: ChunkKind
    embedding_text: str
    """The text that models embed: code and context, without the path, so that a rename embeds nothing."""
    content_hash: ContentHash
    """The hash of `embedding_text`, so that equal code is embedded once."""
    symbol: Symbol | None = None
    """The definition that the chunk holds, or the innermost one around it."""
    defines: tuple[str, ...] = ()
    """The names of all definitions in the chunk."""
    docstring: str = ""
    signature: str = ""
    roles: RowRoles = RowRoles()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that is not in the index, and why."""

    path: RelativePath
    reason: str
    """A sentence's predicate ("is larger than 1 MB")."""
    rule: str | None = None
    """The rule that refuses the path, if one does; it is on `rule_line` of `rule_file`."""
    rule_file: str | None = None
    rule_line: int | None = None
    stamp: FileStamp | None = None
    """The stamp of a file that was refused for its content: it is read again when its stamp changes."""


@dataclass(frozen=True, slots=True)
class FileStamp:
    """Cheap signs that a file has changed."""

    size: int
    mtime_ns: int
    identity: int = 0
    """The inode and the time when it was last changed, in 63 bits: no tool sets that time back."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One signal's share of a hit's score."""

    name: str
    value: float


Strength = Literal["best", "strong", "fair", "weak", "none"]
"""How well a tier finds a hit, beside the hit that it finds best."""

Place = Literal["name", "path", "comment", "body", "text"]
"""Where in a hit a word stands. A docstring is a comment; a document or an image has text and no body."""


@dataclass(frozen=True, slots=True)
class TierOpinion:
    """What one tier says of a hit."""

    tier: Tier
    strength: Strength
    text: str
    """A sentence: "By its words: a strong match."."""


@dataclass(frozen=True, slots=True)
class WordMatch:
    """A word of the question, and where in a hit it stands."""

    word: str
    """As it is typed."""
    places: tuple[Place, ...] = ()
    """Empty if it stands nowhere in the hit."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What one signal did to a hit's score."""

    signal: str
    """The name of its `Reason`; `saturation` for a better hit in the same file."""
    value: float
    text: str
    """A sentence."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a hit is where it is, for a person. Made by `semlens.core.search.explain`."""

    summary: str = ""
    """One sentence."""
    tiers: tuple[TierOpinion, ...] = ()
    words: tuple[WordMatch, ...] = ()
    """The question's words that carry meaning, in their order; none for a question in code."""
    gained: tuple[Effect, ...] = ()
    """What raised the score beside the tiers, the most first."""
    lost: tuple[Effect, ...] = ()
    """What lowered the score, the most first."""


@dataclass(frozen=True, slots=True)
class LeftOutCount:
    """A reason for leaving files out of the index, and how many files and folders it holds for."""

    reason: str
    """The predicate of a sentence: "is ignored by git"."""
    count: int


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Why an answer has no good hits, for a person. Made by `semlens.core.search.explain`."""

    searched: str
    """A sentence: what was searched."""
    progress: str
    """A sentence: how far the index is; empty if it is as far as it will be, and nothing was searched."""
    left_out: tuple[LeftOutCount, ...]
    """What is not in the index, the most frequent reason first."""
    unknown: tuple[str, ...]
    """The words of the question that stand in no file."""
    outside: tuple[Hit, ...]
    """Good hits that the filters keep out, the best first."""
    advice: str
    """A sentence: one thing to try."""
    instead: str | None = None
    """The question that the advice proposes, if it is another question."""


@dataclass(frozen=True, slots=True)
class Copy:
    """Lines with the same text as a hit, or nearly the same."""

    path: RelativePath
    start_line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that answers a query."""

    path: RelativePath
    start_line: int
    end_line: int
    score: float
    language: str
    symbol: Symbol | None
    preview: str
    """The chunk's source as it is on disk now."""
    stale: bool
    """The file has changed, and the chunk's text is no longer in it."""
    reasons: tuple[Reason, ...]
    folder: str = ""
    """The workspace folder's absolute path."""
    copies: tuple[Copy, ...] = ()
    """Other places of the same code in the folder, best first."""
    line: int = 0
    """The line that says best what the hit is: to show and to go to. It may be the one that names the symbol,
    outside of the hit."""
    summary: str = ""
    """The code of `line`, with the rest of its parameters."""
    weak: bool = False
    """Nothing in the folder matches the query well, and this is only the nearest."""
    explanation: Explanation | None = None
    """Set if the question asked for it."""

    @property
    def file(self) -> str:
        """The whole path of its file: one indexed folder may lie in another."""
        return whole_path(self.folder, self.path)


def whole_path(folder: str, path: RelativePath) -> str:
    """The absolute path of a folder's file, with forward slashes."""
    return os.path.join(folder, path).replace(os.sep, "/")


@dataclass(frozen=True, slots=True)
class Coverage:
    """The share of a folder's chunks that each tier covers, from 0 to 1."""

    files: int = 0
    chunks: int = 0
    lexical: float = 0.0
    instant: float = 0.0
    deep: float = 0.0
    shared: float = 0.0
    """The share that the index on the team's server has, as a sample of the chunks says; 0 without one."""
    second: float | None = None
    """None without a second model."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of a folder to search. An empty field restricts nothing."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    tests: bool | None = None
    """True: only tests. False: no tests. None: both."""
    exclude_languages: tuple[str, ...] = ()
    images: bool | None = None
    """True: only images. False: no images. None: both."""


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a run of the indexer: counts, and `seconds`."""

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
    """A flag that a long task checks between its steps. Safe for several threads."""

    __slots__ = ("_event",)

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        self._event.set()

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def check(self) -> None:
        """Raises `Cancelled` if the task is no longer wanted."""
        from semlens.errors import Cancelled

        if self._event.is_set():
            raise Cancelled
