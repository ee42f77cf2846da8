"""Definitions and their tokens: what the counting process (counter.py) works out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from semlens.protocol import editor as protocol
from semlens.types import Span

if TYPE_CHECKING:
    from semlens.core.chunk.tree import Block
    from semlens.core.text.tokens import ModelTokenizer
    from semlens.types import Chunk

BILLED = ("o200k_base",)
"""The tokenizers of language models whose counts are shown."""

_CACHED_TEXTS = 4
_LEADS = ("@", "#[", "[")
"""How a decorator or attribute begins, among the lines that the chunker gives to a definition."""
_ANNOTATION = re.compile(r"\s*(?:@[\w.:]+\s*(?:\(.*)?|#!?\[.*|\[.*\]\s*)$")
"""A line of nothing but an annotation or attribute, in any language; no assignment to Ruby's `@name`."""


@dataclass(frozen=True, slots=True)
class Source:
    """A text, and how it is read."""

    text: str
    """With "\\n" at the end of each line but the last."""
    language: str
    model: str


@dataclass(frozen=True, slots=True)
class Definition:
    """One definition and what it costs."""

    name: str
    kind: str
    header: Span
    """The lines that a hover answers on: decorators and signature."""
    span: Span
    counts: tuple[protocol.TokenCount, ...]
    """The embedding model's first."""
    chunks: int
    """In how many chunks the embedding model sees it."""
    truncated: bool
    """Whether the embedding model does not see all of it."""


class Counter:
    """Answers questions about texts. Tokenizers and grammars are loaded when they are first needed."""

    def __init__(self) -> None:
        self._tokenizers: dict[str, tuple[str, ModelTokenizer]] = {}
        self._chunks = lru_cache(maxsize=_CACHED_TEXTS)(self._chunk)
        self._blocks = lru_cache(maxsize=_CACHED_TEXTS)(_definitions)

    def definition_at(self, source: Source, line: int, column: int) -> Definition | None:
        """The definition whose name or signature is at a 0-based position, column in code points."""
        lines = source.text.split("\n")
        block = _hovered(self._blocks_of(source), lines, line, column)
        if block is None:
            return None
        first = _first_line(block, lines)
        span = Span(first + 1, block.end + 1)
        cost = self.count(source, "\n".join(lines[first : block.end + 1]), span)
        return Definition(
            name=block.path,
            kind=block.kind,
            header=Span(first + 1, block.header_end + 1),
            span=span,
            counts=tuple(cost.counts),
            chunks=cost.chunks,
            truncated=cost.truncated,
        )

    def count(self, source: Source, text: str, span: Span) -> protocol.TokensResult:
        """What `text`, which stands in the lines `span` of `source`, costs."""
        from semlens.core.text.tokens import count_tokens

        name, model = self._tokenizer(source.model)
        counts = [protocol.TokenCount(name, model.count(text), model.limit)]
        counts += [protocol.TokenCount(name, count_tokens(text, name)) for name in BILLED]
        touched = [chunk for chunk in self._chunks(source) if _meets(chunk, span)]
        return protocol.TokensResult(counts, len(touched), _truncated(touched, model))

    def definition_around(self, source: Source, line: int) -> Span | None:
        """The lines of the innermost definition around a 0-based line."""
        around = [block for block in self._blocks_of(source) if block.start <= line <= block.end]
        return Span(around[-1].line + 1, around[-1].end + 1) if around else None

    def _blocks_of(self, source: Source) -> list[Block]:
        return self._blocks(source.text, source.language)

    def _chunk(self, source: Source) -> list[Chunk]:
        from semlens.core.chunk import chunk_source

        return chunk_source(source.text, source.language, self._tokenizer(source.model)[1])

    def _tokenizer(self, name: str) -> tuple[str, ModelTokenizer]:
        """The embedding model's, and what it is called. Raises `ModelError`."""
        from semlens.core.embed.deep_model import DeepModel
        from semlens.core.text.tokens import ModelTokenizer

        if name not in self._tokenizers:
            model = DeepModel.find(name)
            tokenizer = ModelTokenizer(model.tokenizer_json, model.limit)
            self._tokenizers[name] = (model.tokenizer_name, tokenizer)
        return self._tokenizers[name]


def _definitions(text: str, language: str) -> list[Block]:
    """Every named definition with its lines; scopes only hold others."""
    from semlens.core.chunk.structure import dialect, structure
    from semlens.core.text.languages import LANGUAGES

    known = LANGUAGES.get(language)
    if known is None:
        return []
    return [block for block in structure(text, dialect(text, known)).walk() if block.kind != "scope"]


def _hovered(blocks: Sequence[Block], lines: Sequence[str], line: int, column: int) -> Block | None:
    """The definition named at the position, else the innermost whose header is on the line."""
    here = [block for block in blocks if _first_line(block, lines) <= line <= block.header_end]
    named = [block for block in here if block.name_line == line and _names(lines[line], block.name, column)]
    found = named or here
    return found[-1] if found else None


def _names(line: str, name: str, column: int) -> bool:
    start = line.find(name)
    while start >= 0:
        if start <= column <= start + len(name):
            return True
        start = line.find(name, start + 1)
    return False


def _first_line(block: Block, lines: Sequence[str]) -> int:
    """Where a definition begins with its decorators, but without the comments above it."""
    leads = (row for row in range(block.start, block.line) if lines[row].lstrip().startswith(_LEADS))
    first = next(leads, block.line)
    while first > 0 and _ANNOTATION.match(lines[first - 1]):
        first -= 1
    return first


def _meets(chunk: Chunk, span: Span) -> bool:
    return chunk.start_line <= span.end and chunk.end_line >= span.start


def _truncated(chunks: Sequence[Chunk], model: ModelTokenizer) -> bool:
    """Only the end of a line that is longer than all the parts that it may be cut into is not seen."""
    return any(
        chunk.start_line == chunk.end_line and model.count(chunk.text) > model.limit for chunk in chunks
    )
