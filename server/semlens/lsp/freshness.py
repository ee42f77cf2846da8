"""Where a hit is in the text that the user sees, which may be newer than the index.

A hit's preview is its code on disk. In an open document with other text the same lines are looked
for; if they were edited, the hit is moved along with the lines around it and marked stale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Lines of a text, 1-based and inclusive."""

    start: int
    end: int


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


def _moved(span: Span, old: Sequence[str], now: Sequence[str]) -> Span:
    """`span` carried along by the edit that turned `old` into `now`, seen as one replaced block."""
    head = _common(old, now)
    tail = _common(old[head:][::-1], now[head:][::-1])
    shift = len(now) - len(old)

    def carry(line: int) -> int:
        return line + shift if line > len(old) - tail else line

    start = carry(span.start)
    return Span(start, max(start, carry(span.end)))


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count


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
