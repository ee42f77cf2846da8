"""The models of this user, each loaded once and shared by every workspace."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.encoder import Encoder
from semlens.core.embed.static_model import SHIPPED, StaticModel
from semlens.core.index.model_set import DeepEncoder, ModelSet
from semlens.core.index.worker_messages import Setup
from semlens.core.index.worker_pool import Workers
from semlens.core.store.layout import vectors_path
from semlens.core.store.vector_cache import VectorCache
from semlens.core.team.link import TeamLink
from semlens.core.text.tokens import ModelTokenizer
from semlens.core.util.memory import collect_seldom
from semlens.engine.models.cards import INSTANT_MODEL, deep_card
from semlens.engine.models.known import KnownModels
from semlens.errors import ModelError
from semlens.protocol.editor import ModelStatus
from semlens.settings import Settings

log = logging.getLogger(__name__)


class ModelRegistry:
    """Opens models when they are first wanted. Safe for many threads."""

    def __init__(
        self, data_dir: Path, make_encoder: Callable[[DeepModel, Path], DeepEncoder] = Encoder
    ) -> None:
        self._data_dir = data_dir
        self._make_encoder = make_encoder
        self.known = KnownModels(data_dir)
        """What is known of every model that was ever used."""
        self.team = TeamLink()
        """Whose vectors all models share."""
        self._guard = threading.RLock()
        self._static: StaticModel | None = None
        self._vectors: VectorCache | None = None
        self._loaded: dict[str, ModelSet] = {}

    def models(self, settings: Settings) -> ModelSet:
        """The models that `settings` ask for. Raises `ModelError` if one is missing or altered."""
        with self._guard:
            if settings.model not in self._loaded:
                self._loaded[settings.model] = self._load(settings.model)
            models = self._loaded[settings.model]
            if settings.device == "cpu":  # until the engine ends: folders with other settings may share it
                models.encoder.use_cpu_only()
            return models

    def deep_vector(self, models: ModelSet, text: str, patience: float) -> NDArray[np.float32] | None:
        """The question as the transformer sees it, or None if it is not loaded in `patience` seconds."""
        try:
            return models.encoder.encode_query(text, patience)
        except ModelError as error:
            log.info("no deep vector: %s", error)
            return None

    @property
    def opened(self) -> list[ModelSet]:
        """Every transformer that was wanted, with what belongs to it."""
        with self._guard:
            return list(self._loaded.values())

    @property
    def vectors(self) -> VectorCache | None:
        """The cache of vectors, once a model was wanted."""
        return self._vectors

    def status(self) -> list[ModelStatus]:
        """The status of the instant model, then of each opened transformer."""
        with self._guard:
            instant = ModelStatus("instant", INSTANT_MODEL, "loaded" if self._static else "idle")
            deep = [
                ModelStatus("deep", models.deep.name, models.encoder.state, models.encoder.message)
                for models in self._loaded.values()
            ]
        return [instant, *deep]

    def close(self) -> None:
        self.team.close()
        with self._guard:
            for models in self._loaded.values():
                models.encoder.close()
                if models.workers is not None:
                    models.workers.close()
            if self._vectors is not None:
                self._vectors.close()

    def _load(self, name: str) -> ModelSet:
        deep = DeepModel.find(name)
        tokenizer = ModelTokenizer(deep.tokenizer_json, deep.limit)
        if self._static is None:
            self._static = StaticModel.load(pieces=tokenizer.word_pieces)
            collect_seldom()
        if self._vectors is None:
            self._vectors = VectorCache(vectors_path(self._data_dir))
        with suppress(OSError):
            self.known.note([deep_card(name, deep, tokenizer)])
        encoder = self._make_encoder(deep, self._data_dir)
        workers = Workers(self._data_dir, Setup(deep.tokenizer_json, deep.limit, SHIPPED))
        return ModelSet(tokenizer, self._static, deep, encoder, self._vectors, workers, self.team)
