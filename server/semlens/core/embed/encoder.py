"""The engine's side of the encoder process: started when needed, restarted when it dies, ended when idle.

A question never waits for the process to start: `encode_query` says that it is loading, and the
other tiers answer. Documents wait, and survive a crash of the process by being sent again.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.child import Child, Lost
from semlens.core.embed.model import DeepModel
from semlens.errors import Cancelled, EncoderError, ModelError
from semlens.types import CancelToken

State = Literal["idle", "loading", "loaded", "error"]

_POLL = 0.05
"""Seconds between two looks at a cancel token."""


_SLICE = 256
"""Documents sent at once: what a crash loses, and enough to find batches of equal length among."""


@dataclass(frozen=True, slots=True)
class EncoderOptions:
    device: Literal["auto", "cpu"] = "auto"
    threads: int = 0
    """0 lets the encoder choose by the machine's cores."""
    reference: bool = False
    """Run sentence-transformers even where something faster would do."""
    idle_seconds: float = 300.0
    """Without a request for this long, the process ends and its memory is free."""
    stuck_seconds: float = 180.0
    """A process that owes an answer and says nothing for this long is killed."""
    restart_seconds: tuple[float, ...] = (0.2, 2.0, 10.0, 60.0)
    """The pause after the first, second, … failure in a row."""
    attempts: int = 3
    """How often a slice of documents is sent before it is given up."""
    remembered_queries: int = 1024


class Encoder:
    """One model in one process. Safe to use from several threads; `close` it at the end."""

    def __init__(
        self,
        model: DeepModel,
        data_dir: Path,
        options: EncoderOptions = EncoderOptions(),
        log: IO[bytes] | None = None,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self.model = model
        self.dim = model.dim
        self._data_dir = data_dir
        self._options = options
        self._log = log
        self._on_change = on_change
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._failures = 0
        self._not_before = 0.0
        self._message: str | None = None
        self._closed = False
        self._queries: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

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

    @property
    def ready(self) -> bool:
        return self.state == "loaded"

    def start(self) -> None:
        """Begin loading, if that was not done and no failure is too fresh. Returns at once."""
        try:
            self._running()
        except EncoderError:
            return  # `state` and `message` say it

    def encode_query(self, text: str, timeout: float = 0.0) -> NDArray[np.float32]:
        """(dim,) unit vector of a question.

        Waits `timeout` seconds for the process to load and raises `EncoderError` when it has not.
        Once it is loaded the answer takes milliseconds, also while documents are being embedded.
        """
        with self._lock:
            if (known := self._queries.get(text)) is not None:
                self._queries.move_to_end(text)
                return known
        child = self._running()
        if not child.ready.wait(timeout):
            raise EncoderError("The deep model is loading.")
        vector: NDArray[np.float32] = self._ask(child, [text], query=True, cancel=None)[0]
        with self._lock:
            self._queries[text] = vector
            if len(self._queries) > self._options.remembered_queries:
                self._queries.popitem(last=False)
        return vector

    def encode(self, texts: Sequence[str], cancel: CancelToken | None = None) -> NDArray[np.float32]:
        """(len(texts), dim) unit vectors of documents.

        Waits for the process to load, and sends the texts again when it dies. Raises `Cancelled`,
        `ModelError` when the model cannot be used, and `EncoderError` when the process keeps failing.
        """
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for start in range(0, len(texts), _SLICE):
            vectors[start : start + _SLICE] = self._encode(texts[start : start + _SLICE], cancel)
        return vectors

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

    def _encode(self, texts: Sequence[str], cancel: CancelToken | None) -> NDArray[np.float32]:
        for attempt in range(self._options.attempts):
            self._pause(cancel)
            try:
                return self._ask(self._running(), texts, query=False, cancel=cancel)
            except EncoderError:
                if attempt + 1 == self._options.attempts:
                    raise
        raise EncoderError("The deep model was not asked.")

    def _running(self) -> Child:
        """The process, started if there is none. Raises `EncoderError` while a failure is too fresh."""
        with self._lock:
            if self._closed:
                raise EncoderError("The deep model was stopped.")
            if self._child is not None and self._child.alive:
                return self._child
            if time.monotonic() < self._not_before:
                raise EncoderError(self._message or "The deep model is restarting.")
            try:
                self._child = Child(self.model, self._data_dir, self._options, self._log, self._heard)
            except OSError as error:
                self._fail(f"The deep model's process cannot be started: {error}.")
                raise EncoderError(self._message or "") from error
            return self._child

    def _ask(
        self, child: Child, texts: Sequence[str], query: bool, cancel: CancelToken | None
    ) -> NDArray[np.float32]:
        try:
            answer = child.request(texts, query)
            while not answer.finished.wait(_POLL if cancel is not None else None):
                if cancel is not None and cancel.cancelled:
                    child.cancel(answer)
                    raise Cancelled
            vectors = answer.result()
        except Lost as lost:
            if self._closed:
                raise EncoderError("The deep model was stopped.") from lost
            if lost.refused:
                raise ModelError(str(lost)) from lost
            raise EncoderError(str(lost)) from lost
        if vectors.shape != (len(texts), self.dim):
            raise ModelError(f"The model {self.model.name} gives vectors of another size than it says.")
        return vectors

    def _heard(self, child: Child, problem: str | None) -> None:
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

    def _pause(self, cancel: CancelToken | None) -> None:
        """Wait until the process may be started again."""
        while not self._closed and (remaining := self._not_before - time.monotonic()) > 0:
            if cancel is not None:
                cancel.check()
            time.sleep(min(_POLL, remaining))
