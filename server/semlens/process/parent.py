"""The parent process as its child sees it: requests come in over stdin, answers go out over stdout."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from semlens.errors import SemlensError
from semlens.process.pipes import NOTHING, Fields, Payload, claim_pipes, read_message, write_message


@dataclass(frozen=True, slots=True)
class Request:
    """One request of the parent. It is owed one answer or one error, unless it is cancelled."""

    number: int
    method: str
    payload: Payload


class Parent:
    """Takes requests and sends answers. Safe for many threads.

    A thread always reads, so that the parent never waits to send. When the parent closes its end of
    the pipe or dies, that thread ends this process at once, whatever the other threads are doing.
    """

    def __init__(self) -> None:
        """Claim stdin and stdout: what libraries print goes to stderr from now on."""
        self._source, self._sink = claim_pipes()
        self._requests: SimpleQueue[Request] = SimpleQueue()
        self._writing = threading.Lock()
        self._lock = threading.Lock()
        self._open: set[int] = set()
        self._cancelled: set[int] = set()
        threading.Thread(target=self._listen, name="parent", daemon=True).start()

    def next(self) -> Request:
        """The next request; waits for one."""
        return self._requests.get()

    def next_if_any(self) -> Request | None:
        """The next request, or None if none has arrived."""
        try:
            return self._requests.get_nowait()
        except Empty:
            return None

    def is_cancelled(self, request: Request) -> bool:
        """Whether the parent no longer wants an answer; once this is true, send none."""
        with self._lock:
            cancelled = request.number in self._cancelled
            if cancelled:
                self._settle(request)
            return cancelled

    def report(self, request: Request, progress: Any) -> None:
        """Send a JSON value that says how far a request is; this is also a sign of life. Raises OSError."""
        self._send({"id": request.number, "progress": progress})

    def answer(self, request: Request, payload: Payload = NOTHING) -> None:
        """Send the answer to a request. Raises OSError when the parent is gone."""
        with self._lock:
            self._settle(request)
        self._send({"id": request.number, "result": payload.value}, payload.body)

    def refuse(self, request: Request, error: SemlensError) -> None:
        """Send an error in place of an answer. Raises OSError when the parent is gone."""
        with self._lock:
            self._settle(request)
        self._send({"id": request.number, "error": {"code": error.code, "message": str(error)}})

    def _settle(self, request: Request) -> None:
        self._open.discard(request.number)
        self._cancelled.discard(request.number)

    def _send(self, fields: Fields, body: bytes | memoryview = b"") -> None:
        with self._writing:
            write_message(self._sink, fields, body)

    def _listen(self) -> None:
        try:
            while (message := read_message(self._source)) is not None:
                self._take(*message)
        finally:  # Also if what came is no message: a process that no longer listens is of no use.
            sys.stderr.flush()
            os._exit(0)

    def _take(self, fields: Fields, body: bytes) -> None:
        with self._lock:
            if "cancel" in fields:
                self._cancelled.update(number for number in self._open if number == fields["cancel"])
                return
            request = Request(fields["id"], fields["method"], Payload(fields["params"], body))
            self._open.add(request.number)
        self._requests.put(request)


def serve_parent(run: Callable[[Parent], object]) -> None:
    """Run a child process: `run` answers until the parent is gone, which ends the process."""
    try:
        run(Parent())
    except (OSError, KeyboardInterrupt):
        os._exit(1)
    finally:
        sys.stderr.flush()
