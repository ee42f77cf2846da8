"""Pieces of code as Markdown: a heading with the place, imports, and the code in a fence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from semlens.core.pack.imports import Import, needed
from semlens.core.pack.pieces import Piece


def import_lines(piece: Piece, code: str, imported: set[int]) -> list[str]:
    """The lines that import what `code` needs, and a blank one; without rows that are `imported` already."""
    found = [line for one in new_imports(piece, code, imported) for line in one.lines]
    return [*found, ""] if found else []


def new_imports(piece: Piece, code: str, imported: set[int]) -> Iterator[Import]:
    """The imports that `code` needs and neither the piece nor `imported` has; then these are `imported`."""
    own = range(piece.start_line - 1, piece.start_line - 1 + len(piece.lines))
    for one in needed(piece.imports, code):
        if one.row not in imported and one.row not in own:
            imported.add(one.row)
            yield one


def fenced(piece: Piece, before: Sequence[str], code: Sequence[str]) -> str:
    """The heading, and `before` with `code` in a fence, which is longer than any run of backticks in them."""
    body = "\n".join([*before, *code])
    longest = max((len(run) for run in re.findall("`+", body)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"### {piece.place}{behind(piece.name)}\n\n{fence}{piece.language}\n{body}\n{fence}\n"


def behind(name: str) -> str:
    """A name as it follows a place."""
    return f" · {name}" if name else ""


def with_gaps(piece: Piece, rows: Sequence[int]) -> list[str]:
    """The lines of `rows`, with a line that says how many are elided in each gap."""
    shown: list[str] = []
    following = 0
    for row in [*rows, len(piece.lines)]:
        if row > following:
            elided = piece.lines[following:row]
            while shown and not shown[-1].strip():
                shown.pop()
            indent = next((line[: len(line) - len(line.lstrip())] for line in elided if line.strip()), "")
            noun = "line" if len(elided) == 1 else "lines"
            shown += [f"{indent}… {len(elided):,} {noun}"] if any(map(str.strip, elided)) else [""]
        if row < len(piece.lines):
            shown.append(piece.lines[row])
        following = row + 1
    return shown
