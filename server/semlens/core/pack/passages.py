"""A hit as a passage: which of its lines are the signature, and which tell most about the query."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from semlens.core.pack.types import Passage
from semlens.core.text.analyzer import code_terms
from semlens.core.text.words import without_surrogates
from semlens.core.util.content_hash import hash_text
from semlens.types import Hit, Reason, Symbol

_AROUND = 15
"""Lines above and below a hit without a definition."""

_DEFINITION = 150
"""Lines above and below a hit that may belong to its definition."""

_TELLING_ROWS = 12
_HEADER_ROWS = 6
_COMMENT = re.compile(r"""\s*(#(?!\[|include|define|if)|//|/\*|\*|--|;|%|<!--|\"\"\"|''')""")
_HEADER_END = re.compile(r"[{:;=]\s*(//.*|#.*|--.*)?$|=>\s*$|\b(do|then|where|begin|is)\s*$")
_OPENING, _CLOSING = "([", ")]"

_WHY = {
    "unique": "only definition",
    "defines": "name",
    "lexical": "words",
    "instant": "meaning",
    "deep": "meaning",
    "path": "path",
    "file": "words in file",
    "symbol": "like name",
    "neighbours": "good file",
    "copy": "near copy",
}
"""Signal → what it says to a reader."""

_REASONS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Around:
    """The lines right before and after a hit."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


NOTHING_AROUND = Around()


def passage_of(
    hit: Hit,
    path: str,
    words: Collection[str],
    around: Around = NOTHING_AROUND,
    readable: Callable[[str], str] = without_surrogates,
) -> Passage:
    """The passage of a hit.

    :param path: the hit's path as the answer shows it
    :param words: the words of the query, as the lexical index spells them
    :param around: lines of the file before and after the hit
    :param readable: replaces the characters that the reader cannot take
    """
    own = [readable(line) for line in hit.preview.split("\n")]
    row = name_row(own, hit.symbol, hit.start_line)
    above = len(around.before)
    return Passage(
        id=passage_id(hit),
        path=readable(path).replace("\n", "\ufffd"),
        start_line=hit.start_line - above,
        lines=(*map(readable, around.before), *own, *map(readable, around.after)),
        above=above,
        below=len(around.after),
        symbol=readable(symbol_label(hit.symbol)),
        why=why(hit.reasons),
        stale=hit.stale,
        name_row=above + row,
        header=tuple(above + one for one in header_rows(own, row)),
        telling=tuple(above + one for one in telling_rows(own, words)),
    )


def around_hits(hits: Sequence[Hit], sources: Mapping[str, Sequence[str]]) -> list[Around]:
    """The lines around each hit: the rest of its definition, or some lines; none that another hit has.

    `sources` are the lines of files by `Hit.file`.
    """
    taken = {(hit.file, line) for hit in hits for line in range(hit.start_line, hit.end_line + 1)}
    found: list[Around] = []
    for hit in hits:
        lines = sources.get(hit.file, ())
        first, last = _span(hit, len(lines))
        above = min(hit.start_line - 1, len(lines))  # a file may have been cut off meanwhile
        before = _free(range(above, first - 1, -1), hit, taken)[::-1]
        after = _free(range(hit.end_line + 1, last + 1), hit, taken)
        taken.update((hit.file, line) for line in (*before, *after))
        found.append(Around(tuple(lines[n - 1] for n in before), tuple(lines[n - 1] for n in after)))
    return found


def _free(numbers: Iterable[int], hit: Hit, taken: Collection[tuple[str, int]]) -> list[int]:
    """The first of some lines of a hit's file, up to one that is taken."""
    return list(takewhile(lambda number: (hit.file, number) not in taken, numbers))


def _span(hit: Hit, lines: int) -> tuple[int, int]:
    """The first and the last line to show at most: of the hit's definition, or some lines around the hit."""
    symbol = hit.symbol
    first, last = hit.start_line - _AROUND, hit.end_line + _AROUND
    if symbol is not None and symbol.start_line <= hit.end_line and symbol.end_line >= hit.start_line:
        first = max(symbol.start_line, hit.start_line - _DEFINITION)
        last = min(symbol.end_line, hit.end_line + _DEFINITION)
    return max(1, min(first, hit.start_line)), min(lines, max(last, hit.end_line))


def passage_id(hit: Hit) -> str:
    """A name for the lines of a hit with their text."""
    return hash_text(f"{hit.file}\n{hit.start_line}\n{hit.preview}")[:16]


def outline_id(file: str) -> str:
    """A name for the outline of the file with this whole path."""
    return hash_text(file)[:16]


def symbol_label(symbol: Symbol | None) -> str:
    """A definition's kind and its whole name."""
    if symbol is None:
        return ""
    return f"{symbol.kind} {symbol.dotted_name}"


def why(reasons: Sequence[Reason]) -> str:
    """The strongest signals, in at most three words or pairs of words."""
    strongest = sorted((one for one in reasons if one.value > 0), key=lambda one: -one.value)
    named = dict.fromkeys(_WHY[one.name] for one in strongest if one.name in _WHY)
    return ", ".join([*named][:_REASONS_SHOWN])


def name_row(lines: Sequence[str], symbol: Symbol | None, start_line: int) -> int:
    """The row of the line that names the symbol; without one, of the first line that is no comment."""
    code = [row for row, line in enumerate(lines) if line.strip() and not _COMMENT.match(line)]
    if symbol is not None:
        named = re.compile(rf"(?<!\w){re.escape(symbol.name)}(?!\w)")
        hinted = symbol.start_line - start_line
        near = range(hinted, hinted + _HEADER_ROWS)
        for row in sorted(code, key=lambda row: row not in near):
            if named.search(lines[row]):
                return row
    if code:
        return code[0]
    return next((row for row, line in enumerate(lines) if line.strip()), 0)


def header_rows(lines: Sequence[str], first: int) -> tuple[int, ...]:
    """The rows of a signature that begins at `first`: until its body begins, or its brackets are closed."""
    depth = 0
    for row in range(first, min(first + _HEADER_ROWS, len(lines))):
        line = lines[row]
        depth += sum(line.count(mark) for mark in _OPENING) - sum(line.count(mark) for mark in _CLOSING)
        if _HEADER_END.search(line) or depth <= 0:
            return tuple(range(first, row + 1))
    return (first,)


def telling_rows(lines: Sequence[str], words: Collection[str]) -> tuple[int, ...]:
    """The rows with the most words of the query, the best first; a word counts less each time it recurs."""
    wanted = frozenset(words)
    if not wanted:
        return ()
    matching = {row: wanted.intersection(code_terms(line)) for row, line in enumerate(lines)}
    matching = {row: found for row, found in matching.items() if found}
    times: Counter[str] = Counter()
    chosen: list[int] = []
    while matching and len(chosen) < _TELLING_ROWS:
        best = max(matching, key=lambda row: (sum(0.5 ** times[w] for w in matching[row]), -row))
        times.update(matching.pop(best))
        chosen.append(best)
    return tuple(chosen)
