"""The order in which lines are added to an answer: first those that are worth most for their tokens."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from semlens.core.pack.types import Passage
from semlens.types import Detail

_BRIEF_ROWS = 4
"""Telling lines beside the signature."""

_SHARES = {"place": 0.45, "brief": 0.25, "code": 0.30}
"""The share of a passage's worth in its place, in its signature and telling lines, and in all its lines."""

_FALL = 1.0
"""The passage of rank n is worth 1 / n ** `_FALL`: the first is right about as often as all later ones."""


_FILLED = frozenset({"auto", "code"})
"""Details whose answers take single lines until the budget is full."""


@dataclass(frozen=True, slots=True)
class Step:
    """Rows of one passage that are added together."""

    passage: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Costs:
    """The tokens of a passage's parts, about."""

    head: int
    rows: tuple[int, ...]


def steps(passages: Sequence[Passage], costs: Sequence[Costs], detail: Detail, budget: int) -> Iterator[Step]:
    """Steps in their order. Each of the first ones fits what is left of `budget`; single lines follow."""
    shown: list[set[int]] = [set() for _ in passages]
    plan = _whole_passages if detail == "code" else _worthiest
    for step in plan(passages, costs, detail, budget):
        yield _add(step, shown)
    if detail in _FILLED:
        by_rank = sorted(range(len(passages)), key=lambda at: not shown[at])
        yield from _single_rows(passages, shown, by_rank)


def missing_rows(passages: Sequence[Passage], taken: Iterable[Step], detail: Detail) -> Iterator[Step]:
    """The rows, one by one, that are missing of the passages that `taken` shows, then those around them."""
    if detail not in _FILLED:
        return
    shown: list[set[int]] = [set() for _ in passages]
    for step in taken:
        _add(step, shown)
    yield from _single_rows(passages, shown, [at for at, rows in enumerate(shown) if rows])


def stage_rows(passage: Passage, stage: Detail) -> tuple[int, ...]:
    """The rows that a stage shows, ascending."""
    if stage == "place":
        return (passage.name_row,)
    if stage == "brief":
        return tuple(sorted({*passage.header, passage.name_row, *passage.telling[:_BRIEF_ROWS]}))
    return (*range(passage.imported), *passage.own_rows)


def _worthiest(
    passages: Sequence[Passage], costs: Sequence[Costs], detail: Detail, budget: int
) -> Iterator[Step]:
    """Stages of passages by worth for a token. A passage comes after those of a better rank."""
    last: list[Detail] = ["place", "brief", "code"]
    stages = last[: last.index(detail) + 1] if detail in last else last
    queue: list[tuple[float, int, int]] = []

    def push(at: int, stage: int) -> None:
        if at < len(passages) and stage < len(stages):
            worth = _SHARES[stages[stage]] / (at + 1) ** _FALL
            heapq.heappush(queue, (-worth / max(1, cost(at, stage)), at, stage))

    def rows(at: int, stage: int) -> set[int]:
        before = set(stage_rows(passages[at], stages[stage - 1])) if stage else set()
        return set(stage_rows(passages[at], stages[stage])) - before

    def cost(at: int, stage: int) -> int:
        return (0 if stage else costs[at].head) + sum(costs[at].rows[row] for row in rows(at, stage))

    push(0, 0)
    while queue:
        _, at, stage = heapq.heappop(queue)
        if cost(at, stage) > budget:
            continue  # what is left of the budget goes to single lines
        budget -= cost(at, stage)
        yield Step(at, tuple(rows(at, stage)))
        push(at, stage + 1)
        if stage == 0:
            push(at + 1, 0)


def _whole_passages(
    passages: Sequence[Passage], costs: Sequence[Costs], detail: Detail, budget: int
) -> Iterator[Step]:
    """All lines of each passage by rank; those that do not fit are brief, or a place."""
    for at in range(len(passages)):
        for stage in ("code", "brief", "place"):
            rows = stage_rows(passages[at], stage)
            cost = costs[at].head + sum(costs[at].rows[row] for row in rows)
            if cost <= budget:
                budget -= cost
                yield Step(at, rows)
                break
        else:
            return


def _single_rows(
    passages: Sequence[Passage], shown: Sequence[set[int]], order: Sequence[int]
) -> Iterator[Step]:
    """The missing rows of passages in this order, and at last the lines around them, the nearest first."""
    for at in order:
        passage = passages[at]
        wanted = (passage.name_row, *passage.header, *passage.telling, *passage.own_rows)
        yield from _missing(at, wanted, shown)
    for at in order:
        yield from _missing(at, _around(passages[at]), shown)


def _missing(at: int, rows: Iterable[int], shown: Sequence[set[int]]) -> Iterator[Step]:
    for row in rows:
        if row not in shown[at]:
            yield _add(Step(at, (row,)), shown)


def _around(passage: Passage) -> Iterator[int]:
    """The rows that are not its own, from the nearest to the farthest, those below before those above."""
    own = passage.own_rows
    for distance in range(1, max(passage.above, passage.below) + 1):
        if distance <= passage.below:
            yield own.stop - 1 + distance
        if distance <= passage.above:
            yield own.start - distance


def _add(step: Step, shown: Sequence[set[int]]) -> Step:
    shown[step.passage].update(step.rows)
    return step
