"""What the engine and the encoder say to each other: frames over two pipes.

A frame is a JSON header and raw bytes (vectors, little-endian float32), each with its length in
front. Engine to encoder: one header that says what to load, then requests `{id, query, texts}`, for
a cross-encoder `{id, question, texts, seconds}`, and `{cancel: id}`. Encoder to engine: `{ready}`
or `{failed}`, then for each request `{id, done}` as a sign of life, and `{id, rows, dim}` with the
vectors or `{id, error}`.
"""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

_LENGTHS = struct.Struct("<II")
_MOST_BYTES = 1 << 30
"""Of either part: more than this is noise on the pipe, not a frame."""


def write_frame(pipe: BinaryIO, header: dict[str, Any], body: bytes | memoryview = b"") -> None:
    """Raises OSError when the other side is gone. Callers must not overlap."""
    encoded = json.dumps(header).encode()
    pipe.write(_LENGTHS.pack(len(encoded), len(body)))
    pipe.write(encoded)
    pipe.write(body)
    pipe.flush()


def read_frame(pipe: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """The next frame, or None at the end of the pipe, also when it ends within a frame.

    Raises ValueError on bytes that are no frame.
    """
    lengths = _read(pipe, _LENGTHS.size)
    if lengths is None:
        return None
    header_bytes, body_bytes = _LENGTHS.unpack(lengths)
    if max(header_bytes, body_bytes) > _MOST_BYTES:
        raise ValueError("not a frame")
    header = _read(pipe, header_bytes)
    body = _read(pipe, body_bytes)
    if header is None or body is None:
        return None
    parsed = json.loads(header)
    if not isinstance(parsed, dict):
        raise ValueError("not a frame")
    return parsed, body


def _read(pipe: BinaryIO, size: int) -> bytes | None:
    data = pipe.read(size)
    return data if len(data) == size else None
