"""Messages between the engine and its clients: one JSON object a line, over loopback TCP.

Nothing is said before both sides have proven that they know the endpoint's token, each by an HMAC over
both sides' random values and the port: a process that took over a dead engine's port learns nothing,
and neither does a web page that connects. Then:

    client → engine    {"id": 1, "method": "search", "params": {…}}    {"cancel": 1}
    engine → client    {"id": 1, "result": …}    {"id": 1, "error": {"code": …, "message": …}}
                       {"method": "progress", "params": {…}}
"""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from semlens.engine.wire.endpoint import Build
from semlens.protocol.json import json_bytes

RPC_VERSION = 1
"""Bumped when an older client could not talk to this engine."""

MESSAGE_LIMIT = 32 * 1024 * 1024
"""Bytes in one message: far above any answer, and small enough not to fill the memory."""

HANDSHAKE_SECONDS = 5.0
"""How long the engine waits for a client to prove itself."""

_HANDSHAKE_LIMIT = 4096
_NONCE_BYTES = 32


class ProtocolError(Exception):
    """The other side is not what it should be; the connection is of no use."""


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What an engine says of itself once it has proven itself."""

    pid: int
    version: str
    build: Build
    rpc: int


@dataclass(frozen=True, slots=True)
class ClientInfo:
    """What a client says of itself."""

    name: str
    pid: int


Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter


def encode(message: Mapping[str, Any]) -> bytes:
    """A line of JSON; the values of `semlens.types` become objects."""
    return json_bytes(message, _plain) + b"\n"


async def read_message(reader: Reader, limit: int = MESSAGE_LIMIT) -> dict[str, Any] | None:
    """The next message, or None at the end; raises ProtocolError for what is none, and OSError.

    The reader's own limit must be `MESSAGE_LIMIT`.
    """
    try:
        line = await reader.readuntil(b"\n")
    except asyncio.IncompleteReadError:
        return None
    except asyncio.LimitOverrunError as error:
        raise ProtocolError("A message is too long.") from error
    if len(line) > limit:
        raise ProtocolError("A message is too long.")
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("A message is not JSON.") from error
    if not isinstance(message, dict):
        raise ProtocolError("A message is not an object.")
    return message


async def greet_engine(reader: Reader, writer: Writer, token: str, client: ClientInfo) -> EngineInfo:
    """The client's side of the handshake; raises ProtocolError if the other side is no engine of ours."""
    mine = secrets.token_hex(_NONCE_BYTES)
    port = writer.get_extra_info("peername")[1]
    writer.write(encode({"semlens": RPC_VERSION, "nonce": mine}))
    await writer.drain()
    answer = await _read_greeting(reader)
    theirs = str(answer.get("nonce"))
    if not _proves(answer, _proof(token, "engine", port, mine, theirs)):
        raise ProtocolError("The process on the engine's port is not the engine.")
    about = {"client": client.name, "pid": client.pid}
    writer.write(encode({"proof": _proof(token, "client", port, theirs, mine), **about}))
    await writer.drain()
    return _engine_info(answer)


async def greet_client(reader: Reader, writer: Writer, token: str, engine: EngineInfo) -> ClientInfo:
    """The engine's side of the handshake; raises ProtocolError and asyncio.TimeoutError."""
    return await asyncio.wait_for(_greet_client(reader, writer, token, engine), HANDSHAKE_SECONDS)


async def _greet_client(reader: Reader, writer: Writer, token: str, engine: EngineInfo) -> ClientInfo:
    port = writer.get_extra_info("sockname")[1]
    theirs = str((await _read_greeting(reader)).get("nonce"))
    mine = secrets.token_hex(_NONCE_BYTES)
    about = {
        "pid": engine.pid,
        "version": engine.version,
        "build": [list(engine.build.version), engine.build.changed_ns],
        "rpc": engine.rpc,
    }
    writer.write(encode({"nonce": mine, "proof": _proof(token, "engine", port, theirs, mine), **about}))
    await writer.drain()
    answer = await _read_greeting(reader)
    if not _proves(answer, _proof(token, "client", port, mine, theirs)):
        raise ProtocolError("A client does not know the token.")
    pid = answer.get("pid")
    return ClientInfo(str(answer.get("client")), pid if isinstance(pid, int) else 0)


async def _read_greeting(reader: Reader) -> dict[str, Any]:
    greeting = await read_message(reader, _HANDSHAKE_LIMIT)
    if greeting is None:
        raise ProtocolError("The other side closed the connection.")
    return greeting


def _engine_info(answer: Mapping[str, Any]) -> EngineInfo:
    try:
        version, changed_ns = answer["build"]
        build = Build(tuple(int(part) for part in version), int(changed_ns))
        return EngineInfo(int(answer["pid"]), str(answer["version"]), build, int(answer["rpc"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ProtocolError("The engine's greeting is malformed.") from error


def _plain(value: object) -> object:
    """The values of `semlens.types` as JSON objects; what is in them comes here in its turn."""
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: getattr(value, item.name) for item in fields(value)}
    raise TypeError(f"{type(value).__name__} cannot be sent")


def _proof(token: str, role: str, port: int, first: str, second: str) -> str:
    transcript = f"semlens {role} {port} {first} {second}".encode("utf-8", "replace")
    return hmac.new(token.encode(), transcript, "sha256").hexdigest()


def _proves(answer: Mapping[str, Any], expected: str) -> bool:
    proof = answer.get("proof")
    return isinstance(proof, str) and hmac.compare_digest(proof.encode("utf-8", "replace"), expected.encode())
