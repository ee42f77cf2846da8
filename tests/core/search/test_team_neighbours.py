"""The server's nearest pieces join the local ones: what is here counts, what is not is counted."""

from __future__ import annotations

from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from semlens.core.search.team_neighbours import COUNTED, SPARE, TeamNeighbours
from semlens.core.team.faults import Fault, TeamFault
from semlens.types import ContentHash

A, B, C, D = (ContentHash(letter * 32) for letter in "abcd")


class Shared:
    """A server whose answer is set by the test."""

    def __init__(self, answer: Future[Any] | None, patience: bool = True, busy: bool = False) -> None:
        self.answer = answer
        self.patience = patience
        self.busy = busy
        self.asked: list[int] = []

    def ask(self, vector: Any, most: int) -> Future[Any] | None:
        self.asked.append(most)
        return self.answer


def _done(value: Any) -> Future[Any]:
    future: Future[Any] = Future()
    if isinstance(value, Exception):
        future.set_exception(value)
    else:
        future.set_result(value)
    return future


def _asker(shared: Shared, here: tuple[ContentHash, ...] = (A, B, C), seconds: float = 0.0) -> TeamNeighbours:
    contents = SimpleNamespace(present=lambda asked: [one for one in asked if one in here])
    index = SimpleNamespace(contents=contents)
    asker = TeamNeighbours(cast(Any, index), cast(Any, shared), seconds)
    asker.ask(np.zeros(2, np.float32), 2)
    return asker


def test_the_union_is_ranked_and_the_similarity_computed_here_counts() -> None:
    shared = Shared(_done([(D, 0.9), (A, 0.8), (B, 0.7)]))
    asker = _asker(shared)
    assert asker.joined([(B, 0.75), (C, 0.1)], 2) == [(A, 0.8), (B, 0.75)]
    assert shared.asked == [2 + SPARE] and asker.absent == 1 and not asker.late


def test_only_the_nearest_are_counted_as_lacking() -> None:
    many = [(ContentHash(f"{number:032x}"), 0.5) for number in range(3 * COUNTED)]
    asker = _asker(Shared(_done(many)))
    assert asker.joined([], 2) == [] and asker.absent == COUNTED


@pytest.mark.parametrize(
    ("shared", "late"),
    [
        (Shared(Future()), True),
        (Shared(Future(), patience=False), False),
        (Shared(None), False),
        (Shared(None, busy=True), True),
        (Shared(None, patience=False, busy=True), False),
        (Shared(_done(TeamFault(Fault.FAILED, "h"))), False),
    ],
    ids=["to come", "always late", "left alone", "busy", "busy and late", "failed"],
)
def test_without_an_answer_the_local_neighbours_stay(shared: Shared, late: bool) -> None:
    asker = _asker(shared)
    assert asker.joined([(A, 0.5)], 2) == [(A, 0.5)]
    assert asker.late is late and asker.absent == 0
