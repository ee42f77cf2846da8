"""How the engine and a client prove to each other who they are, before either says anything else.

Both know the token of the endpoint file. Each proves it by an HMAC over both sides' random values and the
port, so that a process that took over a dead engine's port learns nothing, and neither does a web page that
connects.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from semlens.engine.wire.endpoint import Build
from semlens.engine.wire.messages import ProtocolError, Reader, Writer, encode_message, read_message
from semlens.protocol.json import JsonObject

RPC_VERSION = 2
"""Bumped when an older client could not talk to this engine. 2: typed requests."""

HANDSHAKE_SECONDS = 5.0
"""How long the engine waits for a client to prove itself."""

_HANDSHAKE_LIMIT = 4096
"""Bytes in one message of the handshake."""

_NONCE_BYTES = 32


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """The engine that a client has reached."""

    pid: int
    version: str
    build: Build
    rpc: int


@dataclass(frozen=True, slots=True)
class ClientInfo:
    """The client that has reached an engine."""

    name: str
    pid: int


async def greet_engine(reader: Reader, writer: Writer, token: str, client: ClientInfo) -> EngineInfo:
    """The client's side of the handshake; raises ProtocolError if the other side is no engine of ours."""
    mine = secrets.token_hex(_NONCE_BYTES)
    port = _port(writer, "peername")
    writer.write(encode_message({"semlens": RPC_VERSION, "nonce": mine}))
    await writer.drain()
    answer = await _read_greeting(reader)
    theirs = str(answer.get("nonce"))
    if not _proves(answer, _proof(token, "engine", port, mine, theirs)):
        raise ProtocolError("The process on the engine's port is not the engine.")
    about = {"client": client.name, "pid": client.pid}
    writer.write(encode_message({"proof": _proof(token, "client", port, theirs, mine), **about}))
    await writer.drain()
    return _engine_info(answer)


async def greet_client(reader: Reader, writer: Writer, token: str, engine: EngineInfo) -> ClientInfo:
    """The engine's side of the handshake; raises ProtocolError and asyncio.TimeoutError."""
    return await asyncio.wait_for(_greet_client(reader, writer, token, engine), HANDSHAKE_SECONDS)


async def _greet_client(reader: Reader, writer: Writer, token: str, engine: EngineInfo) -> ClientInfo:
    port = _port(writer, "sockname")
    theirs = str((await _read_greeting(reader)).get("nonce"))
    mine = secrets.token_hex(_NONCE_BYTES)
    about = {
        "pid": engine.pid,
        "version": engine.version,
        "build": [list(engine.build.version), engine.build.changed_ns],
        "rpc": engine.rpc,
    }
    writer.write(
        encode_message({"nonce": mine, "proof": _proof(token, "engine", port, theirs, mine), **about})
    )
    await writer.drain()
    answer = await _read_greeting(reader)
    if not _proves(answer, _proof(token, "client", port, mine, theirs)):
        raise ProtocolError("A client does not know the token.")
    pid = answer.get("pid")
    return ClientInfo(str(answer.get("client")), pid if isinstance(pid, int) else 0)


def _port(writer: Writer, side: str) -> int:
    """The port of one side. Raises ProtocolError if the connection was reset before anything was said."""
    address = writer.get_extra_info(side)
    if address is None:
        raise ProtocolError("The other side closed the connection.")
    return int(address[1])


async def _read_greeting(reader: Reader) -> JsonObject:
    greeting = await read_message(reader, _HANDSHAKE_LIMIT)
    if greeting is None:
        raise ProtocolError("The other side closed the connection.")
    return greeting


def _engine_info(answer: JsonObject) -> EngineInfo:
    try:
        version, changed_ns = answer["build"]
        build = Build(tuple(int(part) for part in version), int(changed_ns))
        return EngineInfo(int(answer["pid"]), str(answer["version"]), build, int(answer["rpc"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ProtocolError("The engine's greeting is malformed.") from error


def _proof(token: str, role: str, port: int, first: str, second: str) -> str:
    transcript = f"semlens {role} {port} {first} {second}".encode("utf-8", "replace")
    return hmac.new(token.encode(), transcript, "sha256").hexdigest()


def _proves(answer: Mapping[str, object], expected: str) -> bool:
    proof = answer.get("proof")
    return isinstance(proof, str) and hmac.compare_digest(proof.encode("utf-8", "replace"), expected.encode())
