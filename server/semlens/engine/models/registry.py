"""The models of this user, each loaded once and shared by every workspace."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semlens.core.chunk import CHUNKER_VERSION
from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.encoder import Encoder
from semlens.core.embed.hub import downloaded
from semlens.core.embed.static_model import SHIPPED, StaticModel
from semlens.core.index.model_set import DeepEncoder, EmbeddingModel, ModelSet
from semlens.core.index.worker_messages import Setup
from semlens.core.index.worker_pool import Workers
from semlens.core.served.checked import other_model_sentence
from semlens.core.served.encoder import ServerEncoder
from semlens.core.served.model import ServedModel
from semlens.core.store.layout import vectors_path
from semlens.core.store.paces import FILE as PACES_FILE
from semlens.core.store.paces import Paces
from semlens.core.store.vector_cache import VectorCache
from semlens.core.team.link import TeamLink
from semlens.core.text.tokens import ModelTokenizer
from semlens.core.util.memory import collect_seldom
from semlens.engine.models.cards import INSTANT_MODEL, deep_card, served_card, words_card
from semlens.engine.models.known import KnownModels
from semlens.engine.models.servers import ModelServers
from semlens.errors import ModelError
from semlens.protocol.editor import ModelStatus
from semlens.settings import Settings, is_server
from semlens.types import Fingerprint

log = logging.getLogger(__name__)


class ModelRegistry:
    """Opens models when they are first wanted. Safe for many threads."""

    on_other_model: Callable[[str, str], None]
    """Called with a setting that names another model from now on, and a sentence about it, on any thread."""

    def __init__(
        self, data_dir: Path, make_encoder: Callable[[DeepModel, Path], DeepEncoder] = Encoder
    ) -> None:
        self._data_dir = data_dir
        self._make_encoder = make_encoder
        self.known = KnownModels(data_dir)
        """What is known of every model that was ever used."""
        self.team = TeamLink()
        """Whose vectors all models share."""
        self.paces = Paces(data_dir / PACES_FILE)
        """How fast the models of this machine embed."""
        self.servers = ModelServers(data_dir)
        """The embedding servers that the user has joined."""
        self.on_other_model = lambda setting, sentence: None
        self._guard = threading.RLock()
        self._static: StaticModel | None = None
        self._vectors: VectorCache | None = None
        self._loaded: dict[str, ModelSet] = {}
        self._replaced: dict[Fingerprint, ModelSet] = {}
        """Models of servers that have others now; folders may still be open with them."""

    def models(self, settings: Settings) -> ModelSet:
        """The models that `settings` ask for. Raises `ModelError` if one is missing or altered."""
        with self._guard:
            if settings.model not in self._loaded:
                self._loaded[settings.model] = self._load(settings.model)
            models = self._loaded[settings.model]
            if settings.device == "cpu":  # until the engine ends: folders with other settings may share it
                models.encoder.use_cpu_only()
            return models

    def second(self, settings: Settings) -> ModelSet:
        """The models that `settings` ask for, to read code in words. Raises `ModelError`."""
        models = self.models(settings)
        card = self.known.read().get(models.deep_fingerprint)
        if card is not None:
            self.known.note([words_card(card)])
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
            for models in [*self._loaded.values(), *self._replaced.values()]:
                models.encoder.close()
                if models.workers is not None:
                    models.workers.close()
            if self._vectors is not None:
                self._vectors.close()
        self.paces.close()

    def reconnect(self, setting: str) -> None:
        """Ask a server again of which something has changed: what the user has agreed to, or its model."""
        with self._guard:
            loaded = self._loaded.get(setting)
            if loaded is None or not isinstance(loaded.encoder, ServerEncoder):
                return
            with suppress(ModelError):
                model = self.servers.find(setting)
                if model.fingerprint(CHUNKER_VERSION) != loaded.deep_fingerprint:
                    self._replaced[loaded.deep_fingerprint] = self._loaded.pop(setting)
                    loaded.encoder.close(other_model_sentence(model))
                    return
            loaded.encoder.reconnect()

    def _load(self, name: str) -> ModelSet:
        if is_server(name):
            return self._load_served(self.servers.find(name))
        deep = DeepModel.find(downloaded(self._data_dir, name))
        tokenizer = ModelTokenizer(deep.tokenizer_json, deep.limit)
        with suppress(OSError):
            self.known.note([deep_card(name, deep, tokenizer)])
        return self._set(deep, deep.tokenizer_json, tokenizer, self._make_encoder(deep, self._data_dir))

    def _load_served(self, model: ServedModel) -> ModelSet:
        before = self._replaced.pop(model.fingerprint(CHUNKER_VERSION), None)
        if before is not None:  # A folder may be open with it, and no index is opened twice.
            assert isinstance(before.encoder, ServerEncoder)
            before.encoder.reconnect()
            return before
        tokenizer = ModelTokenizer(model.tokenizer_json, model.limit)
        self.known.note([served_card(model)])
        encoder = ServerEncoder(
            model,
            lambda: self.servers.connect(model),
            partial(_beginning, tokenizer),
            lambda probes: self._other_model(model, probes),
        )
        return self._set(model, model.tokenizer_json, tokenizer, encoder)

    def _other_model(self, model: ServedModel, probes: NDArray[np.float32]) -> None:
        """A server has changed its model: its vectors are another model's from now on."""
        self.servers.other_model(model, probes)
        self.reconnect(model.place.setting)
        self.on_other_model(model.place.setting, other_model_sentence(model))

    def _set(
        self, model: EmbeddingModel, tokenizer_json: Path, tokenizer: ModelTokenizer, encoder: DeepEncoder
    ) -> ModelSet:
        if self._static is None:
            self._static = StaticModel.load(pieces=tokenizer.word_pieces)
            collect_seldom()
        if self._vectors is None:
            self._vectors = VectorCache(vectors_path(self._data_dir))
        workers = Workers(self._data_dir, Setup(tokenizer_json, model.limit, SHIPPED))
        return ModelSet(
            tokenizer, self._static, model, encoder, self._vectors, workers, self.team, self.paces
        )


def _beginning(tokenizer: ModelTokenizer, question: str) -> str:
    """As much of a question as fits the model's window."""
    if len(question) <= tokenizer.limit:
        return question
    tokens = tokenizer.cut(question)
    return question if len(tokens) <= tokenizer.limit else question[: tokens[tokenizer.limit - 1].end]
