"""What code costs in tokens, asked of a process of its own.

The text may be unsaved, so the engine cannot be asked; and tokenizers and grammars are 100 MB, and
native code that reads whatever text is open. So they live in a child that is started with the server,
ends when nobody asked for a while, and may crash or hang without the editor noticing more than one
missing hover.
"""

from __future__ import annotations

import asyncio
import pickle
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from semlens.core.cost.messages import AskDefinitionCost, AskDefinitionSpan, AskTextCost, Failed, Question
from semlens.core.cost.types import DefinitionCost, Source, TextCost
from semlens.errors import Cancelled, SemlensError
from semlens.lsp.start import start_counting
from semlens.types import Span

IDLE_SECONDS = 120.0
"""The child ends after this long without a question."""

ANSWER_SECONDS = 15.0
"""What one answer may take, the loading of the tokenizers included."""

Start = Callable[[], "subprocess.Popen[bytes]"]


class TokenCounter:
    """The counting child as its parent sees it: one question at a time, in order."""

    def __init__(self, child: subprocess.Popen[bytes] | None = None, start: Start = start_counting) -> None:
        """`child` is one that runs already."""
        self._start = start
        self._child = child
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tokens")
        self._idle: asyncio.TimerHandle | None = None
        self._warming: asyncio.Future[None] | None = None

    def close(self) -> None:
        """End the child, whatever it does."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        if self._child is not None:
            self._child.kill()

    def warm(self, source: Source) -> None:
        """Load in the background what a hover over `source` will need."""
        self._warming = asyncio.ensure_future(self._quietly(AskTextCost(source, "", Span(1, 1))))

    async def definition_at(self, source: Source, line: int, column: int) -> DefinitionCost | None:
        """The definition whose name or signature is at a 0-based position, column in code points."""
        found: DefinitionCost | None = await self._ask(AskDefinitionCost(source, line, column))
        return found

    async def definition_around(self, source: Source, line: int) -> Span | None:
        """The lines of the innermost definition around a 0-based line."""
        found: Span | None = await self._ask(AskDefinitionSpan(source, line))
        return found

    async def cost(self, source: Source) -> TextCost:
        """What all of `source` costs."""
        return await self.cost_of_part(source, source.text, Span(1, source.text.count("\n") + 1))

    async def cost_of_part(self, source: Source, text: str, span: Span) -> TextCost:
        """What `text`, which lies in the lines `span` of `source`, costs."""
        cost: TextCost = await self._ask(AskTextCost(source, text, span))
        return cost

    async def _quietly(self, question: Question) -> None:
        try:
            await self._ask(question)
        except SemlensError:
            return  # The next question will fail too, and its asker is told.

    async def _ask(self, question: Question) -> Any:
        loop = asyncio.get_running_loop()
        try:
            answer = await loop.run_in_executor(self._thread, self._call, question)
        except RuntimeError as error:  # closed meanwhile
            raise Cancelled from error
        if self._idle is not None:
            self._idle.cancel()
        self._idle = loop.call_later(IDLE_SECONDS, self._thread.submit, self._end_child)
        if isinstance(answer, Failed):
            raise answer.error()
        return answer

    def _call(self, question: Question) -> Any:
        """The child's answer. A child that died is started again once; a stuck one is ended."""
        for _ in range(2):
            child = self._child = self._child or self._start()
            stuck = threading.Timer(ANSWER_SECONDS, child.kill)
            stuck.daemon = True
            stuck.start()
            try:
                return _exchange(child, question)
            except (OSError, EOFError, pickle.UnpicklingError) as error:
                self._end_child()
                if stuck.finished.is_set():
                    problem = f"Counting tokens took more than {ANSWER_SECONDS:g} s here."
                    raise SemlensError(problem) from error
            finally:
                stuck.cancel()
        raise SemlensError("Counting tokens failed twice; it will be tried again when it is next asked for.")

    def _end_child(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()


def _exchange(child: subprocess.Popen[bytes], question: Question) -> Any:
    assert child.stdin is not None and child.stdout is not None
    pickle.dump(question, child.stdin)
    child.stdin.flush()
    return pickle.load(child.stdout)
