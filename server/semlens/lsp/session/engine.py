"""The language server's view of the engine: something to ask, that may be slow or gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from semlens.errors import EngineError

Progress = Callable[[dict[str, Any]], None]


class Engine(Protocol):
    """The user's engine, started when it is first asked; `semlens.engine.client.client.EngineClient`."""

    on_notification: Callable[[str, dict[str, Any]], None]
    """Called with (method, params) of what the engine says unasked."""
    on_connection: Callable[[bool], None]
    """Called with False when the engine is lost, and True when it is back or first there."""

    async def request(
        self, method: str, params: Mapping[str, Any] | None = None, on_progress: Progress | None = None
    ) -> Any: ...

    async def close(self) -> None: ...


async def ask_engine(engine: Engine, method: str, params: Mapping[str, Any], seconds: float) -> Any:
    """The engine's answer to `method`. Raises `SemlensError`, also when it takes more than `seconds`."""
    try:
        return await asyncio.wait_for(engine.request(method, params), seconds)
    except asyncio.TimeoutError as error:
        raise EngineError(
            f"The Semlens engine did not answer within {seconds:g} s; try again, or run `semlens doctor`."
        ) from error


def start_engine_client() -> Engine:
    """A client of the user's engine; nothing is started before the first request."""
    from semlens.engine.client.client import EngineClient
    from semlens.engine.wire.endpoint import default_data_dir

    return EngineClient(default_data_dir(), "language server")
