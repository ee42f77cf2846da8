"""An answer in its two forms: text for whoever reads, structured content for whoever parses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from semlens.core.pack.types import Passage, Surroundings

Shown = Sequence[tuple[Passage, Sequence[int]]]
"""Passages with the rows that are shown, ascending."""

LINE_CHARACTERS = 400
"""A longer line is cut off: it is data, or code that was not written by hand."""


def numbered(passage: Passage, row: int) -> str:
    """A line of a passage behind its number."""
    line = passage.lines[row].rstrip()
    if len(line) > LINE_CHARACTERS:
        line = line[:LINE_CHARACTERS] + " …"
    return f"{passage.number(row)} {line}"


def text_of(shown: Shown, around: Surroundings) -> str:
    """The answer as text: the root, each passage with its place above its lines, and what is left."""
    blocks = [f"root {around.root}"] if around.root and shown else []
    blocks += ["\n".join([headline(passage), *_lines(passage, rows)]) for passage, rows in shown]
    last = [_more(shown, around)] if around.found else []
    blocks.append("\n".join([*last, *around.notes]))
    return "\n\n".join(block for block in blocks if block)


def structured_of(shown: Shown, around: Surroundings) -> dict[str, Any]:
    """The answer as a value for JSON. Fields without a content are left out, but for the first three."""
    answer: dict[str, Any] = {
        "results": [_result(passage, rows) for passage, rows in shown],
        "shown": len(shown),
        "found": around.found,
    }
    if around.root and shown:
        answer["root"] = around.root
    if around.cursor and _has_rest(shown, around):
        answer["cursor"] = around.cursor
    if around.notes:
        answer["notes"] = list(around.notes)
    return answer


def headline(passage: Passage) -> str:
    """The place of a passage, its symbol, why it is a hit, and whether it has changed."""
    stale = "changed since it was indexed" if passage.stale else ""
    return " · ".join(part for part in (passage.place, passage.symbol, passage.why, stale) if part)


def _result(passage: Passage, rows: Sequence[int]) -> Mapping[str, Any]:
    fields: dict[str, Any] = {"place": passage.place}
    if passage.symbol:
        fields["symbol"] = passage.symbol
    if passage.why:
        fields["why"] = passage.why
    if passage.stale:
        fields["stale"] = True
    return {**fields, "lines": _lines(passage, rows)}


def _lines(passage: Passage, rows: Sequence[int]) -> list[str]:
    """Blank lines are left out: the numbers tell of them."""
    return [numbered(passage, row) for row in rows if passage.lines[row].strip()]


def _more(shown: Shown, around: Surroundings) -> str:
    cut = sum(passage.is_cut(rows) for passage, rows in shown)
    found = f"{around.found} or more" if around.more else f"{around.found}"
    counted = f"{len(shown)} of {found} shown{f', {cut} of them in part' if cut else ''}."
    return f"{counted} cursor {around.cursor}" if around.cursor and _has_rest(shown, around) else counted


def _has_rest(shown: Shown, around: Surroundings) -> bool:
    return len(shown) < around.found or any(passage.is_cut(rows) for passage, rows in shown)
