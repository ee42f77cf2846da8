"""Which words of a query stand together in a text, in order: local alignment (Smith and Waterman, 1981).

It compares words instead of letters: a word weighs by how rare it is, and a gap costs little, so that a
message is found whose placeholders were filled in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from semlens.core.query.literal import PlacedTerm

MAX_GAP = 8
"""Terms between two that count as together: a filled-in path has many."""
MAX_REPEATS = 4
"""Places of one word in the query that are compared: a query may repeat one word a thousand times."""
_GAP_BITS = 0.5
"""What each term of difference between the gaps in query and text costs."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """The words of a query that stand together in a text, in order."""

    bits: float = 0.0
    """The weight of the words, less what gaps cost."""
    words: int = 0
    run: int = 0
    """The longest run of the words without a gap."""


def align(words: Sequence[PlacedTerm], text: Sequence[str], weights: Mapping[str, float]) -> Alignment:
    """The weightiest alignment of a query's words with a text's terms. Terms of weight 0 are left out."""
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, word in enumerate(words):
        if weights[word.term] and len(places[word.term]) < MAX_REPEATS:
            places[word.term].append((word.place, number))
    best = Alignment()
    recent: list[_End] = []
    for here, term in enumerate(text):
        if term not in places:
            continue
        recent = [end for end in recent if here - end.here <= MAX_GAP]
        ends = [_extend(recent, here, place, number, weights[term]) for place, number in places[term]]
        recent += ends
        best = max([best, *(end.so_far for end in ends)], key=lambda one: one.bits)
    return best


@dataclass(frozen=True, slots=True)
class _End:
    """An alignment up to one place in the text and one in the query."""

    here: int
    place: int
    number: int
    run: int
    """Words without a gap, up to this one."""
    so_far: Alignment


def _extend(recent: Sequence[_End], here: int, place: int, number: int, weight: float) -> _End:
    """The best alignment that ends with one more word."""
    bits, before = 0.0, None
    for end in recent:
        if 0 < place - end.place <= MAX_GAP:
            gap = abs((here - end.here) - (place - end.place))
            if end.so_far.bits - _GAP_BITS * gap > bits:
                bits, before = end.so_far.bits - _GAP_BITS * gap, end
    if before is None:
        return _End(here, place, number, 1, Alignment(weight, 1, 1))
    is_next = number == before.number + 1 and here - before.here == place - before.place
    run = before.run + 1 if is_next else 1
    longest = max(before.so_far.run, run)
    return _End(here, place, number, run, Alignment(bits + weight, before.so_far.words + 1, longest))
