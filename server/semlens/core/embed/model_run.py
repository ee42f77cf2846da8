"""One run of a model's process, from its start to its end, seen from the engine.

Three threads of the engine meet here: the callers, the reader of the process's answers, and the
keeper, which ends a process that is idle or stuck. Every request ends with an answer or `Lost`.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from semlens.process.frames import read_frame, write_frame
from semlens.process.spawn import start_child

if TYPE_CHECKING:
    from semlens.core.embed.model_process import ProcessOptions

WORKER = "semlens.core.embed.worker"

_GRACE = 0.5
"""Seconds for the process to end by itself once its input has."""


class Lost(Exception):
    """There will be no answer. `refused`: the process lives, or ended because the model is unusable."""

    def __init__(self, sentence: str, refused: bool = False) -> None:
        super().__init__(sentence)
        self.refused = refused


class Answer:
    """What a request will have brought once `finished` is set."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.finished = threading.Event()
        self._vectors: NDArray[np.float32] | None = None
        self._lost: Lost | None = None

    def result(self) -> NDArray[np.float32]:
        if self._vectors is None:
            raise self._lost or Lost("There is no answer.")
        return self._vectors

    def fulfil(self, vectors: NDArray[np.float32]) -> None:
        self._vectors = vectors
        self.finished.set()

    def fail(self, lost: Lost) -> None:
        self._lost = lost
        self.finished.set()


class ModelRun:
    """`start` is the first frame, which says what to load; `what` that is, in words.

    `heard(child, None)` is called when the model is loaded, and `heard(child, sentence)` when the
    process ended other than by `close`. Raises OSError when it cannot be started.
    """

    def __init__(
        self,
        what: str,
        start: Mapping[str, Any],
        data_dir: Path,
        options: ProcessOptions,
        log: IO[bytes] | None,
        heard: Callable[[ModelRun, str | None], None],
    ) -> None:
        self.ready = threading.Event()
        self.backend: str | None = None
        self._idle_seconds, self._stuck_seconds = options.idle_seconds, options.stuck_seconds
        self._what = what
        self._heard = heard
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._pending: dict[int, Answer] = {}
        self._number = 0
        self._last_sign = time.monotonic()
        self._closing = False
        self._ended = threading.Event()
        self._refusal: str | None = None
        self._lost: Lost | None = None
        self._process = start_child(WORKER, data_dir=data_dir, stderr=log)
        self.pid = self._process.pid
        threading.Thread(target=self._read, args=(dict(start),), name="encoder-reader", daemon=True).start()
        threading.Thread(target=self._keep, name="encoder-keeper", daemon=True).start()

    @property
    def alive(self) -> bool:
        return not self._ended.is_set() and not self._closing

    def request(self, header: Mapping[str, Any]) -> Answer:
        """Send a request; it waits in the process until that is ready. Raises `Lost`."""
        with self._lock:
            if not self.alive:
                raise self._lost or Lost(f"The {self._what}'s process has ended.")
            self._number += 1
            answer = Answer(self._number)
            if not self._pending:
                self._last_sign = time.monotonic()
            self._pending[answer.number] = answer
        self._send({**header, "id": answer.number})
        return answer

    def cancel(self, answer: Answer) -> None:
        with self._lock:
            wanted = self._pending.pop(answer.number, None) is not None
        if wanted:
            self._send({"cancel": answer.number})

    def close(self) -> None:
        """End the process, by force if need be."""
        with self._lock:
            self._closing = True
        if self._writing.acquire(timeout=_GRACE):
            with suppress(OSError):
                self._input.close()
            self._writing.release()
        else:
            self._process.kill()  # it has stopped reading
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._ended.wait(_GRACE)

    @property
    def _input(self) -> Any:
        return self._process.stdin

    def _send(self, header: dict[str, Any]) -> None:
        # A process that is gone is noticed by the reader, which fails every pending request.
        with self._writing, suppress(OSError, ValueError):
            write_frame(self._input, header)

    def _read(self, start: dict[str, Any]) -> None:
        self._send(start)
        try:
            output: Any = self._process.stdout
            while (frame := read_frame(output)) is not None:
                self._take(*frame)
        except (OSError, ValueError):
            self._process.kill()
        self._end()

    def _take(self, header: dict[str, Any], body: bytes) -> None:
        self._last_sign = time.monotonic()
        if "ready" in header:
            self.backend = header["ready"]
            self.ready.set()
            self._heard(self, None)
        elif "failed" in header:
            self._refusal = header["failed"]
        elif "done" not in header:
            with self._lock:
                answer = self._pending.pop(header["id"], None)
            if answer is not None and "error" in header:
                answer.fail(Lost(header["error"], refused=True))
            elif answer is not None:
                vectors = np.frombuffer(body, "<f4").reshape(header["rows"], header["dim"])
                answer.fulfil(vectors.astype(np.float32, copy=False))

    def _end(self) -> None:
        """The process's output is over."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        sentence = self._refusal or f"The {self._what}'s process ended (status {self._process.returncode})."
        with self._lock:
            self._lost = Lost(sentence, refused=self._refusal is not None)
            self._ended.set()
            closing = self._closing
            pending, self._pending = list(self._pending.values()), {}
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                pipe and pipe.close()
        if not closing:
            self._heard(self, sentence)
        self.ready.set()  # whoever waits for it finds out by asking
        for answer in pending:
            answer.fail(self._lost)

    def _keep(self) -> None:
        while not self._ended.wait(min(5.0, self._idle_seconds / 2, self._stuck_seconds / 2)):
            silent = time.monotonic() - self._last_sign
            with self._lock:
                owed = bool(self._pending) or not self.ready.is_set()
                if not owed and silent > self._idle_seconds:
                    self._closing = True
            if self._closing:
                self.close()
            elif owed and silent > self._stuck_seconds:
                self._process.kill()
