"""The child that counts tokens: it may die, hang or end when idle, and the next request is answered."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from semlens.core.cost.types import Part, Source
from semlens.errors import Cancelled, SemlensError
from semlens.lsp.session import counting
from semlens.lsp.session.counting import TokenCounter
from semlens.settings import DEFAULT_MODEL
from semlens.types import Span

TEXT = Source("hello world", "text", DEFAULT_MODEL)
WORKS = ("-m", "semlens.core.cost.worker")
DIES = ("-c", "input()")
HANGS = ("-c", "import time; time.sleep(600)")

MakeCounter = Callable[..., TokenCounter]


class Children:
    """Starts one child for each of some commands, in order; the last one is started again and again."""

    def __init__(self, *commands: tuple[str, ...]) -> None:
        self._commands = commands
        self.started: list[subprocess.Popen[bytes]] = []

    def __call__(self) -> subprocess.Popen[bytes]:
        command = self._commands[min(len(self.started), len(self._commands) - 1)]
        self.started.append(
            subprocess.Popen(
                [sys.executable, "-I", *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        )
        return self.started[-1]


@pytest.fixture
def counter() -> Iterator[MakeCounter]:
    made: list[tuple[TokenCounter, Children]] = []

    def make(children: Children) -> TokenCounter:
        made.append((TokenCounter(start=children), children))
        return made[-1][0]

    yield make
    for tokens, children in made:
        tokens.close()
        for child in children.started:
            child.wait(timeout=60)


async def test_a_child_that_dies_is_replaced_once(counter: MakeCounter) -> None:
    children = Children(DIES, WORKS)
    cost = await counter(children).cost(TEXT)
    assert [count.tokens for count in cost.counts] == [2, 2]
    assert len(children.started) == 2


async def test_a_second_death_is_an_error(counter: MakeCounter) -> None:
    children = Children(DIES)
    with pytest.raises(SemlensError, match="failed twice"):
        await counter(children).cost(TEXT)
    assert len(children.started) == 2


async def test_a_child_that_hangs_is_killed_and_its_request_fails(
    counter: MakeCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    children = Children(HANGS, WORKS)
    tokens = counter(children)
    with monkeypatch.context() as patch:
        patch.setattr(counting, "ANSWER_SECONDS", 0.5)
        with pytest.raises(SemlensError, match=r"more than 0\.5 s"):
            await tokens.cost(TEXT)
    children.started[0].wait(timeout=60)
    assert (await tokens.cost(TEXT)).chunks == 1
    assert len(children.started) == 2


async def test_an_idle_child_ends_and_the_next_request_starts_another(
    counter: MakeCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "IDLE_SECONDS", 1.0)
    children = Children(WORKS)
    tokens = counter(children)
    first = await tokens.cost(TEXT)
    children.started[0].wait(timeout=60)
    assert await tokens.cost(TEXT) == first
    assert len(children.started) == 2


async def test_every_request_and_every_error_passes_the_pipe(counter: MakeCounter) -> None:
    tokens = counter(Children(WORKS))
    code = Source("def odd():\n    return '\ud800 é'\n", "python", DEFAULT_MODEL)
    found = await tokens.definition_at(code, 0, 5)
    assert found is not None
    assert (found.name, found.header, found.span) == ("odd", Span(1, 1), Span(1, 2))
    assert found.cost == await tokens.cost(code, Part(code.text.rstrip("\n"), Span(1, 2)))
    assert await tokens.definition_at(code, 1, 5) is None
    assert await tokens.definition_around(code, 1) == Span(1, 2)
    assert await tokens.definition_around(code, 9) is None
    without = (await tokens.cost(Source("text", "text", "/no/such/model"))).counts[0]
    assert without.unknown and "/no/such/model" in without.problem


async def test_a_closed_counter_answers_nothing(counter: MakeCounter) -> None:
    children = Children(WORKS)
    tokens = counter(children)
    await tokens.cost(TEXT)
    tokens.close()
    with pytest.raises(Cancelled):
        await tokens.cost(TEXT)
    children.started[0].wait(timeout=60)
    assert len(children.started) == 1
