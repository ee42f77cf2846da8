"""The deep model as the engine uses it. Documents wait for it, and are sent again if its process crashes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.model_encoder import EncoderOptions, ModelEncoder
from semlens.core.embed.model_messages import Array, EncodeTexts, ReadTokens
from semlens.core.embed.model_process import State
from semlens.errors import EncoderError
from semlens.types import CancelToken

__all__ = ["Encoder", "EncoderOptions", "State"]

_OPTIONS = EncoderOptions()
_SLICE = 256
"""Documents in one request: few enough to lose in a crash, enough to batch those of equal length."""


class Encoder(ModelEncoder):
    """One deep model in one process. Safe for many threads; `close` it at the end."""

    def __init__(
        self,
        model: DeepModel,
        data_dir: Path,
        options: EncoderOptions = _OPTIONS,
        log: IO[bytes] | None = None,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__("deep model", model, data_dir, options, log, on_change)
        self.model = model

    @property
    def backend(self) -> str | None:
        """What computes, in words, once the model is loaded."""
        return self._process.backend

    @property
    def ready(self) -> bool:
        return self.state == "loaded"

    def start(self) -> None:
        """Begin to load the model, unless it is loaded or has failed too recently. Returns at once."""
        with suppress(EncoderError):  # `state` and `message` say it.
            self._process.run()

    def encode_some(self, texts: Sequence[str], seconds: float) -> NDArray[np.float32]:
        """The unit vectors of documents, shape (len(texts), dim), NaN from where `seconds` are over.

        They go before documents that nobody waits for.

        :raises EncoderError: the model is not loaded yet, or its process has failed.
        :raises ModelError: the model cannot be used.
        """
        run = self._process.loaded_run(0.0)
        return self._embed(run, EncodeTexts(texts, query=False, seconds=seconds))

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

    def _encode(self, texts: Sequence[str], cancel: CancelToken | None) -> NDArray[np.float32]:
        for attempt in range(self._options.attempts):
            self._process.wait_for_restart(cancel)
            try:
                return self._embed(self._process.run(), EncodeTexts(texts, query=False), cancel)
            except EncoderError:
                if attempt + 1 == self._options.attempts:
                    raise
        raise EncoderError("The deep model was not asked.")
