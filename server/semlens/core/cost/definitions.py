"""The definition at a position of a text, and what it costs."""

from __future__ import annotations

from functools import lru_cache

from semlens.core.chunk.structure import find_structure
from semlens.core.chunk.tree import Definition
from semlens.core.cost.hovered import first_line, hovered, spoken_kind
from semlens.core.cost.text import TextCosts
from semlens.core.cost.types import DefinitionCost, Part, Source
from semlens.core.text.languages import LANGUAGES
from semlens.types import Span

_CACHED_TEXTS = 4


class Definitions:
    """Finds definitions in texts, and keeps the definitions of the last texts."""

    def __init__(self, costs: TextCosts) -> None:
        self._costs = costs
        self._blocks = lru_cache(maxsize=_CACHED_TEXTS)(_definitions)

    def at(self, source: Source, line: int, column: int) -> DefinitionCost | None:
        """What the definition costs whose name, signature or call is at a 0-based position.

        `column` is in code points. Raises `ModelError`.
        """
        lines = source.text.split("\n")
        block = hovered(self._blocks(source.text, source.language), lines, line, column)
        if block is None:
            return None
        first = first_line(block, lines)
        span = Span(first + 1, block.end + 1)
        cost = self._costs.of(source, Part("\n".join(lines[first : block.end + 1]), span))
        kind = spoken_kind(block, lines, source.language)
        return DefinitionCost(block.path, kind, Span(first + 1, block.header_end + 1), span, cost)

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
