"""One connection to one engine: requests out, answers and notifications in, silence noticed."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from semlens.engine.wire import messages
from semlens.engine.wire.handshake import EngineInfo
from semlens.engine.wire.messages import ProtocolError, decode_error, encode_message
from semlens.errors import EngineError, UsageError
from semlens.protocol.engine import Ping
from semlens.protocol.json import JsonObject
from semlens.protocol.notifications import Notification, decode_notification
from semlens.protocol.request import Answer, Request, decode_answer

if TYPE_CHECKING:
    from semlens.engine.client.engine_process import EngineProcess

log = logging.getLogger(__name__)

QUIET_SECONDS = 0.4
"""After so long without a message, an engine that owes an answer is sent a ping."""

T = TypeVar("T")
OnNotification = Callable[[Notification], None]


class ConnectionLost(Exception):
    """The engine is gone; requests without an answer may be asked again."""


class Channel:
    """A connection to an engine that has proven itself."""

    def __init__(
        self,
        reader: messages.Reader,
        writer: messages.Writer,
        engine: EngineInfo,
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

    def start(self, on_notification: OnNotification, on_lost: Callable[[], None]) -> None:
        """Begin to read; `on_lost` is called once if the engine goes away before `close`."""
        loop = asyncio.get_running_loop()
        self._tasks = [
            loop.create_task(self._read(on_notification, on_lost)),
            loop.create_task(self._watch()),
        ]

    async def request(self, request: Request[Answer]) -> Answer:
        """The answer to a request. Raises the `SemlensError` that the engine answers with, or ConnectionLost.

        Cancelling the awaiting task cancels the request in the engine.
        """
        number = next(self._ids)
        message = encode_message({"id": number, "method": request.method, "params": request})
        if len(message) > messages.MESSAGE_LIMIT:
            raise UsageError("The request is too large; ask about less at once.")
        if not self.open:
            raise ConnectionLost
        answer = asyncio.get_running_loop().create_future()
        if not self._pending:
            self._heard = time.monotonic()
        self._pending[number] = answer
        try:
            self._writer.write(message)
            return decode_answer(request, await answer)
        except asyncio.CancelledError:
            if self.open:
                self._writer.write(encode_message({"cancel": number}))
            raise
        finally:
            self._pending.pop(number, None)

    async def close(self) -> None:
        """Disconnect; pending requests end with ConnectionLost."""
        self._end()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._writer.transport.abort()  # an engine that is stuck would never take what is left to send

    async def _read(self, on_notification: OnNotification, on_lost: Callable[[], None]) -> None:
        try:
            while (message := await messages.read_message(self._reader)) is not None:
                self._heard = time.monotonic()
                self._receive(message, on_notification)
        except (ProtocolError, OSError) as error:
            log.info("the connection to the engine failed: %s", error)
        self._end()
        on_lost()

    def _receive(self, message: JsonObject, on_notification: OnNotification) -> None:
        if "method" in message:
            try:
                notification = decode_notification(str(message["method"]), message.get("params", {}))
                if notification is not None:
                    on_notification(notification)
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
            answer.set_exception(decode_error(error))

    def _end(self) -> None:
        self.open = False
        self._writer.close()
        for answer in self._pending.values():
            if not answer.done():
                answer.set_exception(ConnectionLost())

    async def _watch(self) -> None:
        """End an engine that is stuck while it owes an answer, so that its lock is free for another one."""
        while self.open:
            await asyncio.sleep(QUIET_SECONDS / 2)
            if not self._pending or time.monotonic() - self._heard < QUIET_SECONDS:
                continue
            try:
                await answered_or_ended(self.request(Ping()), self._find_owner())
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
