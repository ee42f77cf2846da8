"""The definition at a position of a text, and what it costs."""

from __future__ import annotations

from functools import lru_cache

from semlens.core.chunk.structure import find_structure
from semlens.core.chunk.tree import LOCAL, Definition
from semlens.core.cost.hovered import first_line, hovered, spoken_kind
from semlens.core.cost.text import TextCosts
from semlens.core.cost.types import CountedDefinition, DefinitionCost, DefinitionCounts, Part, Source
from semlens.core.text.languages import LANGUAGES
from semlens.types import Span

_CACHED_TEXTS = 4


class Definitions:
    """Finds definitions in texts, and keeps the definitions of the last texts."""

    def __init__(self, costs: TextCosts) -> None:
        self._costs = costs
        self._blocks = lru_cache(maxsize=_CACHED_TEXTS)(_definitions)

    def at(self, source: Source, line: int, column: int, in_chunks: bool = True) -> DefinitionCost | None:
        """What the definition costs whose name, signature or call is at a 0-based position.

        `column` is in code points; `in_chunks` is as in `TextCosts.of`. Raises `ModelError`.
        """
        lines = source.text.split("\n")
        block = hovered(self._blocks(source.text, source.language), lines, line, column)
        if block is None:
            return None
        first = first_line(block, lines)
        span = Span(first + 1, block.end + 1)
        part = Part("\n".join(lines[first : block.end + 1]), span)
        cost = self._costs.of(source, part, in_chunks)
        kind = spoken_kind(block, lines, source.language)
        return DefinitionCost(block.path, kind, Span(first + 1, block.header_end + 1), span, cost)

    def counts(self, source: Source) -> DefinitionCounts:
        """The tokens of each definition that has a body, in the first tokenizer. Raises `ModelError`."""
        lines = source.text.split("\n")
        tokenizer = self._costs.library.named(source.tokenizers[0])
        found = []
        for block in self._blocks(source.text, source.language):
            first = first_line(block, lines)
            if block.kind in LOCAL or first == block.end:
                continue
            tokens = tokenizer.count("\n".join(lines[first : block.end + 1]))
            span = Span(first + 1, block.end + 1)
            found.append(CountedDefinition(block.path, block.name_line + 1, span, tokens))
        return DefinitionCounts(tokenizer.name, tuple(found))

    def around(self, source: Source, line: int) -> Span | None:
        """The lines of the innermost definition around a 0-based line."""
        blocks = self._blocks(source.text, source.language)
        around = [block for block in blocks if block.start <= line <= block.end]
        return Span(around[-1].line + 1, around[-1].end + 1) if around else None


def _definitions(text: str, language: str) -> list[Definition]:
    """Every named definition with its lines; scopes only hold others."""
    known = LANGUAGES.get(language)
    if known is None:
        return []
    return [block for block in find_structure(text, known).walk() if block.kind != "scope"]
