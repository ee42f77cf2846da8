"""Messages between the engine and its clients: one JSON object a line, over loopback TCP.

After the handshake each line is one of these:

    client → engine    {"id": 1, "method": "search", "params": {…}}    {"cancel": 1}
    engine → client    {"id": 1, "result": …}    {"id": 1, "error": {"code": …, "message": …}}
                       {"method": "progress", "params": {…}}

`semlens.protocol.engine` defines the methods, their params and their results.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping

from semlens.errors import SemlensError, by_code
from semlens.protocol.codec import encode_all
from semlens.protocol.json import JsonObject, json_bytes

MESSAGE_LIMIT = 32 * 1024 * 1024
"""Bytes in one message: far above any answer, and small enough not to fill the memory."""

BUFFER_LIMIT = 4096
"""Bytes of a line that a stream buffers before they are read. A stranger makes the engine hold twice that."""

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter


class ProtocolError(Exception):
    """The other side does not keep to the protocol; the connection is of no use."""


def encode_message(message: Mapping[str, object]) -> bytes:
    """A line of JSON. attrs values and dataclasses become objects with their fields' names."""
    return json_bytes(message, encode_all) + b"\n"


async def read_message(reader: Reader, limit: int = MESSAGE_LIMIT) -> JsonObject | None:
    """The next message of at most `limit` bytes, or None at the end of the stream.

    Raises ProtocolError for a line that is no message, and OSError.
    """
    line = await _read_line(reader, limit)
    if line is None:
        return None
    try:
        message = json.loads(line)  # and not `json_value`, which rounds large whole numbers
    except (ValueError, RecursionError) as error:
        raise ProtocolError("A message is not JSON.") from error
    if not isinstance(message, dict):
        raise ProtocolError("A message is not an object.")
    return message


async def _read_line(reader: Reader, limit: int) -> bytes | None:
    """The next line with its end, whatever the reader's own limit is; None at the end of the stream."""
    parts: list[bytes] = []
    size = 0
    while not parts or not parts[-1].endswith(b"\n"):
        try:
            parts.append(await reader.readuntil(b"\n"))
        except asyncio.IncompleteReadError:
            return None
        except asyncio.LimitOverrunError as error:
            parts.append(await reader.readexactly(error.consumed))
        size += len(parts[-1])
        if size > limit:
            raise ProtocolError("A message is too long.")
    return b"".join(parts)


def encode_error(request_id: int, error: SemlensError) -> bytes:
    """The answer to a request that failed."""
    return encode_message({"id": request_id, "error": {"code": error.code, "message": str(error)}})


def decode_error(error: object) -> SemlensError:
    """The error that the engine answered with. Raises ProtocolError if it is malformed."""
    code, sentence = (error.get("code"), error.get("message")) if isinstance(error, dict) else (None, None)
    if not isinstance(code, int) or not isinstance(sentence, str):
        raise ProtocolError("An error has no code or no message.")
    return by_code(code, sentence)
