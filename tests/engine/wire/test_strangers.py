"""Who does not know the token can neither grow the engine nor keep its clients out."""

from __future__ import annotations

import asyncio
import socket

import psutil
import pytest

from semlens.engine.wire import endpoint
from support.echo_engine import Echo
from support.echo_engines import Engines

MEGABYTE = 1 << 20
CONNECTIONS = 31
SENT = 16 * MEGABYTE
"""Bytes that each connection tries to send."""


def flood(port: int, data: bytes) -> list[socket.socket]:
    """Connections that have sent as much of `data` as the engine takes."""
    connections = []
    for _ in range(CONNECTIONS):
        connection = socket.create_connection((endpoint.HOST, port))
        connection.settimeout(0.2)
        connections.append(connection)
        sent = 0
        try:
            while sent < SENT:
                sent += connection.send(data)
        except OSError:  # the engine takes no more, or has closed the connection
            continue
    return connections


@pytest.mark.parametrize("data", [b"x" * MEGABYTE, b'{"nonce": "' + b"x" * MEGABYTE, b"{}" + b" " * MEGABYTE])
async def test_strangers_do_not_grow_the_engine(engines: Engines, data: bytes) -> None:
    async with engines.client() as client:
        await client.connect()
        found = endpoint.read(engines.data_dir)
        assert found is not None and client.engine is not None
        process = psutil.Process(client.engine.pid)
        before = process.memory_info().rss
        connections = await asyncio.to_thread(flood, found.port, data)
        assert process.memory_info().rss - before < 20 * MEGABYTE
        await client.connect()
        async with engines.client("another") as other:
            await other.connect()
        for connection in connections:
            connection.close()


async def test_a_long_message_of_a_client_comes_whole(engines: Engines) -> None:
    text = "grüße " * 500_000
    async with engines.client() as client:
        assert (await client.request(Echo(text))).text == text
