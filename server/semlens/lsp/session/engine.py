"""The language server's view of the engine: it answers requests, and may be slow or gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from semlens.errors import EngineError
from semlens.protocol.notifications import FolderStatus, Message, Progress
from semlens.protocol.request import Answer, Request


class Engine(Protocol):
    """The user's engine, started by the first request; `semlens.engine.client.client.EngineClient`."""

    on_notification: Callable[[Message | FolderStatus], None]
    """Called with messages for the user and with statuses of attached folders."""
    on_connection: Callable[[bool], None]
    """Called with False when the engine is lost, and True when it is back or first there."""

    async def request(
        self, request: Request[Answer], on_progress: Callable[[Progress], None] | None = None
    ) -> Answer:
        """The engine's answer. Raises `SemlensError`."""

    async def close(self) -> None:
        """Disconnect; the engine goes on for other clients."""


async def ask_engine(engine: Engine, request: Request[Answer], seconds: float) -> Answer:
    """The engine's answer. Raises `SemlensError`, also if there is none within `seconds`."""
    try:
        return await asyncio.wait_for(engine.request(request), seconds)
    except asyncio.TimeoutError as error:
        raise EngineError(
            f"The Semlens engine did not answer within {seconds:g} s; try again, or run `semlens doctor`."
        ) from error


def start_engine_client() -> Engine:
    """A client of the user's engine; nothing is started before the first request."""
    from semlens.engine.client.client import EngineClient
    from semlens.engine.wire.endpoint import default_data_dir

    return EngineClient(default_data_dir(), "language server")
