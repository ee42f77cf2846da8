"""The wire between the engine and its clients, in one process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semlens import errors
from semlens.engine.client.channel import Channel, ConnectionLost
from semlens.engine.client.engine_process import EngineProcess
from semlens.engine.wire import rpc
from semlens.engine.wire.connection import Connection
from semlens.engine.wire.endpoint import Build, Endpoint
from semlens.types import Coverage

TOKEN = "t" * 64
ME = rpc.ClientInfo("test", os.getpid())
ENGINE = rpc.EngineInfo(os.getpid(), "1.2.3", Build((1, 2, 3), 4), rpc.RPC_VERSION)

Handle = Callable[[str, dict[str, Any], Connection], Awaitable[Any]]


@dataclass
class LastModel:
    """A server of a few lines in this process, and the clients that are connected to it."""

    port: int
    connections: list[Connection]

    async def connect(self, token: str = TOKEN) -> tuple[rpc.Reader, rpc.Writer, rpc.EngineInfo]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=rpc.MESSAGE_LIMIT)
        try:
            return reader, writer, await rpc.greet_engine(reader, writer, token, ME)
        except BaseException:
            writer.close()
            raise

    @contextlib.asynccontextmanager
    async def channel(self, on_message: Callable[..., None] = lambda *_: None) -> AsyncIterator[Channel]:
        reader, writer, engine = await self.connect()
        endpoint = Endpoint(self.port, TOKEN, os.getpid(), "1.2.3", time.time())
        channel = Channel(reader, writer, engine, lambda: EngineProcess.of(endpoint, ENGINE_DIR))
        channel.start(on_message, lambda: None)
        try:
            yield channel
        finally:
            await channel.close()


ENGINE_DIR = Path("/nowhere")


@contextlib.asynccontextmanager
async def serve(handle: Handle) -> AsyncIterator[LastModel]:
    connections: list[Connection] = []

    async def accept(reader: rpc.Reader, writer: rpc.Writer) -> None:
        try:
            client = await rpc.greet_client(reader, writer, TOKEN, ENGINE)
        except (rpc.ProtocolError, OSError):
            writer.close()
            return
        connections.append(Connection(reader, writer, client, handle))
        await connections[-1].serve()

    server = await asyncio.start_server(accept, "127.0.0.1", 0, limit=rpc.MESSAGE_LIMIT)
    try:
        yield LastModel(server.sockets[0].getsockname()[1], connections)
    finally:
        server.close()
        for connection in connections:
            connection.close()
        await asyncio.sleep(0.02)


async def echo(method: str, params: dict[str, Any], connection: Connection) -> Any:
    return {"method": method, **params}


async def eventually(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


async def test_both_sides_learn_who_the_other_is() -> None:
    async with serve(echo) as served, served.channel() as channel:
        assert channel.engine == ENGINE
        assert await channel.request("search", {"query": "ü\udcff\n"}) == {
            "method": "search",
            "query": "ü\udcff\n",
        }
        assert served.connections[0].client == ME


async def test_a_client_with_another_token_is_refused() -> None:
    async with serve(echo) as served:
        with pytest.raises(rpc.ProtocolError):
            await served.connect("wrong")
        assert not served.connections


async def test_a_client_that_skips_its_proof_is_not_served() -> None:
    async with serve(echo) as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        writer.write(rpc.encode({"semlens": 1, "nonce": "n"}) + rpc.encode({"proof": "0" * 64}))
        writer.write(rpc.encode({"id": 1, "method": "search", "params": {}}))
        said = (await reader.read()).decode().splitlines()
        assert [json.loads(line).get("id") for line in said] == [None]
        writer.close()


@pytest.mark.parametrize(
    "said", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x00" * 100_000, b"[" * 5000 + b"\n", b"[1]\n", b""]
)
async def test_a_stranger_is_disconnected(said: bytes) -> None:
    async with serve(echo) as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        writer.write(said)
        if said:
            writer.write_eof()
            with contextlib.suppress(ConnectionError):
                assert b"result" not in await reader.read()
        writer.close()
        await asyncio.sleep(0)
        assert not served.connections


@pytest.mark.parametrize(
    "answer", [{}, {"nonce": 1}, {"nonce": "n", "proof": None}, {"nonce": "n", "proof": "ü"}, None]
)
async def test_an_impostor_on_the_engines_port_learns_nothing(answer: dict[str, Any] | None) -> None:
    heard: list[bytes] = []

    async def impostor(reader: rpc.Reader, writer: rpc.Writer) -> None:
        heard.append(await reader.readline())
        if answer is not None:
            writer.write(rpc.encode(answer))
            heard.append(await reader.read())
        writer.close()

    server = await asyncio.start_server(impostor, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    with pytest.raises(rpc.ProtocolError):
        await rpc.greet_engine(reader, writer, TOKEN, ME)
    writer.close()
    server.close()
    await asyncio.sleep(0.02)
    assert set(json.loads(heard[0])) == {"semlens", "nonce"}
    assert b"".join(heard[1:]) == b""


async def test_a_proof_is_of_no_use_on_another_port_or_for_the_other_side() -> None:
    proofs = {
        rpc._proof(TOKEN, role, port, first, second)
        for role in ("engine", "client")
        for port in (1, 2)
        for first, second in (("a", "b"), ("b", "a"))
    }
    assert len(proofs) == 8


async def test_an_error_keeps_its_kind_and_its_sentence() -> None:
    async def refuse(method: str, params: dict[str, Any], connection: Connection) -> Any:
        raise errors.DiskFullError("The disk is full; free some space.")

    async with serve(refuse) as served, served.channel() as channel:
        with pytest.raises(errors.DiskFullError, match=r"^The disk is full; free some space\.$"):
            await channel.request("index", {})


async def test_an_unexpected_error_is_one_sentence_without_details() -> None:
    async def fail(method: str, params: dict[str, Any], connection: Connection) -> Any:
        raise KeyError("secret")

    async with serve(fail) as served, served.channel() as channel:
        with pytest.raises(errors.SemlensError) as raised:
            await channel.request("index", {})
        assert "\n" not in str(raised.value)
        assert "secret" not in str(raised.value)
        assert "Traceback" not in str(raised.value)


async def test_cancelling_reaches_the_handler_and_leaves_the_others_alone() -> None:
    cancelled: list[str] = []

    async def wait(method: str, params: dict[str, Any], connection: Connection) -> Any:
        try:
            await asyncio.sleep(params["seconds"])
        except asyncio.CancelledError:
            cancelled.append(method)
            raise
        return method

    async with serve(wait) as served, served.channel() as channel:
        long = asyncio.create_task(channel.request("long", {"seconds": 60}))
        short = asyncio.create_task(channel.request("short", {"seconds": 0.1}))
        await asyncio.sleep(0.05)
        long.cancel()
        assert await short == "short"
        await eventually(lambda: cancelled == ["long"])
        with pytest.raises(asyncio.CancelledError):
            await long


async def test_requests_of_a_client_that_leaves_are_cancelled() -> None:
    cancelled = asyncio.Event()

    async def wait(method: str, params: dict[str, Any], connection: Connection) -> Any:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    async with serve(wait) as served, served.channel() as channel:
        asked = asyncio.create_task(channel.request("wait", {}))
        await asyncio.sleep(0.05)
        await channel.close()
        with pytest.raises(ConnectionLost):
            await asked
        await asyncio.wait_for(cancelled.wait(), 5)


async def test_notifications_come_in_order_from_any_thread() -> None:
    async def count(method: str, params: dict[str, Any], connection: Connection) -> Any:
        for done in range(100):
            await asyncio.to_thread(connection.notify, "progress", {"done": done})
        return "done"

    heard: list[int] = []
    async with (
        serve(count) as served,
        served.channel(lambda _, params: heard.append(params["done"])) as channel,
    ):
        assert await channel.request("count", {}) == "done"
    assert heard == list(range(100))


async def test_a_value_of_semlens_is_sent_as_an_object() -> None:
    async def coverage(method: str, params: dict[str, Any], connection: Connection) -> Any:
        return {"coverage": Coverage(files=3)}

    async with serve(coverage) as served, served.channel() as channel:
        assert (await channel.request("status", {}))["coverage"]["files"] == 3


async def test_an_answer_that_is_too_large_is_an_error_and_the_connection_lives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def large(method: str, params: dict[str, Any], connection: Connection) -> Any:
        return "x" * params["size"]

    monkeypatch.setattr(rpc, "MESSAGE_LIMIT", 100_000)
    async with serve(large) as served, served.channel() as channel:
        with pytest.raises(errors.UsageError):
            await channel.request("large", {"size": 100_001})
        with pytest.raises(errors.UsageError):
            await channel.request("large", {"text": "x" * 100_001})
        assert len(await channel.request("large", {"size": 50_000})) == 50_000


@pytest.mark.parametrize(
    "line",
    [
        b"{\n",
        b"[]\n",
        b"\xff\n",
        b'{"id":"1"}\n',
        b'{"id":1,"method":2}\n',
        b'{"id":1,"method":"m","params":[]}\n',
    ],
)
async def test_a_malformed_message_ends_the_connection_and_not_the_engine(line: bytes) -> None:
    async with serve(echo) as served:
        reader, writer, _ = await served.connect()
        writer.write(line + b"\n")
        assert await reader.read() == b""
        writer.close()
        async with served.channel() as channel:
            assert await channel.request("echo", {}) == {"method": "echo"}


async def test_a_client_that_does_not_read_is_disconnected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("semlens.engine.wire.connection._UNREAD_LIMIT", 1_000_000)

    async def flood(method: str, params: dict[str, Any], connection: Connection) -> Any:
        for _ in range(200):
            connection.notify("message", {"text": "x" * 100_000})
            await asyncio.sleep(0)

    async with serve(flood) as served:
        _, writer, _ = await served.connect()
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        writer.transport.pause_reading()
        writer.write(rpc.encode({"id": 1, "method": "flood", "params": {}}))
        await eventually(lambda: any(one._writer.transport.is_closing() for one in served.connections))
        writer.transport.abort()


FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(
    st.dictionaries(
        st.text(),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(st.characters()) | FINITE,
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=10,
        ),
    )
)
def test_every_message_is_one_line_and_comes_back_equal(message: dict[str, Any]) -> None:
    async def there_and_back() -> dict[str, Any] | None:
        reader = asyncio.StreamReader(limit=rpc.MESSAGE_LIMIT)
        reader.feed_data(line)
        return await rpc.read_message(reader)

    line = rpc.encode(message)
    assert line.count(b"\n") == 1
    assert asyncio.run(there_and_back()) == message


@given(st.binary())
def test_no_line_raises_anything_but_a_protocol_error(line: bytes) -> None:
    async def read() -> None:
        reader = asyncio.StreamReader(limit=rpc.MESSAGE_LIMIT)
        reader.feed_data(line + b"\n")
        reader.feed_eof()
        with contextlib.suppress(rpc.ProtocolError):
            while await rpc.read_message(reader) is not None:
                pass

    asyncio.run(read())
