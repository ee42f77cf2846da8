"""One client as the engine sees it: its requests run side by side, and each gets one answer."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from semlens.engine.wire import messages
from semlens.engine.wire.handshake import ClientInfo
from semlens.engine.wire.messages import ProtocolError, encode_error, encode_message
from semlens.errors import Cancelled, SemlensError, UsageError, shortage_of
from semlens.protocol.agents import ENGINE_REQUESTS
from semlens.protocol.json import JsonObject
from semlens.protocol.notifications import Notification, method_of
from semlens.protocol.request import Request, Requests, decode_request

log = logging.getLogger(__name__)

_UNREAD_LIMIT = messages.MESSAGE_LIMIT + 16 * 1024 * 1024
"""Bytes that a client may leave unread before it counts as stuck and is disconnected: one answer and more."""

_ids = itertools.count(1)

Handle = Callable[[Request[Any], "Connection"], Awaitable[object]]
"""Gives the answer to a request of a client; raises `SemlensError` if there is none."""


class Connection:
    """A connected client that has proven itself.

    `handle` answers each request; `requests` are those that it knows.
    """

    def __init__(
        self,
        reader: messages.Reader,
        writer: messages.Writer,
        client: ClientInfo,
        handle: Handle,
        requests: Requests = ENGINE_REQUESTS,
    ) -> None:
        self.id = next(_ids)
        self.client = client
        self._reader = reader
        self._writer = writer
        self._handle = handle
        self._requests = requests
        self._loop = asyncio.get_running_loop()
        self._running: dict[int, asyncio.Task[None]] = {}

    def notify(self, notification: Notification) -> None:
        """Send a notification, from any thread; it is dropped if the client is gone."""
        message = encode_message({"method": method_of(notification), "params": notification})
        if _runs_on(self._loop):
            self._send(message)
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._send, message)

    async def serve(self) -> None:
        """Read requests until the client leaves, then cancel its open requests."""
        try:
            while (message := await messages.read_message(self._reader)) is not None:
                self._receive(message)
        except (ProtocolError, OSError) as error:
            log.info("%s disconnected: %s", self, error)
        finally:
            await self._cancel_all()
            self._writer.close()

    def close(self) -> None:
        """Disconnect after sending what is buffered; the client asks its open requests again."""
        self._writer.close()

    def __str__(self) -> str:
        return f"client {self.id} ({self.client.name}, process {self.client.pid})"

    def _receive(self, message: JsonObject) -> None:
        if "cancel" in message:
            cancelled = message["cancel"]
            task = self._running.get(cancelled) if isinstance(cancelled, int) else None
            if task is not None:
                task.cancel()
            return
        number, method, params = message.get("id"), message.get("method"), message.get("params", {})
        if not isinstance(number, int) or not isinstance(method, str) or not isinstance(params, dict):
            raise ProtocolError("A message is not a request.")
        if number in self._running:
            raise ProtocolError("A request's id is in use.")
        task = self._loop.create_task(self._answer(number, method, params), name=f"{method} {number}")
        self._running[number] = task
        task.add_done_callback(lambda _: self._running.pop(number, None))

    async def _answer(self, number: int, method: str, params: JsonObject) -> None:
        try:
            result = await self._handle(decode_request(method, params, self._requests), self)
            answer = encode_message({"id": number, "result": result})
            if len(answer) > messages.MESSAGE_LIMIT:
                raise UsageError("The answer is too large; ask for less at once.")
        except asyncio.CancelledError:
            answer = encode_error(number, Cancelled())
        except SemlensError as error:
            answer = encode_error(number, error)
        except Exception as error:
            log.exception("%s failed for %s", method, self)
            short = shortage_of(error)
            sentence = f"The engine failed to answer ({method}: {type(error).__name__}); its log says more."
            answer = encode_error(number, short or SemlensError(sentence))
        self._send(answer)

    def _send(self, message: bytes) -> None:
        transport = self._writer.transport
        if transport.is_closing():
            return
        if transport.get_write_buffer_size() > _UNREAD_LIMIT:
            log.warning("%s does not read its messages; it is disconnected", self)
            transport.abort()
            return
        self._writer.write(message)

    async def _cancel_all(self) -> None:
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _runs_on(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False
