"""Texts to count, and what they cost. Every process may import this module: it imports no tokenizer."""

from __future__ import annotations

from dataclasses import dataclass

from semlens.core.pack.pieces import Shown
from semlens.settings import DEFAULT_TOKENIZER
from semlens.types import RelativePath, Span


@dataclass(frozen=True, slots=True)
class Source:
    """A text, the language that it is cut into chunks as, and the embedding model that the chunks are for."""

    text: str
    """Lines with "\\n" between them."""
    language: str
    """A name of `core.text.languages.LANGUAGES`, or any other for plain text."""
    model: str
    """A bundled model's name, or the path of a model's folder, as in the settings."""
    tokenizers: tuple[str, ...] = (DEFAULT_TOKENIZER,)
    """The tokenizers to count in besides the embedding model's, as `TokenizerLibrary.named` takes them."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a source."""

    text: str
    span: Span
    """The lines that it lies in, whole or not."""


@dataclass(frozen=True, slots=True)
class TokenCount:
    """How many tokens one tokenizer makes of a text."""

    tokenizer: str
    tokens: int
    limit: int | None = None
    """The most tokens of one text that the model sees, where it has such a limit."""
    problem: str = ""
    """Why there is no count, in a sentence; `tokens` is 0 then."""
    special: int | None = None
    """The special tokens that the model adds around one text, which are not in `tokens`; None if unknown."""
    window: int | None = None
    """The most tokens that the model reads at once, with special tokens; None if unknown."""
    window_of: str = ""
    """The model that has this window, where models with different windows share the tokenizer."""
    unknown: bool = False
    """Whether the problem is the name, which nothing has that could count."""


@dataclass(frozen=True, slots=True)
class TextCost:
    """What a text costs, or a part of one."""

    counts: tuple[TokenCount, ...]
    """The embedding model's first, then those of `Source.tokenizers` in their order."""
    chunks: int
    """The number of chunks in which the embedding model sees the lines; 0 if that was not asked for."""
    truncated: bool
    """Whether the embedding model does not see all of the text: some line is longer than all the parts that
    it may be cut into. A text that takes several chunks is not truncated."""


@dataclass(frozen=True, slots=True)
class DefinitionCost:
    """A definition and what it costs."""

    name: str
    """With the names of the definitions around it, as in `Store.get`."""
    kind: str
    header: Span
    """The lines of its decorators and its signature."""
    span: Span
    """All its lines, without the comments above it."""
    cost: TextCost


@dataclass(frozen=True, slots=True)
class ContextPiece:
    """A place that was asked for, and how much of it a prompt shows."""

    start_line: int
    """Of the definition around the place, 1-based."""
    end_line: int
    name: str
    """Its kind and its name; "" if it has none."""
    tokens: int
    """Of all its lines."""
    shown: Shown
    shown_tokens: int
    """About; 0 for a piece that is shown as a part of another one."""


@dataclass(frozen=True, slots=True)
class PackedContext:
    """Code for a prompt, as Markdown."""

    text: str
    """Empty if nothing fits."""
    tokens: int
    """Never more than the budget."""
    tokenizer: str
    pieces: list[ContextPiece]
    """One for each place."""
    here: list[str]
    """The names of the tokenizers that can be used at once."""


@dataclass(frozen=True, slots=True)
class CountedDefinition:
    """A definition and its tokens."""

    name: str
    line: int
    """The line that has the name, 1-based."""
    span: Span
    """As in `DefinitionCost`."""
    tokens: int


@dataclass(frozen=True, slots=True)
class DefinitionCounts:
    """The definitions of a text."""

    tokenizer: str
    definitions: tuple[CountedDefinition, ...]
    """In the order of the text; a member after what it is in."""


@dataclass(frozen=True, slots=True)
class FileCost:
    """The number of tokens of one file."""

    path: RelativePath
    tokens: int


@dataclass(frozen=True, slots=True)
class FolderCost:
    """What the files of a folder cost in one tokenizer."""

    tokenizer: str
    files: tuple[FileCost, ...]
    """The files that belong to the index, in the order of the walk."""
    skipped: int
    """The number of files and folders that do not belong to the index."""

    @property
    def tokens(self) -> int:
        return sum(file.tokens for file in self.files)
