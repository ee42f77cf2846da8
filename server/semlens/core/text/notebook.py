"""Finds the cells of a notebook. A chunk is a cell or a part of one; outputs and metadata belong to none.

A cell's lines are those of the notebook's JSON; models see the cell's own text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from semlens.core.text.languages import LANGUAGES
from semlens.types import Span

ENDING = ".ipynb"

_SOURCE = re.compile(r'[ \t]*"source"[ \t]*:[ \t]*(?=["\[])')
_STRING = re.compile(
    r'[ \t]*(?:"source"[ \t]*:[ \t]*)?\[?[ \t]*("(?:[^"\\]|\\.)*")[ \t]*\]?[ \t]*,?[ \t]*\r?'
)
"""A line of JSON that is a line of a cell, or all of its text."""
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with text. Lines are lines of the JSON, 0-based and inclusive."""

    start: int
    end: int
    language: str
    text: str
    shared: bool = False
    """Other cells have the same lines."""

    @property
    def line_by_line(self) -> bool:
        """Whether each line of the text is a line of the JSON, between the first and the last."""
        return self.end - self.start - 1 == len(self.text.rstrip("\n").split("\n"))


def cells(text: str) -> list[Cell] | None:
    """The cells of a notebook; None if `text` is not one, or its cells do not begin lines of their own.

    In a notebook of one line every cell has that line.
    """
    try:
        notebook = json.loads(text)
        language = _kernel_language(notebook)
        expected = [cell for cell in notebook["cells"] if _joined(cell["source"]).strip()]
        sources = [_joined(cell["source"]) for cell in expected]
        found = [(start, end, source) for start, end, source in _scan(text) if source.strip()]
        shared = "\n" not in text.strip()
        if shared:
            row = text.count("\n", 0, text.index(text.strip()))
            found = [(row, row, source) for source in sources]
        if not found or sources != [source for _, _, source in found]:
            return None
        return [
            Cell(start, end, language if cell["cell_type"] == "code" else "markdown", source, shared)
            for (start, end, source), cell in zip(found, expected, strict=True)
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def span_in_notebook(text: str, cell_text: str, span: Span) -> Span | None:
    """The lines of a notebook's JSON with some lines of a cell; None if the notebook has no such cell.

    All lines are 1-based.
    """
    written = cell_text.rstrip("\n")
    cell = next((one for one in cells(text) or () if one.text.rstrip("\n") == written), None)
    if cell is None:
        return None
    if not cell.line_by_line or (span.start == 1 and span.end >= written.count("\n") + 1):
        return Span(cell.start + 1, cell.end + 1)
    return Span(cell.start + 1 + span.start, cell.start + 1 + span.end)


def written_lines(text: str) -> list[tuple[int, str]]:
    """The lines that somebody wrote in some lines of a notebook's JSON, each with its 0-based row there."""
    found = []
    for row, line in enumerate(text.split("\n")):
        match = _STRING.fullmatch(line)
        if match:
            found += [(row, one) for one in _decoded(match[1]).removesuffix("\n").split("\n")]
    return found or [(0, line) for cell in cells(text) or () for line in cell.text.split("\n")]


def _decoded(literal: str) -> str:
    try:
        return str(json.loads(literal))
    except ValueError:  # a control character, as no writer of notebooks leaves it
        return literal


def _kernel_language(notebook: dict[str, Any]) -> str:
    metadata = notebook.get("metadata", {})
    name = str(metadata.get("kernelspec", {}).get("language", "python")).lower()
    return name if name in LANGUAGES else "python"


def _scan(text: str) -> Iterator[tuple[int, int, str]]:
    """(first line, last line, value) of every key `source` that begins a line."""
    offset = row = 0
    while offset < len(text):
        match = _SOURCE.match(text, offset)
        last, end = row, offset
        if match:
            value, end = _DECODER.raw_decode(text, match.end())
            last = row + text.count("\n", match.end(), end)
            yield row, last, _joined(value)
        newline = text.find("\n", end)
        row, offset = last + 1, newline + 1 if newline >= 0 else len(text)


def _joined(source: object) -> str:
    if isinstance(source, str):
        return source
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    raise TypeError("not a cell's source")
