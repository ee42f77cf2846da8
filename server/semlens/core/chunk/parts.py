"""Cuts a line that a model does not take at once: a paragraph, a long string, data.

It is torn least after a sentence or a statement, more after a space, more still beside a sign, and most
inside a word. What is seen as one character is never torn.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain, islice

from semlens.core.chunk.measure import Measure

MOST_PARTS = 64
"""Of one text: some 50 KB of prose. A megabyte on a line is data, in thousands of parts that nobody wants."""

_SMALLEST_PART = 0.4
"""A part is not made smaller than this share of its fair size, where there is a choice."""
_UNEVENNESS = 2.0
"""What a part of half or double its fair size costs, in steps of tearing."""
_CHARACTERS_A_TOKEN = 16
"""No more characters than this for each token are tried when a text is cut by its tokens alone."""

_WORDS = re.compile(r"\s*\S+\s*")
_RUNS = re.compile(r"(?:\w+|\W)\s*")
_CHARACTERS = re.compile(r"(?s).\s*")
_FINER = ((1 / 16, _RUNS), (1 / 4, _CHARACTERS))
"""What takes more of the window than this is taken apart: code without spaces, then runs of letters."""
_SENTENCE = re.compile(r"(?:[.!?…][\"')\]”’»]*\s+|[。！？;；}]\s*|\n\s*)\Z")
_WORDLIKE = re.compile(r"\w")
_JOINER = "\u200d"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a text."""

    text: str
    seen: str
    """As much of its beginning as models see: all of it but in the last of `MOST_PARTS`."""


def parts(text: str, limit: int, measure: Measure) -> list[Part]:
    """The parts of `text`, each seen within `limit` tokens. Their texts are together the whole of it."""
    atoms, costs = _atoms(text, limit, measure)
    totals = [0, *accumulate(costs)]
    found: list[Part] = []
    start = length = 0
    while start < len(atoms) and len(found) < MOST_PARTS:
        end = _end(atoms, totals, start, limit)
        part = "".join(atoms[start:end])
        while (seen := _beginning(part, limit, measure)) != part and end > start + 1:
            end -= 1  # Some signs are nothing to a model, which then sees what is around them as one word.
            part = "".join(atoms[start:end])
        found.append(Part(part, seen))
        start, length = end, length + len(part)
    return [*found[:-1], replace(found[-1], text=found[-1].text + text[length:])]


def _atoms(text: str, limit: int, measure: Measure) -> tuple[list[str], Sequence[int]]:
    """What `text` may be cut into, each with the space behind it, and what each costs.

    No more of them than can be in its parts: hardly any costs nothing.
    """
    most = MOST_PARTS * limit
    atoms = [word[0] for word in islice(_WORDS.finditer(text), most)]
    costs = _costs(atoms, measure)
    for share, pattern in _FINER:
        if max(costs) > share * limit:
            smaller = (
                _apart(atom, pattern) if cost > share * limit else (atom,)
                for atom, cost in zip(atoms, costs, strict=True)
            )
            atoms = list(islice(chain.from_iterable(smaller), most))
            costs = _costs(atoms, measure)
    return atoms, costs


def _costs(atoms: Sequence[str], measure: Measure) -> Sequence[int]:
    """Tokens of each: a line costs at least what its words add to those before them."""
    return measure.line_tokens("\n".join(map(str.strip, atoms)))


def _apart(atom: str, pattern: re.Pattern[str]) -> Iterator[str]:
    """What `pattern` finds in `atom`, the marks of one character with it."""
    pending = ""
    for found in pattern.finditer(atom):
        if pending and not _continues(pending[-1], found[0][0]):
            yield pending
            pending = ""
        pending += found[0]
    yield pending


def _continues(before: str, after: str) -> bool:
    """Whether the two are seen as one character: accents, joined emoji, halves of a surrogate pair."""
    if after.isascii():
        return False
    return (
        unicodedata.category(after).startswith("M")
        or _JOINER in (before, after)
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or ("\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff")
    )


def _end(atoms: Sequence[str], totals: Sequence[int], start: int, limit: int) -> int:
    """Where the part that begins at `start` ends: at a loose place, with about as much as the others have."""
    before = totals[start]
    left = totals[-1] - before
    if left <= limit:
        return len(atoms)
    fair = left / math.ceil(left / limit)
    most = bisect_right(totals, before + limit, start + 1) - 1
    if most <= start:
        return start + 1
    least = bisect_left(totals, before + _SMALLEST_PART * fair, start + 1)

    def badness(end: int) -> float:
        return _tearing(atoms[end - 1], atoms[end]) + _UNEVENNESS * abs(totals[end] - before - fair) / fair

    return min(range(min(least, most), most + 1), key=badness)


def _tearing(before: str, after: str) -> int:
    """How much is torn apart between two atoms, in steps."""
    if _SENTENCE.search(before):
        return 0
    if before[-1].isspace():
        return 1
    return 3 if _WORDLIKE.match(before[-1]) and _WORDLIKE.match(after[0]) else 2


def _beginning(text: str, limit: int, measure: Measure) -> str:
    """As much of the beginning of `text` as `limit` tokens hold, which is mostly all of it."""
    if sum(measure.line_tokens(text)) <= limit:
        return text
    low, high = 0, min(len(text), limit * _CHARACTERS_A_TOKEN)
    while low < high:
        middle = (low + high + 1) // 2
        if sum(measure.line_tokens(text[:middle])) <= limit:
            low = middle
        else:
            high = middle - 1
    return text[:low]
