"""The engine's side of the encoder process.

A question never waits for the process to start: `encode_query` says that it is loading, and the
other tiers answer. Documents wait, and survive a crash of the process by being sent again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.model_process import ModelProcess, ProcessOptions, State
from semlens.core.embed.model_run import ModelRun
from semlens.errors import EncoderError, ModelError
from semlens.types import CancelToken

__all__ = ["Encoder", "EncoderOptions", "State"]

_SLICE = 256
"""Documents sent at once: what a crash loses, and enough to find batches of equal length among."""


@dataclass(frozen=True, slots=True)
class EncoderOptions(ProcessOptions):
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
        self._options = options
        load = {"model": model.to_json()}
        self._running = ModelProcess("deep model", load, data_dir, options, log, on_change)
        self._lock = threading.Lock()
        self._queries: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    @property
    def state(self) -> State:
        return self._running.state

    @property
    def message(self) -> str | None:
        """Why the last process failed, until one works again."""
        return self._running.message

    @property
    def backend(self) -> str | None:
        """What computes, in words, once it is loaded."""
        return self._running.backend

    @property
    def pid(self) -> int | None:
        return self._running.pid

    @property
    def ready(self) -> bool:
        return self.state == "loaded"

    def keep_to_cpu(self) -> None:
        """Use no GPU from now on, however much faster it may be."""
        self._running.keep_to_cpu()

    def start(self) -> None:
        """Begin loading, if that was not done and no failure is too fresh. Returns at once."""
        try:
            self._running.child()
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
        child = self._running.ready(timeout)
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
        self._running.unload()

    def close(self) -> None:
        """End the process for good. Whoever waits for an answer gets `EncoderError`."""
        self._running.close()

    def _encode(self, texts: Sequence[str], cancel: CancelToken | None) -> NDArray[np.float32]:
        for attempt in range(self._options.attempts):
            self._running.pause(cancel)
            try:
                return self._ask(self._running.child(), texts, query=False, cancel=cancel)
            except EncoderError:
                if attempt + 1 == self._options.attempts:
                    raise
        raise EncoderError("The deep model was not asked.")

    def _ask(
        self, child: ModelRun, texts: Sequence[str], query: bool, cancel: CancelToken | None
    ) -> NDArray[np.float32]:
        header: dict[str, Any] = {"query": query, "texts": list(texts)}
        vectors = self._running.ask(child, header, cancel)
        if vectors.shape != (len(texts), self.dim):
            raise ModelError(f"The model {self.model.name} gives vectors of another size than it says.")
        return vectors
