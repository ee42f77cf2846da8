"""A model in a process of its own: started when wanted, restarted when it dies, ended when idle."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Literal

from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.image_model import ImageModel
from semlens.core.embed.model_messages import Device, LoadedModel, LoadModel
from semlens.errors import Cancelled, EncoderError, ModelError, SemlensError
from semlens.process.child import Child, ChildEnded
from semlens.process.pipes import Payload
from semlens.process.spawn import start_child
from semlens.types import CancelToken

WORKER = "semlens.core.embed.worker"

State = Literal["idle", "loading", "loaded", "error"]

_POLL_SECONDS = 0.05
"""Between two looks at a cancel token."""


@dataclass(frozen=True, slots=True)
class ProcessOptions:
    """How a model's process runs, and when it ends."""

    device: Device = "auto"
    threads: int = 0
    """0 to choose by the machine's cores."""
    reference: bool = False
    """Run sentence-transformers even where something faster would do."""
    idle_seconds: float = 300.0
    """Without a request for this long, the process ends and its memory is free."""
    stuck_seconds: float = 180.0
    """A process that owes an answer and says nothing for this long is killed."""
    restart_seconds: tuple[float, ...] = (0.2, 2.0, 10.0, 60.0)
    """The pause after the first, second, … failure in a row."""


@dataclass(frozen=True, slots=True)
class ModelRun:
    """One process of a model, from its start to its end."""

    child: Child
    loading: Future[Payload]
    """The answer to `LoadModel`."""

    @property
    def usable(self) -> bool:
        return self.child.alive and self.refusal is None

    @property
    def loaded(self) -> LoadedModel | None:
        """What has been loaded, or None if the model is still loading or has failed to."""
        if not self.loading.done() or self.loading.exception() is not None:
            return None
        return LoadedModel.unpack(self.loading.result())

    @property
    def refusal(self) -> SemlensError | None:
        """Why the process could not load the model, if it has said so."""
        error = self.loading.exception() if self.loading.done() else None
        return error if isinstance(error, SemlensError) else None


class ModelProcess:
    """A model over its many runs. Safe for many threads; `close` it at the end."""

    def __init__(
        self,
        name: str,
        model: DeepModel | ImageModel | Path,
        data_dir: Path,
        options: ProcessOptions,
        log: IO[bytes] | None = None,
        on_change: Callable[[], None] = lambda: None,
        worker: str = WORKER,
    ) -> None:
        """Start no process yet.

        :param name: what to call the model in messages, such as "deep model".
        :param model: a transformer that embeds, one that looks at images, or the folder of a cross-encoder
            or of the package that reads text in images.
        :param data_dir: the folder in which the process runs.
        :param log: takes what the process prints; None for this process's stderr.
        :param on_change: called from another thread when the model is loaded or has failed.
        :param worker: the module that the process runs.
        """
        self._name = name
        self._load = LoadModel(model, options.device, options.threads, options.reference)
        self._worker = worker
        self._data_dir = data_dir
        self._options = options
        self._log = log
        self._on_change = on_change
        self._lock = threading.Lock()
        """Guards the fields below."""
        self._run: ModelRun | None = None
        self._failures = 0
        self._not_before = 0.0
        self._message: str | None = None
        self._closed = False

    @property
    def state(self) -> State:
        run = self._run
        if run is not None and run.usable:
            return "loaded" if run.loaded else "loading"
        return "error" if self._message else "idle"

    @property
    def message(self) -> str | None:
        """Why the last process failed, until one works again."""
        return self._message

    @property
    def backend(self) -> str | None:
        """What computes, in words, once the model is loaded."""
        run = self._run
        loaded = run.loaded if run is not None and run.usable else None
        return loaded.backend if loaded else None

    @property
    def pid(self) -> int | None:
        run = self._run
        return run.child.pid if run is not None and run.usable else None

    def use_cpu_only(self) -> None:
        """Use no GPU from now on; a process that may be using one ends."""
        with self._lock:
            if self._load.device == "cpu":
                return
            self._load = replace(self._load, device="cpu")
        self.unload()

    def run(self) -> ModelRun:
        """The current run; starts a process if there is none.

        :raises EncoderError: it cannot be started, or the last one failed too recently.
        """
        with self._lock:
            if self._closed:
                raise EncoderError(f"The {self._name} was stopped.")
            if self._run is not None and self._run.usable:
                return self._run
            if time.monotonic() < self._not_before:
                raise EncoderError(self._message or f"The {self._name} is restarting.")
            run = self._run = self._start()
        run.loading.add_done_callback(lambda _: self._loading_done(run))
        return run

    def loaded_run(self, timeout: float) -> ModelRun:
        """The current run once its model is loaded.

        :param timeout: seconds to wait for that.
        :raises EncoderError: the model is still loading.
        """
        run = self.run()
        if not wait([run.loading], timeout).done:
            raise EncoderError(f"The {self._name} is loading.")
        return run

    def ask(self, run: ModelRun, method: str, payload: Payload, cancel: CancelToken | None = None) -> Payload:
        """The answer of the process to one request.

        :raises Cancelled: `cancel` was set before the answer came.
        :raises EncoderError: the process ended before it answered.
        :raises ModelError: the process refuses, because the model cannot do it.
        """
        try:
            answer = run.child.ask(method, payload)
            while not wait([answer], None if cancel is None else _POLL_SECONDS).done:
                if cancel is not None and cancel.cancelled:
                    answer.cancel()
                    raise Cancelled
            return answer.result()
        except ChildEnded as ended:
            if self._closed:
                raise EncoderError(f"The {self._name} was stopped.") from ended
            if run.refusal is not None:
                raise ModelError(str(run.refusal)) from ended
            raise EncoderError(self._ended_sentence(ended.status)) from ended

    def ask_again(
        self, method: str, payload: Payload, attempts: int, cancel: CancelToken | None = None
    ) -> Payload | None:
        """As `ask`, by another process if the first one ends; None if each of `attempts` processes does.

        :raises Cancelled, ModelError: as `ask` does.
        :raises EncoderError: a process cannot be started, or the last one ended before it was loaded.
        """
        for attempt in range(attempts):
            self.wait_for_restart(cancel)
            run = self.run()
            try:
                return self.ask(run, method, payload, cancel)
            except EncoderError:
                if self._closed or (run.loaded is None and attempt + 1 == attempts):
                    raise
        return None

    def wait_for_restart(self, cancel: CancelToken | None) -> None:
        """Wait until a process may be started again. Raises `Cancelled`."""
        while not self._closed and (remaining := self._not_before - time.monotonic()) > 0:
            if cancel is not None:
                cancel.check()
            time.sleep(min(_POLL_SECONDS, remaining))

    def unload(self) -> None:
        """End the process; the next request starts another."""
        with self._lock:
            run, self._run = self._run, None
        if run is not None:
            run.child.close()

    def close(self) -> None:
        """End the process for good. Threads that wait for an answer get `EncoderError`."""
        self._closed = True
        self.unload()

    def _start(self) -> ModelRun:
        options = self._options
        try:
            process = start_child(self._worker, data_dir=self._data_dir, stderr=self._log)
            child = Child(process, self._child_ended, options.idle_seconds, options.stuck_seconds)
            return ModelRun(child, child.ask(LoadModel.METHOD, self._load.pack()))
        except OSError as error:
            self._fail(f"The {self._name}'s process cannot be started: {error}.")
            raise EncoderError(self._message or "") from error
        except ChildEnded as ended:
            self._fail(self._ended_sentence(ended.status))
            raise EncoderError(self._message or "") from ended

    def _loading_done(self, run: ModelRun) -> None:
        with self._lock:
            if run is not self._run:
                return
            if run.loaded:
                self._failures, self._message = 0, None
            elif run.refusal is not None:
                self._fail(str(run.refusal))
            else:
                return  # The process has ended, and `_child_ended` has said so.
        self._on_change()

    def _child_ended(self, child: Child) -> None:
        with self._lock:
            run = self._run
            if run is None or run.child is not child or child.closing or run.refusal is not None:
                return
            self._fail(self._ended_sentence(child.status))
        self._on_change()

    def _ended_sentence(self, status: int | None) -> str:
        return f"The {self._name}'s process ended (status {status})."

    def _fail(self, problem: str) -> None:
        pauses = self._options.restart_seconds
        self._not_before = time.monotonic() + pauses[min(self._failures, len(pauses) - 1)]
        self._failures += 1
        self._message = problem


class InModelProcess:
    """What asks a model in a process of its own. Safe for many threads; `close` it at the end."""

    def __init__(self, process: ModelProcess) -> None:
        self._process = process

    @property
    def state(self) -> State:
        return self._process.state

    @property
    def message(self) -> str | None:
        """Why the last process failed, until one works again."""
        return self._process.message

    def close(self) -> None:
        """End the process for good. Threads that wait for an answer get `EncoderError`."""
        self._process.close()
