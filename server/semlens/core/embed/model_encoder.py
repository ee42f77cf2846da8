"""A model that embeds, as the engine uses it: in a process of its own, whose questions are remembered.

A question never waits for that process to start: `encode_query` says that the model is loading, and
the other tiers answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.image_model import ImageModel
from semlens.core.embed.model_messages import Array, EncodeTexts
from semlens.core.embed.model_process import InModelProcess, ModelProcess, ModelRun, ProcessOptions
from semlens.core.util.caches import LruCache
from semlens.errors import ModelError
from semlens.process.pipes import Payload
from semlens.types import CancelToken


@dataclass(frozen=True, slots=True)
class EncoderOptions(ProcessOptions):
    """How a model's process runs, and how hard to try."""

    attempts: int = 3
    """How often to send the same documents, or the same image, before giving up."""
    remembered_queries: int = 1024
    """Questions whose vectors are kept in memory."""


class ModelEncoder(InModelProcess):
    """One model in one process. Safe for many threads; `close` it at the end."""

    def __init__(
        self,
        kind: str,
        model: DeepModel | ImageModel,
        data_dir: Path,
        options: EncoderOptions,
        log: IO[bytes] | None,
        on_change: Callable[[], None],
    ) -> None:
        """As `ModelProcess` says; `kind` is its `name`."""
        super().__init__(ModelProcess(kind, model, data_dir, options, log, on_change))
        self.dim = model.dim
        self._name = model.name
        self._options = options
        self._queries: LruCache[str, NDArray[np.float32]] = LruCache(options.remembered_queries)

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def use_cpu_only(self) -> None:
        """Use no GPU from now on, even if it is faster."""
        self._process.use_cpu_only()

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
        vector: NDArray[np.float32] = self._embed(run, EncodeTexts([text], query=True))[0]
        self._queries.put(text, vector)
        return vector

    def _embed(
        self, run: ModelRun, request: EncodeTexts, cancel: CancelToken | None = None
    ) -> NDArray[np.float32]:
        """The vectors of texts, shape (texts, dim). Raises as `ModelProcess.ask` does."""
        answer = self._process.ask(run, EncodeTexts.METHOD, request.pack(), cancel)
        return self._vectors(answer, len(request.texts))

    def _vectors(self, answer: Payload, count: int) -> NDArray[np.float32]:
        """The vectors in an answer, shape (count, dim). Raises `ModelError` if they have another shape."""
        vectors = Array.unpack(answer).rows
        if vectors.shape != (count, self.dim):
            raise ModelError(f"The model {self._name} gives vectors of another size than it says.")
        return vectors
