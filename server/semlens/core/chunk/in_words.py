"""Puts a chunk into words, for a model that knows prose better than code.

The words are those of the definition: what it is, its name, its place among the definitions around it, its
documentation and its signature, with every identifier in parts. The form follows a recipe of Qdrant's and the
Hugging Face cookbook's for code search. Like the text for the first model, it does not include the path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from semlens.core.chunk.line_tokenizer import LineTokenizer
from semlens.types import ChunkKind, Symbol

WORDS_VERSION = 1
"""Raise it when a chunk gets other words: every vector of a second model is then made again."""

_PARTS = re.compile(r"[^\W\d_]+|\d+")
_CASE_CHANGE = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SENTENCE_END = ".!?:"


@dataclass(frozen=True, slots=True)
class Described:
    """What is known of a chunk."""

    kind: ChunkKind
    text: str
    symbol: Symbol | None = None
    defines: Sequence[str] = ()
    signature: str = ""
    docstring: str = ""
    comments: Sequence[tuple[int, int]] = ()
    """The first and the last row of each run of comments in `text`, 0-based."""


def in_words(chunk: Described, tokenizer: LineTokenizer) -> str:
    """The words of a chunk, at most as many as fit `tokenizer.limit` tokens. Equal chunks have equal words.

    Text that is no code stays as it is.
    """
    if chunk.kind in (ChunkKind.PROSE, ChunkKind.LINES, ChunkKind.IMAGE):
        return _fitting(chunk.text.split(), tokenizer)
    return _fitting(" ".join(map(_sentence, filter(None, _sentences(chunk)))).split(), tokenizer)


def split_names(code: str) -> str:
    """The words of some code, each identifier in its parts and in lower case.

    >>> split_names("def parseDate(raw_text: str) -> HTTPDate")
    'def parse date raw text str http date'
    """
    return " ".join(
        part.lower() for word in _PARTS.findall(code) for part in _CASE_CHANGE.sub(" ", word).split()
    )


def _sentences(chunk: Described) -> Iterator[str]:
    symbol = chunk.symbol
    if symbol is not None:
        place = f" in {split_names(symbol.container)}" if symbol.container else ""
        yield f"{symbol.kind.capitalize()} {split_names(symbol.name)}{place}"
    yield _one_line(chunk.docstring)
    if chunk.signature:
        yield f"Defined as {split_names(chunk.signature)}"
    others = [name for name in chunk.defines if symbol is None or name != symbol.name]
    if others:
        yield f"With {', '.join(map(split_names, others))}"
    yield from _comments(chunk)
    yield split_names(chunk.text)


def _comments(chunk: Described) -> Iterator[str]:
    """The comments that the docstring does not repeat."""
    rows = chunk.text.split("\n")
    for first, last in chunk.comments:
        said = _one_line(" ".join(map(_without_markers, rows[first : last + 1])))
        if said and said not in _one_line(chunk.docstring):
            yield said


def _without_markers(row: str) -> str:
    return row.strip().strip("/*#-;\"'%!<>{}|").strip()


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _sentence(text: str) -> str:
    return text if text.endswith(tuple(_SENTENCE_END)) else f"{text}."


def _fitting(words: Sequence[str], tokenizer: LineTokenizer) -> str:
    """As many of the words as fit the window."""
    text = " ".join(words)
    if len(text) <= tokenizer.limit or _tokens(text, tokenizer) <= tokenizer.limit:
        return text
    low, high = 0, len(words)  # the first `low` words fit, the first `high` do not
    while high - low > 1:
        middle = (low + high) // 2
        if _tokens(" ".join(words[:middle]), tokenizer) <= tokenizer.limit:
            low = middle
        else:
            high = middle
    return " ".join(words[:low])


def _tokens(text: str, tokenizer: LineTokenizer) -> int:
    return sum(tokenizer.line_tokens(text))
