"""The messages between a parent process and its child: a line of JSON each, with bytes behind it if need be.

    parent → child    {"id": 1, "method": "encode", "params": …}    {"cancel": 1}
    child → parent    {"id": 1, "progress": …}
                      {"id": 1, "result": …}    {"id": 1, "error": {"code": …, "message": …}}

These are the lines that the engine and its clients exchange over a socket. What JSON would only make
larger and slower, such as vectors, follows the line as raw bytes, and the line then says how many:
`{"id": 1, "result": …, "body": 1536}`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from semlens.protocol.codec import encode_all
from semlens.protocol.json import json_bytes, json_value

LINE_LIMIT = 256 << 20
"""Bytes of a line. A longer one is noise, not a message."""

BODY_LIMIT = 1 << 30
"""Bytes of a body. A line that announces more is noise."""


Fields = dict[str, Any]
"""The JSON object of a message."""


@dataclass(frozen=True, slots=True)
class Payload:
    """What a request asks or an answer says: a JSON value, and raw bytes beside it."""

    value: Any = None
    body: bytes | memoryview = b""


NOTHING = Payload()


def write_message(pipe: BinaryIO, fields: Mapping[str, Any], body: bytes | memoryview = b"") -> None:
    """Send one message. Two calls for one pipe must not overlap.

    :param fields: a JSON object, whose values may also be dataclasses and attrs values; the key "body" is
        reserved.
    :param body: raw bytes to send behind it.
    :raises OSError: the other side is gone.
    :raises TypeError: `fields` holds any other value.
    """
    size = memoryview(body).nbytes
    pipe.write(json_bytes({**fields, "body": size} if size else fields, encode_all) + b"\n")
    if size:
        pipe.write(body)
    pipe.flush()


def read_message(pipe: BinaryIO) -> tuple[Fields, bytes] | None:
    """The next message's fields and body, or None at the end of the pipe, even in the middle of a message.

    :raises ValueError: the bytes are no message.
    """
    first = pipe.read(1)
    if not first:
        return None
    if first != b"{":
        raise ValueError("not a message")
    line = first + pipe.readline(LINE_LIMIT)
    if not line.endswith(b"\n"):
        if len(line) > LINE_LIMIT:
            raise ValueError("not a message: its line is too long")
        return None
    fields: Fields = json_value(line)
    size = fields.pop("body", 0)
    if type(size) is not int or not 0 <= size <= BODY_LIMIT:
        raise ValueError("not a message: the size of its body is impossible")
    body = pipe.read(size) if size else b""
    return (fields, body) if len(body) == size else None


def claim_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Take stdin and stdout away from everybody else in this process: the streams to read and to write.

    Prints, also those of C libraries, go to stderr from now on. Whoever reads stdin, also a child that
    inherits it, finds it empty.
    """
    source, sink = os.dup(0), os.dup(1)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(source, os.O_BINARY)
        msvcrt.setmode(sink, os.O_BINARY)
    return os.fdopen(source, "rb"), os.fdopen(sink, "wb")
