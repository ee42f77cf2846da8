"""How alike two pieces of code are."""

from __future__ import annotations

from attrs import frozen

from semlens.protocol.editor.places import Range, TextDocument


@frozen
class CodePart:
    """Some code in the editor."""

    text_document: TextDocument
    range: Range
    """An empty range is the definition around it, or else its line."""
    text: str | None = None
    """The code, if the server does not have the document."""


@frozen
class CompareParams:
    """Compare two pieces of code by their meaning."""

    one: CodePart
    other: CodePart
    deep: bool = False
    """Ask the deep tier's model, which may take seconds, rather than the instant one."""


@frozen
class WordShare:
    """A word, and what it adds to a cosine."""

    start: int
    """Where it begins in its text, in UTF-16 units."""
    end: int
    share: float
    """Below 0 for a word that makes the pieces less alike."""


@frozen
class ComparedText:
    """One of two pieces of code that were compared."""

    text: str
    range: Range
    """Where it is in its document."""
    seen: int
    """How many UTF-16 units of it the model sees."""
    words: list[WordShare]
    """Its words in their order. Those that were not looked at are left out."""


@frozen
class CompareResult:
    """How alike two pieces of code are to one model."""

    model: str
    cosine: float
    """From -1 to 1."""
    percentile: float | None
    """The share of random pairs of the folder's chunks that are less alike, from 0 to 1."""
    chunks: int
    """How many chunks were paired."""
    lowest: float
    """Where the first bin of the histogram begins; the last one ends at 1."""
    histogram: list[int]
    """How many of the pairs have each cosine."""
    one: ComparedText
    other: ComparedText
