"""One connection to one engine: requests out, answers and notifications in, silence noticed."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from semlens.engine.wire import rpc
from semlens.errors import EngineError, UsageError, by_code

if TYPE_CHECKING:
    from semlens.engine.client.engine_process import EngineProcess

log = logging.getLogger(__name__)

QUIET_SECONDS = 0.4
"""An engine that owes an answer and says nothing for so long is asked whether it lives."""

T = TypeVar("T")
OnMessage = Callable[[str, dict[str, Any]], None]


class ConnectionLost(Exception):
    """The engine is gone; what it has not answered may be asked again."""


class Channel:
    """A connection to an engine that has proven itself."""

    def __init__(
        self,
        reader: rpc.Reader,
        writer: rpc.Writer,
        engine: rpc.EngineInfo,
        find_owner: Callable[[], EngineProcess],
    ) -> None:
        self.engine = engine
        self.open = True
        self._reader = reader
        self._writer = writer
        self._find_owner = find_owner
        self._ids = itertools.count(1)
        self._pending: dict[int, asyncio.Future[Any]] = {}
        self._heard = time.monotonic()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, on_message: OnMessage, on_lost: Callable[[], None]) -> None:
        """Begin to read; `on_lost` is called once if the engine goes away before `close`."""
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._read(on_message, on_lost)), loop.create_task(self._watch())]

    async def request(self, method: str, params: Mapping[str, Any]) -> Any:
        """The answer; raises what the engine answers with, or ConnectionLost.

        Cancelling the awaiting task cancels the request in the engine.
        """
        number = next(self._ids)
        message = rpc.encode({"id": number, "method": method, "params": params})
        if len(message) > rpc.MESSAGE_LIMIT:
            raise UsageError("The request is too large; ask about less at once.")
        if not self.open:
            raise ConnectionLost
        answer = asyncio.get_running_loop().create_future()
        if not self._pending:
            self._heard = time.monotonic()
        self._pending[number] = answer
        try:
            self._writer.write(message)
            return await answer
        except asyncio.CancelledError:
            if self.open:
                self._writer.write(rpc.encode({"cancel": number}))
            raise
        finally:
            self._pending.pop(number, None)

    async def close(self) -> None:
        """Disconnect; what is pending ends with ConnectionLost."""
        self._end()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._writer.transport.abort()  # an engine that is stuck would never take what is left to send

    async def _read(self, on_message: OnMessage, on_lost: Callable[[], None]) -> None:
        try:
            while (message := await rpc.read_message(self._reader)) is not None:
                self._heard = time.monotonic()
                self._receive(message, on_message)
        except (rpc.ProtocolError, OSError) as error:
            log.info("the connection to the engine failed: %s", error)
        self._end()
        on_lost()

    def _receive(self, message: dict[str, Any], on_message: OnMessage) -> None:
        if "method" in message:
            try:
                on_message(message["method"], message.get("params", {}))
            except Exception:
                log.exception("a listener failed on %s", message["method"])
            return
        answer = self._pending.get(message.get("id", 0))
        if answer is None or answer.done():
            return
        error = message.get("error")
        if error is None:
            answer.set_result(message.get("result"))
        else:
            answer.set_exception(by_code(int(error["code"]), str(error["message"])))

    def _end(self) -> None:
        self.open = False
        self._writer.close()
        for answer in self._pending.values():
            if not answer.done():
                answer.set_exception(ConnectionLost())

    async def _watch(self) -> None:
        """End an engine that owes an answer and is stuck: its lock is then free for a working one."""
        while self.open:
            await asyncio.sleep(QUIET_SECONDS / 2)
            if not self._pending or time.monotonic() - self._heard < QUIET_SECONDS:
                continue
            try:
                await answered_or_ended(self.request("ping", {}), self._find_owner())
            except (ConnectionLost, EngineError):
                self._writer.transport.abort()


async def answered_or_ended(answer: Awaitable[T], owner: EngineProcess) -> T:
    """The answer, or EngineError after `owner` was found stuck and was killed."""
    asked = asyncio.ensure_future(answer)
    stuck = asyncio.ensure_future(owner.until_stuck())
    try:
        await asyncio.wait({asked, stuck}, return_when=asyncio.FIRST_COMPLETED)
        if not asked.done():
            log.warning("the engine does not answer; it is ended")
            owner.kill()
            raise EngineError("The Semlens engine did not answer and was ended.")
        return asked.result()
    finally:
        asked.cancel()
        stuck.cancel()
