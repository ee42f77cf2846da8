"""A client of the engine that survives the engine's end.

If the engine was killed, got stuck or was replaced by a newer one, the client starts it again, attaches its
folders again, and sends every request without an answer again: requests are idempotent.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import evolve

from semlens.engine.client import startup
from semlens.engine.client.channel import Channel, ConnectionLost
from semlens.engine.client.model_tokens import tokens_of_environment
from semlens.engine.client.team import team_of_environment
from semlens.engine.wire import endpoint
from semlens.engine.wire.handshake import EngineInfo
from semlens.errors import EngineError, SemlensError
from semlens.protocol.engine import Attach, Configure, Detach, Ping, Shutdown
from semlens.protocol.notifications import FolderStatus, Message, Notification, Progress
from semlens.protocol.request import Answer, LongRequest, Request, decode_answer
from semlens.protocol.team import UseTeam

log = logging.getLogger(__name__)

ATTEMPTS = 4
"""After so many engines that ended while they answered a request, the request has failed."""

RECONNECT_DELAYS = (0.0, 0.2, 1.0, 5.0)
"""Seconds before each attempt to get an engine back in the background; the last one repeats."""

_progress_ids = itertools.count(1)

OnProgress = Callable[[Progress], None]
OnNotification = Callable[[Message | FolderStatus], None]


class EngineClient:
    """Asks the user's engine, and starts it if none runs."""

    def __init__(
        self, data_dir: Path, name: str = "client", launch: startup.Launch = startup.launch_engine
    ) -> None:
        """What the environment says of the team and of models' servers goes to each engine first."""
        self.on_notification: OnNotification = _ignore
        """Called on the event loop with messages for the user and with statuses of attached folders."""
        self.on_connection: Callable[[bool], None] = _ignore
        """Called with False when the engine is lost and True when it is back or first there."""
        self._data_dir = data_dir
        self._name = name
        self._launch = launch
        self._channel: Channel | None = None
        self._connecting = asyncio.Lock()
        self._team = team_of_environment()
        self._tokens = tokens_of_environment()
        self._attached: dict[str, Attach] = {}
        self._on_progress: dict[int, OnProgress] = {}
        self._background: asyncio.Task[None] | None = None
        self._closed = False

    @classmethod
    async def connect_or_start(cls, data_dir: Path, name: str = "client") -> EngineClient:
        """A connected client. Raises `EngineError`."""
        client = cls(data_dir, name)
        await client.connect()
        return client

    async def __aenter__(self) -> EngineClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def engine(self) -> EngineInfo | None:
        """The connected engine; None without a connection."""
        return self._channel.engine if self._channel is not None and self._channel.open else None

    async def connect(self) -> None:
        """Connect now, and not with the first request. Raises `EngineError`."""
        await self.request(Ping())

    async def request(self, request: Request[Answer], on_progress: OnProgress | None = None) -> Answer:
        """The engine's answer. Raises the `SemlensError` that the engine answers with, or `EngineError`.

        `on_progress` is called on the event loop with the progress of a `LongRequest`. Cancelling the
        awaiting task cancels the request in the engine.
        """
        number = next(_progress_ids)
        if on_progress is not None and isinstance(request, LongRequest):
            request = evolve(request, progress_id=number)
            self._on_progress[number] = on_progress
        try:
            answer = await self._ask(request)
        finally:
            self._on_progress.pop(number, None)
        self._remember(request)
        return answer

    async def close(self) -> None:
        """Disconnect. The engine goes on, and ends by itself once it has no client."""
        self._closed = True
        if self._background is not None:
            self._background.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._background
        if self._channel is not None:
            await self._channel.close()

    async def _ask(self, request: Request[Answer]) -> Answer:
        for _ in range(ATTEMPTS):
            try:
                channel = await self._ready_channel()
                return await channel.request(request)
            except ConnectionLost:
                log.info("the engine was lost while it answered %s", request.method)
                if request.method == Shutdown.method:
                    return decode_answer(request, None)
        remedy = startup.last_shortage(self._data_dir) or f"See {endpoint.log_file(self._data_dir)}."
        raise EngineError(
            f"The Semlens engine ended {ATTEMPTS} times while it worked on this request. {remedy}"
        )

    async def _ready_channel(self) -> Channel:
        """An open connection. Raises `EngineError`, and ConnectionLost if the connection was lost at once."""
        async with self._connecting:
            if self._closed:
                raise EngineError("This connection to the Semlens engine was closed.")
            if self._channel is None or not self._channel.open:
                self._channel = await self._new_channel()
                self.on_connection(True)
            return self._channel

    async def _new_channel(self) -> Channel:
        """A new connection, with every folder attached again."""
        channel = await startup.connect(self._data_dir, self._name, self._launch)
        channel.start(self._notified, self._on_lost)
        told = [one for one in (self._team, self._tokens) if one is not None]
        first: list[Request[Any]] = [*told, *self._attached.values()]
        try:
            for request in first:
                try:
                    await channel.request(request)
                except SemlensError as error:
                    self.on_notification(Message("error", str(error)))
        except BaseException:  # Whoever asked is cancelled, or the connection is lost again.
            await channel.close()
            raise
        return channel

    def _remember(self, request: Request[Any]) -> None:
        """Keep the team and the attached folders with their settings, for the next engine."""
        if isinstance(request, UseTeam):
            self._team = request
        elif isinstance(request, Attach):
            self._attached[request.folder] = request
        elif isinstance(request, Configure) and request.folder in self._attached:
            self._attached[request.folder] = Attach(request.folder, request.settings)
        elif isinstance(request, Detach):
            self._attached.pop(request.folder, None)

    def _notified(self, notification: Notification) -> None:
        if not isinstance(notification, Progress):
            if isinstance(notification, FolderStatus) and notification.state == "forgotten":
                self._attached.pop(notification.folder, None)  # The next engine must not index it again.
            self.on_notification(notification)
        elif notification.id in self._on_progress:
            self._on_progress[notification.id](notification)

    def _on_lost(self) -> None:
        """Get an engine back if a folder is attached: it stays watched and indexed even if nobody asks."""
        if self._closed:
            return
        self.on_connection(False)
        if self._attached and (self._background is None or self._background.done()):
            self._background = asyncio.get_running_loop().create_task(self._reconnect())

    async def _reconnect(self) -> None:
        for delay in itertools.chain(RECONNECT_DELAYS, itertools.repeat(RECONNECT_DELAYS[-1])):
            await asyncio.sleep(delay)
            try:
                await self._ready_channel()
                return
            except ConnectionLost:
                continue
            except EngineError as error:
                self.on_notification(Message("error", str(error)))


def _ignore(*_: object) -> None:
    """The default listener."""
