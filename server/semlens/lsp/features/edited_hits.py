"""Where a hit is in the text that the user sees, which may be newer than the index.

A hit's preview is its code on disk. In an open document with other text the same lines are looked
for; if they were edited, the hit is moved along with the lines around it and marked stale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from semlens.types import Hit, Span

MAX_DIFF = 5000
"""Lines between the first and the last edit, above which what was moved among them is not worked out."""


@dataclass(frozen=True, slots=True)
class Located:
    """Where a hit is now, and whether its code is another than the one that was found."""

    span: Span
    stale: bool


def locate(span: Span, found: Sequence[str], old: Sequence[str] | None, now: Sequence[str]) -> Located:
    """`span`, whose lines were `found`, in the text `now`; `old` is the whole text that it was found in.

    An equal copy is preferred where the edits around it would have moved it, so that of two
    equal functions each hit keeps its own.
    """
    expected = span if old is None else _moved(span, old, now)
    for candidate in (expected, span):
        if _lines(now, candidate) == list(found):
            return Located(candidate, stale=False)
    exact = _nearest_copy(found, now, expected.start)
    if exact is not None:
        return Located(exact, stale=False)
    return Located(_clamped(expected, len(now)), stale=True)


@dataclass(frozen=True, slots=True)
class ShownLine:
    """The line of a hit to show and to go to."""

    line: int
    """1-based."""
    text: str


def carried_line(hit: Hit, located: Located, now: Sequence[str]) -> ShownLine:
    """The line that a hit shows, where the hit is `located` and has the lines `now`.

    If they were edited, it is the one with the same code, or else the one in its place.
    """
    start = located.span.start
    row = hit.line - hit.start_line
    if not located.stale:
        return ShownLine(start + row, hit.summary)
    found = hit.preview.split("\n")
    code = found[row].strip() if 0 <= row < len(found) else ""
    same = [at for at, line in enumerate(now) if line.strip() == code]
    at = min(same, key=lambda at: abs(at - row), default=min(max(row, 0), max(len(now) - 1, 0)))
    return ShownLine(start + at, now[at].strip() if now else hit.summary)


def _moved(span: Span, old: Sequence[str], now: Sequence[str]) -> Span:
    """`span` carried along by the edits that turned `old` into `now`."""
    head = _common(old, now)
    tail = _common(old[head:][::-1], now[head:][::-1])
    edited = (tuple(old[head : len(old) - tail]), tuple(now[head : len(now) - tail]))
    edits = _edits(*edited) if max(map(len, edited)) <= MAX_DIFF else []

    def carry(line: int) -> int:
        row = line - 1
        if row >= len(old) - tail:
            return line + len(now) - len(old)
        for _, first, last, new_first, new_last in edits:
            if first <= row - head < last:
                return head + new_first + min(row - head - first, max(new_last - new_first - 1, 0)) + 1
        return line

    start = carry(span.start)
    return Span(start, max(start, carry(span.end)))


@lru_cache(maxsize=8)
def _edits(old: tuple[str, ...], now: tuple[str, ...]) -> Sequence[tuple[str, int, int, int, int]]:
    """As `SequenceMatcher.get_opcodes`. Cached: an answer has several hits of a file."""
    return SequenceMatcher(None, old, now).get_opcodes()


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    """How many lines are equal at the start."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(first), len(second)))


def _lines(text: Sequence[str], span: Span) -> list[str]:
    return list(text[max(span.start - 1, 0) : span.end])


def _nearest_copy(found: Sequence[str], now: Sequence[str], start: int) -> Span | None:
    if not any(line.strip() for line in found):
        return None
    length = len(found)
    candidates = [
        index + 1
        for index, line in enumerate(now)
        if line == found[0] and list(now[index : index + length]) == list(found)
    ]
    if not candidates:
        return None
    best = min(candidates, key=lambda line: abs(line - start))
    return Span(best, best + length - 1)


def _clamped(span: Span, lines: int) -> Span:
    start = min(max(span.start, 1), max(lines, 1))
    return Span(start, min(max(span.end, start), max(lines, 1)))
