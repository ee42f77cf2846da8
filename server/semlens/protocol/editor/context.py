"""Code for a prompt, within a budget of tokens."""

from __future__ import annotations

from typing import Literal

from attrs import Factory, frozen

from semlens.protocol.editor.places import Range, TextDocument
from semlens.protocol.editor.search import Notice


@frozen
class PackParams:
    """Pack the code that answers a query for a language model."""

    query: str
    """As in a search."""
    max_tokens: int = 2000
    """The most tokens of the text, in o200k_base."""
    limit: int = 10
    """The most passages."""
    whole: bool = False
    """Show as many passages as fit with all their lines, rather than a part of more of them."""
    folders: list[str] | None = None
    """URIs of workspace folders to search; all of them if left out."""
    include: list[str] = Factory(list)
    """Globs: search only files that match one of them."""
    languages: list[str] = Factory(list)
    """Search only these languages, given by name or by a file's ending; all if empty."""


@frozen
class PackResult:
    """Passages of code with their places and line numbers, as they are on disk."""

    text: str
    tokens: int
    shown: int
    """The number of passages in the text."""
    rest: int
    """The number of passages that did not fit."""


@frozen
class ContextPlace:
    """A piece of code that may go into a prompt."""

    uri: str
    start_line: int
    """0-based."""
    end_line: int
    """0-based and inclusive."""
    chosen: bool = True
    """Whether it goes into the prompt."""
    first: bool = False
    """Whether it comes before all others."""


@frozen
class ContextParams:
    """Pack code for a prompt: for a question, at a place, or the pieces of an earlier answer."""

    query: str = ""
    """As in a search; empty for no search."""
    text_document: TextDocument | None = None
    """The document with the code that comes first, if any, with the definitions that it uses."""
    range: Range | None = None
    """The code in the document; an empty range stands for the definition around it."""
    folder: str | None = None
    """The URI of a folder whose files are packed, source first, or to which the query is kept."""
    places: list[ContextPlace] | None = None
    """The pieces of an earlier answer, in its order: nothing is searched then."""
    max_tokens: int = 4000
    """The most tokens of the text."""
    tokenizer: str | None = None
    """The tokenizer to count in; the first of the settings if left out."""
    limit: int = 30
    """The most pieces."""
    folders: list[str] | None = None
    """URIs of workspace folders to search; all of them if left out."""


@frozen
class ContextPiece:
    """A piece of code, and how much of it the text shows."""

    place: ContextPlace
    """Of all of it."""
    name: str
    """Its kind and its name; empty if it has none."""
    tokens: int
    """Of all of it."""
    shown: Literal["whole", "part", "signature", "none"]
    shown_tokens: int
    """About; 0 for a piece that another one holds."""


@frozen
class ContextResult:
    """Code for a prompt as Markdown, with paths and line numbers."""

    text: str
    """Empty if nothing fits."""
    tokens: int
    """Never more than were asked for."""
    tokenizer: str
    """The tokenizer's name."""
    pieces: list[ContextPiece]
    """The best first."""
    tokenizers: list[str]
    """The names of the tokenizers that can be used at once."""
    notices: list[Notice] = Factory(list)
    """What became of the question, such as a filter that leaves no file."""
    weak: bool = False
    """Whether nothing matches the question well."""
