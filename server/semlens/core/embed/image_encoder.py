"""The image model as the engine uses it: it looks at images, and reads questions, in a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.encoder import EncoderOptions
from semlens.core.embed.image_model import ImageModel
from semlens.core.embed.model_messages import Array, EncodeImage, EncodeTexts
from semlens.core.embed.model_process import ModelProcess, State
from semlens.core.util.caches import LruCache
from semlens.errors import ModelError
from semlens.types import CancelToken

_OPTIONS = EncoderOptions(attempts=2)
"""An image that ends the process twice is left out."""


class ImageEncoder:
    """One image model in one process. Safe for many threads; `close` it at the end."""

    def __init__(
        self,
        model: ImageModel,
        data_dir: Path,
        options: EncoderOptions = _OPTIONS,
        log: IO[bytes] | None = None,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self.model = model
        self._options = options
        self._process = ModelProcess("image model", model, data_dir, options, log, on_change)
        self._queries: LruCache[str, NDArray[np.float32]] = LruCache(options.remembered_queries)

    @property
    def state(self) -> State:
        return self._process.state

    @property
    def message(self) -> str | None:
        """Why the last process failed, until one works again."""
        return self._process.message

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def use_cpu_only(self) -> None:
        """Use no GPU from now on, even if it is faster."""
        self._process.use_cpu_only()

    def encode_query(self, text: str, timeout: float = 0.0) -> NDArray[np.float32]:
        """The unit vector of a question, shape (dim,).

        :param timeout: seconds to wait for the model to load.
        :raises EncoderError: the model is still loading, or its process has failed.
        :raises ModelError: the model cannot be used.
        """
        if (known := self._queries.get(text)) is not None:
            return known
        run = self._process.loaded_run(timeout)
        answer = self._process.ask(run, EncodeTexts.METHOD, EncodeTexts([text], query=True).pack())
        vector = self._checked(Array.unpack(answer).rows)
        self._queries.put(text, vector)
        return vector

    def encode_image(self, data: bytes, cancel: CancelToken | None = None) -> NDArray[np.float32] | None:
        """The unit vector of an image, shape (dim,); None if it cannot be read, or ends the process.

        Waits for the model to load. Questions go first.

        :param data: the bytes of its file
        :raises Cancelled: `cancel` was set.
        :raises ModelError: the model cannot be used.
        :raises EncoderError: the process cannot be started, or ends before it has loaded the model.
        """
        attempts = self._options.attempts
        answer = self._process.ask_again(EncodeImage.METHOD, EncodeImage(data).pack(), attempts, cancel)
        if answer is None:
            return None
        vector = self._checked(Array.unpack(answer).rows)
        return None if np.isnan(vector).any() else vector

    def close(self) -> None:
        """End the process for good. Threads that wait for an answer get `EncoderError`."""
        self._process.close()

    def _checked(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        if rows.shape != (1, self.model.dim):
            raise ModelError(f"The model {self.model.name} gives vectors of another size than it says.")
        vector: NDArray[np.float32] = rows[0]
        return vector
