"""Report the progress of work to the client, and let the client cancel it, by a token."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from lsprotocol import types as lsp

REPORT_SECONDS = 0.1
"""The least time between two reports: editors show no more."""

Token = str | int
Notify = Callable[[str, Any], None]
Say = Callable[[str], str]
"""Says an English text in the language of the client."""


class Progress:
    """One piece of work as the client sees it. Nothing is sent without a token."""

    def __init__(self, notify: Notify, token: Token | None, say: Say = str) -> None:
        self._notify = notify
        self._say = say
        self._token = token
        self._reported = 0.0
        self._percentage = 0
        self.outcome = "Cancelled."
        """The message that `end` sends."""

    def begin(self, title: str) -> None:
        self._send({"kind": "begin", "title": title, "cancellable": True, "percentage": 0})

    def report(self, message: str, done: float, restart: bool = False) -> None:
        """Send the share that is done, from 0 to 1. The percentage never decreases, but by `restart`."""
        now = time.monotonic()
        if now - self._reported < REPORT_SECONDS and done < 1:
            return
        self._reported = now
        self._percentage = max(0 if restart else self._percentage, min(int(100 * done), 100))
        self._send({"kind": "report", "message": self._say(message), "percentage": self._percentage})

    def end(self) -> None:
        self._send({"kind": "end", "message": self._say(self.outcome)})

    def _send(self, value: Mapping[str, object]) -> None:
        if self._token is not None:
            self._notify(lsp.PROGRESS, {"token": self._token, "value": value})


class ProgressTasks:
    """The running tasks that the client can cancel, by their tokens."""

    def __init__(self, notify: Notify, say: Say = str) -> None:
        self._notify = notify
        self._say = say
        self._tasks: dict[Token, asyncio.Task[Any]] = {}

    @contextmanager
    def track(self, token: Token | None, title: str) -> Iterator[Progress]:
        """Show the caller's task as work that the client may cancel. It always ends, also by an error."""
        task = asyncio.current_task()
        progress = Progress(self._notify, token, self._say)
        if token is not None and task is not None:
            self._tasks[token] = task
        progress.begin(title)
        try:
            yield progress
        finally:
            progress.end()
            if token is not None:
                self._tasks.pop(token, None)

    def cancel(self, token: Token) -> None:
        """Cancel the task with this token, if it is running."""
        task = self._tasks.get(token)
        if task is not None:
            task.cancel()
