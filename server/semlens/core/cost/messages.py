"""What the counting process is asked, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass

from semlens.core.cost.types import DefinitionCost, FolderCost, Source, TextCost
from semlens.errors import SemlensError, by_code
from semlens.settings import Settings
from semlens.types import RelativePath, Span


@dataclass(frozen=True, slots=True)
class AskTextCost:
    """What does `text`, which lies in the lines `span` of `source`, cost? The answer is a `TextCost`."""

    source: Source
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class AskDefinitionCost:
    """What does the definition at a 0-based position cost? The answer is a `DefinitionCost` or None."""

    source: Source
    line: int
    column: int
    """In code points."""


@dataclass(frozen=True, slots=True)
class AskDefinitionSpan:
    """Which lines has the innermost definition around a 0-based line? The answer is a `Span` or None."""

    source: Source
    line: int


@dataclass(frozen=True, slots=True)
class AskFolderCost:
    """What does the folder `below` of the workspace folder `root` cost?

    The answer is any number of `Progress` and one `FolderCost`, with paths relative to `root`.
    """

    root: str
    below: RelativePath
    settings: Settings


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a folder is counted."""

    files: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The answer to any question that ended with an error."""

    code: int
    sentence: str

    @classmethod
    def of(cls, error: SemlensError) -> Failed:
        return cls(error.code, str(error))

    def error(self) -> SemlensError:
        return by_code(self.code, self.sentence)


Question = AskTextCost | AskDefinitionCost | AskDefinitionSpan | AskFolderCost
Answer = TextCost | DefinitionCost | FolderCost | Span | Failed | None
