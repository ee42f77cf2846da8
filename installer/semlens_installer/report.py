"""What the program tells the extension: one JSON object a line on stdout; the rest is in a log file."""

from __future__ import annotations

import json
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_PAUSE = 0.2
"""Seconds between two reports of the same step."""


class Failure(Exception):
    """The work cannot go on. `str(error)` is one sentence that says what to do."""

    def __init__(self, code: str, message: str, command: str = "") -> None:
        super().__init__(message)
        self.code = code
        """What went wrong, in a word: the extension chooses its buttons by it."""
        self.command = command
        """A command that mends it, if there is one."""


class Stopped(Exception):
    """The user has cancelled, or the extension is gone."""


@dataclass
class Reporter:
    """Writes events and the log. Safe for many threads."""

    log: Path | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _last: tuple[str, float] = ("", 0.0)

    def step(self, name: str, done: float = 0.0, total: float = 0.0, last: bool = False) -> None:
        """Say what is being done; `done` of `total` megabytes, or nothing that can be counted.

        The `last` report of a step is never left out.
        """
        before, when = self._last
        now = time.monotonic()
        if name == before and now - when < _PAUSE and not last:
            return
        if name != before:
            self.note(f"== {name}")
        self._last = (name, now)
        self.event("step", step=name, done=round(done, 1), total=round(total, 1))

    def event(self, kind: str, **fields: Any) -> None:
        with self._lock:
            # The extension may be gone; then the end of stdin stops the work.
            try:
                sys.stdout.write(json.dumps({"event": kind, **fields}) + "\n")
                sys.stdout.flush()
            except (OSError, ValueError):
                pass

    def note(self, line: str) -> None:
        """Add a line to the log and to stderr; that they cannot be written is no reason to stop."""
        try:
            sys.stderr.write(line.rstrip("\n") + "\n")
            if self.log is None:
                return
            with self._lock, self.log.open("a", encoding="utf-8", errors="replace") as file:
                file.write(line.rstrip("\n") + "\n")
        except OSError:
            pass
