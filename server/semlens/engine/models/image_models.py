"""The image models that settings name, each opened once for all folders."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from semlens.core.embed.full_packages import require_full
from semlens.core.embed.image_encoder import ImageEncoder
from semlens.core.embed.image_model import ImageModel
from semlens.core.embed.pictures import require_pictures
from semlens.core.index.image_tier import ImageModels
from semlens.core.index.model_set import EmbeddingCache
from semlens.protocol.editor import ModelStatus


class OpenedImageModels:
    """Safe for many threads. `close` them at the end."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._guard = threading.Lock()
        self._opened: dict[str, ImageModels] = {}

    def get(self, setting: str, vectors: EmbeddingCache, cpu_only: bool) -> ImageModels:
        """The model in the folder that a setting names. Raises `ModelError` if it cannot be used here."""
        with self._guard:
            if setting not in self._opened:
                model = ImageModel.find(setting)
                require_full(f"The image model {model.name}")
                require_pictures(sys.executable)
                self._opened[setting] = ImageModels(model, ImageEncoder(model, self._data_dir), vectors)
            models = self._opened[setting]
        if cpu_only:  # Until the engine ends, as for transformers.
            models.encoder.use_cpu_only()
        return models

    def status(self) -> list[ModelStatus]:
        """The status of each opened model."""
        opened = list(self._opened.values())
        return [
            ModelStatus("image", one.model.name, one.encoder.state, one.encoder.message) for one in opened
        ]

    def close(self) -> None:
        with self._guard:
            for models in self._opened.values():
                models.encoder.close()
