"""As many steps of an answer as its budget holds, counted exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from semlens.core.pack.rendering import Shown, headline, numbered, structured_of, text_of
from semlens.core.pack.steps import Costs, Step, missing_rows, steps
from semlens.core.pack.types import Limits, Packed, Passage, Surroundings
from semlens.errors import UsageError
from semlens.protocol.json import json_bytes
from semlens.types import Detail

Count = Callable[[str], int]
"""The tokens of a text."""

_FIELDS = 16
"""About the tokens of the names and quotes around one passage in JSON."""

_PLANNED = 0.92
"""The share of a budget that is planned by estimates; single lines, counted exactly, take the rest."""

_EXPLORED = 2.0
"""Steps are taken from the plan up to this share of the budget, as estimates may be too high."""

_SECOND_TRIES = 40
"""Steps that are tried after one that is too large for what is left, such as a long line."""

_TOO_SMALL = "Nothing fits: ask for more tokens."


def pack(passages: Sequence[Passage], around: Surroundings, limits: Limits, count: Count) -> Packed:
    """The answer that holds most of the best passages, given best first, within `limits`.

    Neither its text nor its structured content, as compact JSON, has more than `limits.max_tokens` tokens by
    `count`. If not even one passage fits, notes, root, symbols and reasons are left out, and then all but one
    sentence. Raises `UsageError` if that does not fit either.
    """
    candidates = passages[: limits.passages]
    bare = replace(around, notes=(), root="")
    frames = (
        (candidates, around),
        (candidates, replace(around, notes=around.notes[:1])),
        ([replace(passage, symbol="", why="") for passage in candidates], bare),
    )
    for shortened, frame in frames:
        packed = _Draft(shortened, frame, limits.max_tokens, count).largest(limits.detail)
        if packed is not None and (packed.shown or not candidates):
            return packed
    none = _Draft((), Surroundings(notes=(_TOO_SMALL,)), limits.max_tokens, count).largest("place")
    if none is None:
        raise UsageError(f"max_tokens is {limits.max_tokens:,}: that is too few for any answer.")
    return replace(none, rest=around.found)


@dataclass(frozen=True)
class _Draft:
    """An answer that is being filled."""

    passages: Sequence[Passage]
    around: Surroundings
    budget: int
    count: Count

    def largest(self, detail: Detail) -> Packed | None:
        """The answer with the most steps; None if not even the empty one fits."""
        fixed = max(self._text_tokens(()), self._json_tokens(()))
        if fixed > self.budget:
            return None
        left = self.budget - fixed
        costs = [self._costs(passage) for passage in self.passages]
        planned = steps(self.passages, costs, detail, int(left * _PLANNED))
        taken = _up_to(planned, costs, left)
        both = _most(taken, lambda some: max(self._text_tokens(some), self._json_tokens(some)), self.budget)
        missing = (
            () if any(one.goes_on for one in self.passages) else missing_rows(self.passages, both, detail)
        )
        more = _up_to(missing, costs, left)
        extra = _most(more, lambda some: self._text_tokens([*both, *some]), self.budget)
        return self._packed(both, [*both, *extra])

    def _packed(self, both: Sequence[Step], in_text: Sequence[Step]) -> Packed:
        text, structured = text_of(self._shown(in_text), self.around), self._structured(both)
        shown = self._shown(both)
        ids = tuple(passage.id for passage, _ in shown)
        lines = tuple(tuple(map(passage.number, rows)) for passage, rows in shown)
        return Packed(text, structured, self.count(text), ids, lines, self.around.found - len(ids))

    def _shown(self, taken: Sequence[Step]) -> Shown:
        rows: dict[int, set[int]] = {}
        for step in taken:
            rows.setdefault(step.passage, set()).update(step.rows)
        return [(self.passages[at], sorted(rows[at])) for at in sorted(rows)]

    def _structured(self, taken: Sequence[Step]) -> Mapping[str, Any]:
        return structured_of(self._shown(taken), self.around)

    def _text_tokens(self, taken: Sequence[Step]) -> int:
        return self.count(text_of(self._shown(taken), self.around))

    def _json_tokens(self, taken: Sequence[Step]) -> int:
        return self.count(json_bytes(self._structured(taken)).decode())

    def _costs(self, passage: Passage) -> Costs:
        rows = (
            self.count(f'"{numbered(passage, row)}",') if line.strip() else 0
            for row, line in enumerate(passage.lines)
        )
        return Costs(self.count(headline(passage)) + _FIELDS, tuple(rows))


def _most(taken: Sequence[Step], tokens: Callable[[Sequence[Step]], int], budget: int) -> list[Step]:
    """The first steps that have at most `budget` tokens together, and some after one that is too large.

    No step is known to fit.
    """
    low, high = 0, len(taken)
    while low < high:
        middle = (low + high + 1) // 2
        if tokens(taken[:middle]) <= budget:
            low = middle
        else:
            high = middle - 1
    chosen = list(taken[:low])
    last = max((step.passage for step in chosen), default=-1)
    for step in taken[low + 1 : low + 1 + _SECOND_TRIES] if low < len(taken) else ():
        if step.passage <= last + 1 and tokens([*chosen, step]) <= budget:
            chosen.append(step)
            last = max(last, step.passage)
    return chosen


def _up_to(planned: Iterable[Step], costs: Sequence[Costs], budget: int) -> list[Step]:
    """The first steps that cost more than `budget` together, without those that alone cost more."""
    taken: list[Step] = []
    seen: set[int] = set()
    left = budget * _EXPLORED
    for step in planned:
        if left < 0:
            break
        cost = sum(costs[step.passage].rows[row] for row in step.rows)
        if cost > budget and step.passage in seen:
            continue
        if step.passage not in seen:
            seen.add(step.passage)
            cost += costs[step.passage].head
        left -= cost
        taken.append(step)
    return taken
