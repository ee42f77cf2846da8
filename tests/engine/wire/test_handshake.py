"""Before anything is said, each side proves to the other that it knows the token."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

import pytest

from semlens.engine.wire import handshake
from semlens.engine.wire.handshake import greet_engine
from semlens.engine.wire.messages import ProtocolError, Reader, Writer, encode_message
from support.wire_server import ENGINE, ME, SAY, TOKEN, Say, echo, serve


async def test_both_sides_learn_who_the_other_is() -> None:
    async with serve(echo, SAY) as served, served.channel() as channel:
        assert channel.engine == ENGINE
        assert await channel.request(Say("ü\udcff\n")) == "ü\udcff\n"
        assert served.connections[0].client == ME


async def test_a_client_with_another_token_is_refused() -> None:
    async with serve(echo, SAY) as served:
        with pytest.raises(ProtocolError):
            await served.connect("wrong")
        assert not served.connections


async def test_a_client_that_skips_its_proof_is_not_served() -> None:
    async with serve(echo, SAY) as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        writer.write(encode_message({"semlens": 1, "nonce": "n"}) + encode_message({"proof": "0" * 64}))
        writer.write(encode_message({"id": 1, "method": "search", "params": {}}))
        said = (await reader.read()).decode().splitlines()
        assert [json.loads(line).get("id") for line in said] == [None]
        writer.close()


@pytest.mark.parametrize(
    "said", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x00" * 100_000, b"[" * 5000 + b"\n", b"[1]\n", b""]
)
async def test_a_stranger_is_disconnected(said: bytes) -> None:
    async with serve(echo, SAY) as served:
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

    async def impostor(reader: Reader, writer: Writer) -> None:
        heard.append(await reader.readline())
        if answer is not None:
            writer.write(encode_message(answer))
            heard.append(await reader.read())
        writer.close()

    server = await asyncio.start_server(impostor, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    with pytest.raises(ProtocolError):
        await greet_engine(reader, writer, TOKEN, ME)
    writer.close()
    server.close()
    await asyncio.sleep(0.02)
    assert set(json.loads(heard[0])) == {"semlens", "nonce"}
    assert b"".join(heard[1:]) == b""


async def test_a_proof_is_of_no_use_on_another_port_or_for_the_other_side() -> None:
    proofs = {
        handshake._proof(TOKEN, role, port, first, second)
        for role in ("engine", "client")
        for port in (1, 2)
        for first, second in (("a", "b"), ("b", "a"))
    }
    assert len(proofs) == 8


async def test_a_connection_that_is_reset_at_once_is_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serve(echo, SAY) as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        # So it is where the reset came before the socket was asked for its addresses.
        monkeypatch.setattr(writer, "get_extra_info", lambda name: None)
        with pytest.raises(ProtocolError, match="closed the connection"):
            await greet_engine(reader, writer, TOKEN, ME)
        writer.close()
