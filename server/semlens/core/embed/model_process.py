"""A model's process over its many runs: started when wanted, restarted when it dies, ended when idle."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.model_run import Lost, ModelRun
from semlens.errors import Cancelled, EncoderError, ModelError
from semlens.types import CancelToken

State = Literal["idle", "loading", "loaded", "error"]

_POLL = 0.05
"""Seconds between two looks at a cancel token."""


@dataclass(frozen=True, slots=True)
class ProcessOptions:
    device: Literal["auto", "cpu"] = "auto"
    threads: int = 0
    """0 lets the process choose by the machine's cores."""
    reference: bool = False
    """Run sentence-transformers even where something faster would do."""
    idle_seconds: float = 300.0
    """Without a request for this long, the process ends and its memory is free."""
    stuck_seconds: float = 180.0
    """A process that owes an answer and says nothing for this long is killed."""
    restart_seconds: tuple[float, ...] = (0.2, 2.0, 10.0, 60.0)
    """The pause after the first, second, … failure in a row."""


class ModelProcess:
    """Safe to use from several threads; `close` it at the end."""

    def __init__(
        self,
        what: str,
        load: Mapping[str, Any],
        data_dir: Path,
        options: ProcessOptions,
        log: IO[bytes] | None = None,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        """`load` says what is to be loaded, as the first frame has it, and `what` that is in words."""
        self._what = what
        self._start = {**asdict(options), **load}
        self._data_dir = data_dir
        self._options = options
        self._log = log
        self._on_change = on_change
        self._lock = threading.Lock()
        self._child: ModelRun | None = None
        self._failures = 0
        self._not_before = 0.0
        self._message: str | None = None
        self._closed = False

    @property
    def state(self) -> State:
        child = self._child
        if child is not None and child.alive:
            return "loaded" if child.ready.is_set() else "loading"
        return "error" if self._message else "idle"

    @property
    def message(self) -> str | None:
        """Why the last process failed, until one works again."""
        return self._message

    @property
    def backend(self) -> str | None:
        """What computes, in words, once it is loaded."""
        child = self._child
        return child.backend if child is not None and child.alive else None

    @property
    def pid(self) -> int | None:
        child = self._child
        return child.pid if child is not None and child.alive else None

    def keep_to_cpu(self) -> None:
        """Use no GPU from now on; a process that may be using one ends."""
        with self._lock:
            if self._start["device"] == "cpu":
                return
            self._start = {**self._start, "device": "cpu"}
        self.unload()

    def child(self) -> ModelRun:
        """The process, started if there is none. Raises `EncoderError` while a failure is too fresh."""
        with self._lock:
            if self._closed:
                raise EncoderError(f"The {self._what} was stopped.")
            if self._child is not None and self._child.alive:
                return self._child
            if time.monotonic() < self._not_before:
                raise EncoderError(self._message or f"The {self._what} is restarting.")
            try:
                self._child = ModelRun(
                    self._what, self._start, self._data_dir, self._options, self._log, self._heard
                )
            except OSError as error:
                self._fail(f"The {self._what}'s process cannot be started: {error}.")
                raise EncoderError(self._message or "") from error
            return self._child

    def ready(self, timeout: float) -> ModelRun:
        """The process once it has loaded its model. Raises `EncoderError` if that takes longer."""
        child = self.child()
        if not child.ready.wait(timeout):
            raise EncoderError(f"The {self._what} is loading.")
        return child

    def ask(
        self, child: ModelRun, header: Mapping[str, Any], cancel: CancelToken | None = None
    ) -> NDArray[np.float32]:
        """What the process answers. Raises `Cancelled`, `ModelError` if it refuses, else `EncoderError`."""
        try:
            answer = child.request(header)
            while not answer.finished.wait(_POLL if cancel is not None else None):
                if cancel is not None and cancel.cancelled:
                    child.cancel(answer)
                    raise Cancelled
            return answer.result()
        except Lost as lost:
            if self._closed:
                raise EncoderError(f"The {self._what} was stopped.") from lost
            if lost.refused:
                raise ModelError(str(lost)) from lost
            raise EncoderError(str(lost)) from lost

    def pause(self, cancel: CancelToken | None) -> None:
        """Wait until the process may be started again."""
        while not self._closed and (remaining := self._not_before - time.monotonic()) > 0:
            if cancel is not None:
                cancel.check()
            time.sleep(min(_POLL, remaining))

    def unload(self) -> None:
        """End the process; the next request starts another."""
        with self._lock:
            child, self._child = self._child, None
        if child is not None:
            child.close()

    def close(self) -> None:
        """End the process for good. Whoever waits for an answer gets `EncoderError`."""
        self._closed = True
        self.unload()

    def _heard(self, child: ModelRun, problem: str | None) -> None:
        """From the process's own thread: it is ready (no problem), or it ended by itself."""
        with self._lock:
            if child is not self._child:
                return
            if problem is None:
                self._failures, self._message = 0, None
            else:
                self._fail(problem)
        self._on_change()

    def _fail(self, problem: str) -> None:
        pauses = self._options.restart_seconds
        self._not_before = time.monotonic() + pauses[min(self._failures, len(pauses) - 1)]
        self._failures += 1
        self._message = problem
