"""The engine's end of the wire in the test's own process, with a handler of a few lines."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from attrs import frozen

from semlens.engine.client.channel import Channel
from semlens.engine.client.engine_process import EngineProcess
from semlens.engine.wire.connection import Connection, Handle
from semlens.engine.wire.endpoint import Build, Endpoint
from semlens.engine.wire.handshake import (
    RPC_VERSION,
    ClientInfo,
    EngineInfo,
    greet_client,
    greet_engine,
)
from semlens.engine.wire.messages import MESSAGE_LIMIT, ProtocolError, Reader, Writer
from semlens.protocol.engine import REQUESTS
from semlens.protocol.request import Request, Requests

TOKEN = "t" * 64
ENGINE_DIR = Path("/nowhere")
ME = ClientInfo("test", os.getpid())
ENGINE = EngineInfo(os.getpid(), "1.2.3", Build((1, 2, 3), 4), RPC_VERSION)


@dataclass
class Served:
    """A server of a few lines in this process, and its connections."""

    port: int
    connections: list[Connection]

    async def connect(self, token: str = TOKEN) -> tuple[Reader, Writer, EngineInfo]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=MESSAGE_LIMIT)
        try:
            return reader, writer, await greet_engine(reader, writer, token, ME)
        except BaseException:
            writer.close()
            raise

    @contextlib.asynccontextmanager
    async def channel(self, on_notification: Callable[..., None] = lambda *_: None) -> AsyncIterator[Channel]:
        reader, writer, engine = await self.connect()
        endpoint = Endpoint(self.port, TOKEN, os.getpid(), "1.2.3", time.time())
        channel = Channel(reader, writer, engine, lambda: EngineProcess.of(endpoint, ENGINE_DIR))
        channel.start(on_notification, lambda: None)
        try:
            yield channel
        finally:
            await channel.close()


@contextlib.asynccontextmanager
async def serve(handle: Handle, requests: Requests = REQUESTS) -> AsyncIterator[Served]:
    connections: list[Connection] = []

    async def accept(reader: Reader, writer: Writer) -> None:
        try:
            client = await greet_client(reader, writer, TOKEN, ENGINE)
        except (ProtocolError, OSError):
            writer.close()
            return
        connections.append(Connection(reader, writer, client, handle, requests))
        await connections[-1].serve()

    server = await asyncio.start_server(accept, "127.0.0.1", 0, limit=MESSAGE_LIMIT)
    try:
        yield Served(server.sockets[0].getsockname()[1], connections)
    finally:
        server.close()
        for connection in connections:
            connection.close()
        await asyncio.sleep(0.02)


@frozen
class Say(Request[str]):
    """A request for tests: a text, and some seconds."""

    method: ClassVar[str] = "say"
    text: str = ""
    seconds: float = 0.0


async def echo(request: Request[object], connection: Connection) -> object:
    """The text of a `Say`."""
    assert isinstance(request, Say)
    return request.text


SAY: Requests = {"say": Say}
