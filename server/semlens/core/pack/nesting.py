"""Pieces of one file that share lines: each line is shown once.

A class that fits is shown with the methods that were found in it. A larger one is shown without them, because
they are worth more than the rest of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from semlens.core.pack.pieces import Piece


@dataclass(frozen=True, slots=True)
class Nesting:
    """Pieces by their places in a sequence."""

    turns: tuple[int, ...]
    """Their order."""
    holders: Mapping[int, int]
    """Those that are shown with another one -> that one."""
    hidden: tuple[frozenset[int], ...]
    """The rows of each that others show."""


def nesting_of(pieces: Sequence[Piece], most: int, tokens: Callable[[Piece], int]) -> Nesting:
    """Which of `pieces` hold others, as far as they have at most `most` tokens."""
    ranks = {at: (not piece.first, at) for at, piece in enumerate(pieces)}
    holders: dict[int, int] = {}
    for at in sorted(ranks, key=lambda at: -len(pieces[at].lines)):
        inside = [
            other
            for other in ranks
            if other not in holders and _holds(pieces, at, other) and at not in holders
        ]
        if inside and tokens(pieces[at]) <= most:
            holders.update(dict.fromkeys(inside, at))
            ranks[at] = min(ranks[at], *(ranks[other] for other in inside))
    hidden: dict[int, frozenset[int]] = {}
    taken: dict[str, set[int]] = {}
    for at in sorted(ranks, key=lambda at: (at in holders, len(pieces[at].lines), ranks[at])):
        lines = taken.setdefault(pieces[at].path, set())
        numbers = _numbers(pieces[at])
        hidden[at] = frozenset(row for row, number in enumerate(numbers) if number in lines)
        lines.update(numbers)
    turns = sorted(ranks, key=lambda at: ranks[at])
    return Nesting(tuple(turns), holders, tuple(hidden[at] for at in range(len(pieces))))


def _holds(pieces: Sequence[Piece], at: int, other: int) -> bool:
    """Whether a piece has all lines of another one; of two with the same lines, whether it is the first."""
    outer, inner = _numbers(pieces[at]), _numbers(pieces[other])
    if at == other or pieces[at].path != pieces[other].path:
        return False
    inside = outer.start <= inner.start and inner.stop <= outer.stop
    return inside and (outer != inner or at < other)


def _numbers(piece: Piece) -> range:
    return range(piece.start_line, piece.start_line + len(piece.lines))
