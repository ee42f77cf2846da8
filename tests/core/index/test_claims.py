"""A question and the background never embed the same text at the same time."""

from __future__ import annotations

import threading

from semlens.core.index.claims import Claims
from semlens.types import ContentHash

ONE, TWO, THREE = (ContentHash(name) for name in ("one", "two", "three"))


def test_a_question_takes_what_nobody_reads() -> None:
    claims = Claims()
    with claims.all([ONE, TWO]), claims.free([TWO, THREE, ONE, THREE]) as mine:
        assert mine == [THREE]
    with claims.free([ONE, THREE]) as mine:
        assert mine == [ONE, THREE]


def test_the_background_waits_for_a_question() -> None:
    claims = Claims()
    order: list[str] = []

    def fill() -> None:
        with claims.all([ONE, TWO]):
            order.append("background")

    with claims.free([TWO]):
        background = threading.Thread(target=fill)
        background.start()
        order.append("question")
    background.join()
    assert order == ["question", "background"]
