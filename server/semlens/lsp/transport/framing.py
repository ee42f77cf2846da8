"""Read and write messages with `Content-Length` headers on byte streams.

Reading and writing have their own threads, so that a busy handler blocks neither and the end of input is
noticed at once. Malformed headers are skipped up to the next valid one. The case of the header and its
line ends do not matter.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import BinaryIO

MAX_BODY = 256 * 1024 * 1024
"""Bytes. A longer message is skipped without being kept in memory."""

_LENGTH = re.compile(rb"content-length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r?\n?\Z", re.IGNORECASE)
_LINE = 1 << 20
_PIECE = 1 << 20


def read_frame(stream: BinaryIO) -> bytes | None:
    """The body of the next message; None at the end of input, b"" for a message above `MAX_BODY`."""
    length: int | None = None
    while line := stream.readline(_LINE):
        found = _LENGTH.search(line)
        if found:
            length = int(found[1])
        elif not line.strip() and length is not None:
            return _read_body(stream, length)
    return None


def read_frames(stream: BinaryIO, deliver: Callable[[bytes], None], ended: Callable[[], None]) -> None:
    """Start a thread that calls `deliver` with each body, and `ended` at the end of input."""

    def read() -> None:
        try:
            while (body := read_frame(stream)) is not None:
                deliver(body)
        except (OSError, ValueError, RuntimeError):
            pass  # the stream or the loop was closed: the end of input as well
        ended()

    threading.Thread(target=read, name="reader", daemon=True).start()


def frame(body: bytes) -> bytes:
    """A message: the header and `body`."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


class FrameWriter:
    """Writes whole messages in order on its own thread. Calls `broken` if the stream fails."""

    def __init__(self, stream: BinaryIO, broken: Callable[[], None]) -> None:
        self._stream = stream
        self._broken = broken
        self._queue: SimpleQueue[bytes | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def write(self, body: bytes) -> None:
        self._queue.put(frame(body))

    def close(self, timeout: float = 0.3) -> None:
        """Write the waiting messages, for `timeout` seconds at most."""
        self._queue.put(None)
        self._thread.join(timeout)

    def _run(self) -> None:
        while (data := self._queue.get()) is not None:
            try:
                self._stream.write(data)
                self._stream.flush()
            except (OSError, ValueError):
                self._broken()
                return


def _read_body(stream: BinaryIO, length: int) -> bytes | None:
    if length <= MAX_BODY:
        body = stream.read(length)
        return body if len(body) == length else None
    while length:
        piece = stream.read(min(length, _PIECE))
        if not piece:
            return None
        length -= len(piece)
    return b""
