"""The image model as the engine uses it: it looks at images, and reads questions, in a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.image_model import ImageModel
from semlens.core.embed.model_encoder import EncoderOptions, ModelEncoder
from semlens.core.embed.model_messages import EncodeImage
from semlens.types import CancelToken

_OPTIONS = EncoderOptions(attempts=2)
"""An image that ends the process twice is left out."""


class ImageEncoder(ModelEncoder):
    """One image model in one process. Safe for many threads; `close` it at the end."""

    def __init__(
        self,
        model: ImageModel,
        data_dir: Path,
        options: EncoderOptions = _OPTIONS,
        log: IO[bytes] | None = None,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__("image model", model, data_dir, options, log, on_change)
        self.model = model

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
        vector: NDArray[np.float32] = self._vectors(answer, 1)[0]
        return None if np.isnan(vector).any() else vector
