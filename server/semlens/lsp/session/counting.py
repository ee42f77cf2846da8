"""Token counts for the language server, made by a child process.

The text may be unsaved, so the engine cannot be asked. One child counts texts. It starts with the server,
ends when idle, and may crash or hang without the editor noticing more than one missing hover.
"""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar

from attrs import evolve

from semlens.core.cost.requests import (
    CountDefinition,
    CountDefinitions,
    CountLive,
    CountText,
    CutAnswer,
    CutText,
    FindDefinition,
    ListTokenizers,
    PackContext,
)
from semlens.core.cost.types import (
    DefinitionCost,
    DefinitionCounts,
    PackedContext,
    Part,
    Source,
    TextCost,
    TokenCount,
)
from semlens.errors import Cancelled, SemlensError
from semlens.lsp.start import start_counting
from semlens.process.child import Child, ChildEnded
from semlens.process.pipes import Payload
from semlens.protocol.editor import TokenizersResult
from semlens.protocol.request import Request, decode_answer
from semlens.types import Span

IDLE_SECONDS = 120.0
"""The child ends after this long without a request."""

ANSWER_SECONDS = 15.0
"""How long one answer may take, the loading of the tokenizers included. Then the child is killed."""

STEP_SECONDS = 0.03
"""How long a hover may wait behind the count of a long text."""

Start = Callable[[], "subprocess.Popen[bytes]"]
A = TypeVar("A")


class TokenCounter:
    """Asks the child that counts texts, one request at a time. Starts another child when one has ended."""

    def __init__(self, process: subprocess.Popen[bytes] | None = None, start: Start = start_counting) -> None:
        """`process` is a child that runs already."""
        self._start = start
        self._child = _child(process) if process else None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tokens")
        self._warming: asyncio.Future[None] | None = None
        self._closed = False
        self._revisions = 0
        self.on_problem: Callable[[str], object] = lambda sentence: None
        """Called with what is wrong with the settings, whenever it keeps something from being counted."""

    def close(self) -> None:
        """Kill the child."""
        self._closed = True
        self._thread.shutdown(wait=False, cancel_futures=True)
        if self._child is not None:
            self._child.kill()

    def warm(self, source: Source, chunks: bool = False) -> None:
        """Load in the background what a hover over `source` will need."""
        asked = CountText(source, Part("", Span(1, 1))) if chunks else FindDefinition(source, 0)
        self._warming = asyncio.ensure_future(self._quietly(asked))

    async def cost(self, source: Source, part: Part | None = None, chunks: bool = True) -> TextCost:
        """What a part of `source` costs, or all of it, and in which `chunks`. Raises `SemlensError`."""
        return self._told(await self._ask(CountText(source, part, chunks)))

    async def definition_at(
        self, source: Source, line: int, column: int, chunks: bool = True
    ) -> DefinitionCost | None:
        """The definition whose name, signature or decorators are at a 0-based position, and what it costs.

        `column` is in code points. Raises `SemlensError`.
        """
        found = await self._ask(CountDefinition(source, line, column, chunks))
        return replace(found, cost=self._told(found.cost)) if found else None

    async def definition_around(self, source: Source, line: int) -> Span | None:
        """The lines of the innermost definition around a 0-based line. Raises `SemlensError`."""
        return await self._ask(FindDefinition(source, line))

    async def packed(self, request: PackContext) -> PackedContext:
        """Code for a prompt. Raises `SemlensError`."""
        return await self._ask(request)

    async def cut(self, request: CutText) -> CutAnswer:
        """A text as some tokenizers cut it. Raises `SemlensError`."""
        return await self._ask(request)

    async def live(
        self, key: str, text: str, model: str, tokenizers: Sequence[str]
    ) -> tuple[TokenCount, ...]:
        """The counts of a text that changes: only what is around a change is counted again.

        `key` says of which text this is a state. Other requests are answered in between, and a count that is
        cancelled ends after `STEP_SECONDS`. The counts are as `TextCost.counts`. Raises `SemlensError`.
        """
        self._revisions += 1
        first = CountLive(key, self._revisions, text, model, tuple(tokenizers), STEP_SECONDS)
        asked = first
        while True:
            found = await self._ask(asked)
            if found.counts:
                return self._in_settings(found.counts)
            asked = first if found.lost else evolve(first, text=None)

    async def definition_counts(self, source: Source) -> DefinitionCounts:
        """The tokens of each definition of `source`. Raises `SemlensError`."""
        return await self._ask(CountDefinitions(source))

    async def tokenizers(self) -> TokenizersResult:
        """The tokenizers that are known by name. Raises `SemlensError`."""
        return await self._ask(ListTokenizers())

    def _told(self, cost: TextCost) -> TextCost:
        return replace(cost, counts=self._in_settings(cost.counts))

    def _in_settings(self, counts: Sequence[TokenCount]) -> tuple[TokenCount, ...]:
        """The counts, the embedding model's first, with the setting that is wrong where a name is unknown."""
        named = tuple(_in_setting(one, "model" if at == 0 else "tokenizers") for at, one in enumerate(counts))
        for one in named:
            if one.unknown:
                self.on_problem(one.problem)
        return named

    async def _quietly(self, request: Request[Any]) -> None:
        try:
            await self._ask(request)
        except SemlensError:
            return  # The next request will fail too, and the user is told then.

    async def _ask(self, request: Request[A]) -> A:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._answer, request)
        except RuntimeError as error:  # closed meanwhile
            raise Cancelled from error

    def _answer(self, request: Request[A]) -> A:
        """The child's answer. A request whose child has ended is sent once more, to a new child."""
        for _ in range(2):
            if self._closed:
                raise Cancelled
            if self._child is None or not self._child.alive:
                self._child = _child(self._start())
            try:
                answer = self._child.ask(request.method, Payload(request)).result()
            except ChildEnded as ended:
                if ended.stuck:
                    problem = f"Counting tokens took more than {ANSWER_SECONDS:g} s here."
                    raise SemlensError(problem) from ended
            else:
                return decode_answer(request, answer.value)
        raise SemlensError("Counting tokens failed twice; it will be tried again when it is next asked for.")


def _in_setting(count: TokenCount, setting: str) -> TokenCount:
    if not count.unknown:
        return count
    problem = f"{count.problem[:1].lower()}{count.problem[1:]}"
    if setting == "model":
        return replace(count, problem=f"Correct the setting semlens.model: {problem}")
    return replace(count, problem=f"Correct the setting semlens.tokenizers: {problem}")


def _child(process: subprocess.Popen[bytes]) -> Child:
    return Child(process, idle_seconds=IDLE_SECONDS, stuck_seconds=ANSWER_SECONDS)
