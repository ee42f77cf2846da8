"""The deep model as the engine uses it: it embeds texts in a process of its own.

A question never waits for that process to start: `encode_query` says that the model is loading, and
the other tiers answer. Documents wait, and are sent again when the process crashes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.model_messages import Array, EncodeTexts, ReadTokens
from semlens.core.embed.model_process import ModelProcess, ModelRun, ProcessOptions, State
from semlens.core.util.caches import LruCache
from semlens.errors import EncoderError, ModelError
from semlens.types import CancelToken

__all__ = ["Encoder", "EncoderOptions", "State"]

_SLICE = 256
"""Documents in one request: few enough to lose in a crash, enough to batch those of equal length."""


@dataclass(frozen=True, slots=True)
class EncoderOptions(ProcessOptions):
    """How the deep model's process runs, and how hard to try."""

    attempts: int = 3
    """How often to send the same documents before giving up."""
    remembered_queries: int = 1024
    """Questions whose vectors are kept in memory."""


class Encoder:
    """One deep model in one process. Safe for many threads; `close` it at the end."""

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
        self._process = ModelProcess("deep model", model, data_dir, options, log, on_change)
        self._queries: LruCache[str, NDArray[np.float32]] = LruCache(options.remembered_queries)

    @property
    def state(self) -> State:
        return self._process.state

    @property
    def message(self) -> str | None:
        """Why the last process failed, until one works again."""
        return self._process.message

    @property
    def backend(self) -> str | None:
        """What computes, in words, once the model is loaded."""
        return self._process.backend

    @property
    def pid(self) -> int | None:
        return self._process.pid

    @property
    def ready(self) -> bool:
        return self.state == "loaded"

    def use_cpu_only(self) -> None:
        """Use no GPU from now on, even if it is faster."""
        self._process.use_cpu_only()

    def start(self) -> None:
        """Begin to load the model, unless it is loaded or has failed too recently. Returns at once."""
        with suppress(EncoderError):  # `state` and `message` say it.
            self._process.run()

    def encode_query(self, text: str, timeout: float = 0.0) -> NDArray[np.float32]:
        """The unit vector of a question, shape (dim,).

        A loaded model takes milliseconds, even while it embeds documents.

        :param timeout: seconds to wait for the model to load.
        :raises EncoderError: the model is still loading, or its process has failed.
        :raises ModelError: the model cannot be used.
        """
        if (known := self._queries.get(text)) is not None:
            return known
        run = self._process.loaded_run(timeout)
        vector: NDArray[np.float32] = self._ask(run, [text], query=True, cancel=None)[0]
        self._queries.put(text, vector)
        return vector

    def encode_some(self, texts: Sequence[str], seconds: float) -> NDArray[np.float32]:
        """The unit vectors of documents, shape (len(texts), dim), NaN from where `seconds` are over.

        They go before documents that nobody waits for.

        :raises EncoderError: the model is not loaded yet, or its process has failed.
        :raises ModelError: the model cannot be used.
        """
        run = self._process.loaded_run(0.0)
        return self._ask(run, texts, query=False, cancel=None, seconds=seconds)

    def read_tokens(self, text: str, timeout: float) -> NDArray[np.float32]:
        """What each layer makes of each token of a text, shape (layers + 1, tokens, width): see `ReadTokens`.

        :param timeout: seconds to wait for the model to load.
        :raises EncoderError: the model is still loading, or its process has failed.
        :raises ModelError: the model cannot be used.
        """
        run = self._process.loaded_run(timeout)
        return Array.unpack(self._process.ask(run, ReadTokens.METHOD, ReadTokens(text).pack())).rows

    def encode(self, texts: Sequence[str], cancel: CancelToken | None = None) -> NDArray[np.float32]:
        """The unit vectors of documents, shape (len(texts), dim).

        Waits for the model to load, and sends the texts again when its process dies.

        :raises Cancelled: `cancel` was set.
        :raises ModelError: the model cannot be used.
        :raises EncoderError: the process keeps failing.
        """
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for start in range(0, len(texts), _SLICE):
            vectors[start : start + _SLICE] = self._encode(texts[start : start + _SLICE], cancel)
        return vectors

    def unload(self) -> None:
        """End the process; the next request starts another."""
        self._process.unload()

    def close(self) -> None:
        """End the process for good. Threads that wait for an answer get `EncoderError`."""
        self._process.close()

    def _encode(self, texts: Sequence[str], cancel: CancelToken | None) -> NDArray[np.float32]:
        for attempt in range(self._options.attempts):
            self._process.wait_for_restart(cancel)
            try:
                return self._ask(self._process.run(), texts, query=False, cancel=cancel)
            except EncoderError:
                if attempt + 1 == self._options.attempts:
                    raise
        raise EncoderError("The deep model was not asked.")

    def _ask(
        self,
        run: ModelRun,
        texts: Sequence[str],
        query: bool,
        cancel: CancelToken | None,
        seconds: float | None = None,
    ) -> NDArray[np.float32]:
        request = EncodeTexts(texts, query, seconds)
        vectors = Array.unpack(self._process.ask(run, EncodeTexts.METHOD, request.pack(), cancel)).rows
        if vectors.shape != (len(texts), self.dim):
            raise ModelError(f"The model {self.model.name} gives vectors of another size than it says.")
        return vectors
