"""The definition at a position of a text, and what it costs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from semlens.core.chunk.structure import find_structure
from semlens.core.chunk.tree import Definition
from semlens.core.cost.text import TextCosts
from semlens.core.cost.types import DefinitionCost, Part, Source
from semlens.core.text.languages import LANGUAGES
from semlens.types import Span

_CACHED_TEXTS = 4
_LEADS = ("@", "#[", "[")
"""The beginnings of decorators and attributes, among the lines that the chunker gives to a definition."""
_ANNOTATION = re.compile(r"\s*(?:@[\w.:]+\s*(?:\(.*)?|#!?\[.*|\[.*\]\s*)$")
"""A line of nothing but an annotation or attribute, in any language; no assignment to Ruby's `@name`."""


class Definitions:
    """Finds definitions in texts, and keeps the definitions of the last texts."""

    def __init__(self, costs: TextCosts) -> None:
        self._costs = costs
        self._blocks = lru_cache(maxsize=_CACHED_TEXTS)(_definitions)

    def at(self, source: Source, line: int, column: int) -> DefinitionCost | None:
        """The definition whose name, signature or decorators are at a 0-based position, and what it costs.

        `column` is in code points. Raises `ModelError`.
        """
        lines = source.text.split("\n")
        block = _hovered(self._blocks(source.text, source.language), lines, line, column)
        if block is None:
            return None
        first = _first_line(block, lines)
        span = Span(first + 1, block.end + 1)
        cost = self._costs.of(source, Part("\n".join(lines[first : block.end + 1]), span))
        return DefinitionCost(block.path, block.kind, Span(first + 1, block.header_end + 1), span, cost)

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


def _hovered(blocks: Sequence[Definition], lines: Sequence[str], line: int, column: int) -> Definition | None:
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


def _first_line(block: Definition, lines: Sequence[str]) -> int:
    """Where a definition begins with its decorators, but without the comments above it."""
    leads = (row for row in range(block.start, block.line) if lines[row].lstrip().startswith(_LEADS))
    first = next(leads, block.line)
    while first > 0 and _ANNOTATION.match(lines[first - 1]):
        first -= 1
    return first
