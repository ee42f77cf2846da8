"""A child process as its parent sees it: requests go out, answers come back, and its end is noticed.

Every request ends with an answer, an error, or `ChildEnded`. A child that owes an answer and stays
silent too long is killed; a child without requests may be ended after a while, to free its memory.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, BinaryIO

from semlens.errors import SemlensError, by_code
from semlens.process.pipes import NOTHING, Fields, Payload, read_message, write_message

GRACE_SECONDS = 0.5
"""How long a child may take to end once its stdin is closed. Then it is killed."""


class ChildEnded(Exception):
    """The child process ended before it answered."""

    def __init__(self, status: int | None, stuck: bool = False, oldest: bool = False) -> None:
        super().__init__(f"the process ended (status {status})")
        self.status = status
        """The exit status, negative for a signal; None if the child is about to end."""
        self.stuck = stuck
        """Whether the child was killed because it stayed silent."""
        self.oldest = oldest
        """Whether the failed request was the child's oldest, so that the child may have died of it."""


@dataclass(frozen=True, slots=True)
class _Pending:
    """A request without an answer yet."""

    future: Future[Payload]
    on_progress: Callable[[Any], None] | None


class Child:
    """One child process. Safe for many threads; `close` it at the end.

    Two threads serve it: one reads the answers and calls the callbacks, one watches the time.
    """

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        on_end: Callable[[Child], None] = lambda child: None,
        idle_seconds: float | None = None,
        stuck_seconds: float | None = None,
    ) -> None:
        """Take charge of a process that `start_child` has started.

        :param on_end: called once, from another thread and perhaps before this returns, when the process
            has ended for any reason; requests without an answer fail after it. It must not raise.
        :param idle_seconds: end the process after this long without a request; None for never.
        :param stuck_seconds: kill the process when it owes an answer and says nothing for this long.
        """
        self.pid = process.pid
        self._process = process
        self._on_end = on_end
        self._idle_seconds, self._stuck_seconds = idle_seconds, stuck_seconds
        self._writing = threading.Lock()
        self._lock = threading.Lock()
        """Guards the fields below. Whoever holds both locks has taken `_writing` first."""
        self._pending: dict[int, _Pending] = {}
        self._number = 0
        self._last_sign = time.monotonic()
        self._closing = False
        self._stuck = False
        self._ended = threading.Event()
        self._changed = threading.Event()
        """Wakes the watching thread: the first request has come, or the last answer, or the end."""
        threading.Thread(target=self._read, name=f"child {self.pid}", daemon=True).start()
        if idle_seconds is not None or stuck_seconds is not None:
            threading.Thread(target=self._watch, name=f"watch child {self.pid}", daemon=True).start()

    @property
    def alive(self) -> bool:
        """Whether the process takes requests."""
        return not self._ended.is_set() and not self._closing

    @property
    def closing(self) -> bool:
        """Whether this side has ended the process: by `close`, or because it was idle."""
        return self._closing

    @property
    def status(self) -> int | None:
        """The exit status of the process, negative for a signal; None while it runs."""
        return self._process.returncode

    def ask(
        self,
        method: str,
        payload: Payload = NOTHING,
        on_progress: Callable[[Any], None] | None = None,
    ) -> Future[Payload]:
        """Send a request; it waits in the child until the child is ready for it.

        Blocks while the child does not read its stdin. Cancel the future to tell the child that the
        answer is no longer wanted.

        :param on_progress: called from the reading thread with each report of progress; must not raise.
        :return: the answer; fails with the `SemlensError` that the child has sent, or with `ChildEnded`.
        :raises ChildEnded: the process has ended or is being ended.
        :raises TypeError: `payload` holds a value that JSON has not.
        """
        future: Future[Payload] = Future()
        with self._writing:
            number = self._register(_Pending(future, on_progress))
            try:
                self._write({"id": number, "method": method, "params": payload.value}, payload.body)
            except TypeError:
                self._forget(number)
                raise
        future.add_done_callback(lambda done: self._cancel(number) if done.cancelled() else None)
        return future

    def kill(self) -> None:
        """End the process by force; returns at once."""
        self._process.kill()

    def close(self) -> None:
        """End the process: close its stdin, and kill it if it has not ended soon after."""
        with self._lock:
            self._closing = True
        if self._writing.acquire(timeout=GRACE_SECONDS):
            with suppress(OSError):
                self._stdin.close()
            self._writing.release()
        else:
            self._process.kill()  # It has stopped reading.
        self._reap()
        self._ended.wait(GRACE_SECONDS)

    @property
    def _stdin(self) -> BinaryIO:
        assert self._process.stdin is not None
        return self._process.stdin  # type: ignore[return-value]

    @property
    def _stdout(self) -> BinaryIO:
        assert self._process.stdout is not None
        return self._process.stdout  # type: ignore[return-value]

    def _register(self, pending: _Pending) -> int:
        with self._lock:
            if not self.alive:
                raise ChildEnded(self.status, self._stuck)
            self._number += 1
            if not self._pending:
                self._last_sign = time.monotonic()
                self._changed.set()
            self._pending[self._number] = pending
            return self._number

    def _forget(self, number: int) -> _Pending | None:
        with self._lock:
            pending = self._pending.pop(number, None)
            if not self._pending:
                self._changed.set()
            return pending

    def _cancel(self, number: int) -> None:
        if self._forget(number) is not None:
            with self._writing:
                self._write({"cancel": number})

    def _write(self, fields: Fields, body: bytes | memoryview = b"") -> None:
        # The reading thread notices a process that is gone, and fails every request.
        with suppress(OSError, ValueError):
            write_message(self._stdin, fields, body)

    def _read(self) -> None:
        try:
            while (message := read_message(self._stdout)) is not None:
                self._take(*message)
        except (OSError, ValueError, KeyError, TypeError):
            self._process.kill()  # What came is no message.
        finally:
            self._end()

    def _take(self, fields: Fields, body: bytes) -> None:
        self._last_sign = time.monotonic()
        number = fields["id"]
        if "progress" in fields:
            reported = self._pending.get(number)
            if reported is not None and reported.on_progress is not None:
                reported.on_progress(fields["progress"])
            return
        outcome: Payload | SemlensError
        if "error" in fields:
            outcome = by_code(fields["error"]["code"], fields["error"]["message"])
        else:
            outcome = Payload(fields["result"], body)
        pending = self._forget(number)
        if pending is None or not pending.future.set_running_or_notify_cancel():
            return
        if isinstance(outcome, SemlensError):
            pending.future.set_exception(outcome)
        else:
            pending.future.set_result(outcome)

    def _end(self) -> None:
        """The process has closed its stdout: it is over."""
        self._reap()
        with self._lock:
            self._ended.set()
            self._changed.set()
            pending, self._pending = list(self._pending.values()), {}
        with self._writing, suppress(OSError):
            self._stdin.close()
        self._stdout.close()
        self._on_end(self)
        for place, one in enumerate(pending):
            if one.future.set_running_or_notify_cancel():
                one.future.set_exception(ChildEnded(self.status, self._stuck, oldest=place == 0))

    def _reap(self) -> None:
        try:
            self._process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _watch(self) -> None:
        while not self._ended.is_set():
            self._changed.clear()
            with self._lock:
                owes = bool(self._pending)
                limit = self._stuck_seconds if owes else self._idle_seconds
                left = None if limit is None else self._last_sign + limit - time.monotonic()
                overdue = left is not None and left <= 0
                self._stuck = self._stuck or (owes and overdue)
                self._closing = self._closing or (overdue and not owes)
            if overdue:
                self.kill() if owes else self.close()
                return
            self._changed.wait(left)
