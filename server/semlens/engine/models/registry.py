"""The models of this user, each loaded once and shared by every workspace."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from semlens.core.chunk import CHUNKER_VERSION
from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.encoder import Encoder
from semlens.core.embed.hub import downloaded
from semlens.core.embed.static_model import StaticModel
from semlens.core.embed.text_reader import TextReader
from semlens.core.index.image_tier import ImageModels
from semlens.core.index.model_set import DeepEncoder, EmbeddingModel, ModelSet
from semlens.core.index.worker_messages import Setup
from semlens.core.index.worker_pool import Workers
from semlens.core.served.checked import other_model_sentence
from semlens.core.served.encoder import ServerEncoder
from semlens.core.served.model import ServedModel
from semlens.core.store.layout import vectors_path
from semlens.core.store.measurements import FILE as MEASUREMENTS_FILE
from semlens.core.store.measurements import Measurements
from semlens.core.store.paces import FILE as PACES_FILE
from semlens.core.store.paces import Paces
from semlens.core.store.vector_cache import VectorCache
from semlens.core.team.link import TeamLink
from semlens.core.text.tokens import ModelTokenizer
from semlens.core.util.memory import collect_seldom
from semlens.engine.models.cards import deep_card, served_card, words_card
from semlens.engine.models.image_models import OpenedImageModels
from semlens.engine.models.instant import instant_folder
from semlens.engine.models.known import KnownModels
from semlens.engine.models.servers import ModelServers
from semlens.errors import ModelError
from semlens.protocol.editor import ModelStatus
from semlens.settings import DEFAULT_INSTANT_MODEL, Settings, is_server
from semlens.types import Fingerprint

log = logging.getLogger(__name__)


class _Key(NamedTuple):
    """The settings that name the models of a set."""

    model: str
    instant: str


class ModelRegistry:
    """Opens models when they are first wanted. Safe for many threads."""

    on_other_model: Callable[[str, str], None]
    """Called with a setting that names another model from now on, and a sentence about it, on any thread."""

    def __init__(
        self, data_dir: Path, make_encoder: Callable[[DeepModel, Path], DeepEncoder] = Encoder
    ) -> None:
        self.data_dir = data_dir
        self._make_encoder = make_encoder
        self.known = KnownModels(data_dir)
        """What is known of every model that was ever used."""
        self.team = TeamLink()
        """Whose vectors all models share."""
        self.paces = Paces(data_dir / PACES_FILE)
        """How fast the models of this machine embed."""
        self.measurements = Measurements(data_dir / MEASUREMENTS_FILE)
        """How well they found the code of folders."""
        self.servers = ModelServers(data_dir)
        """The embedding servers that the user has joined."""
        self.on_other_model = lambda setting, sentence: None
        self.text_reader = TextReader(data_dir)
        """Reads the text in images, if it is installed."""
        self._guard = threading.RLock()
        self._static: dict[Path, StaticModel] = {}
        self._vectors: VectorCache | None = None
        self._images = OpenedImageModels(data_dir)
        self._loaded: dict[_Key, ModelSet] = {}
        self._replaced: dict[tuple[Fingerprint, str], ModelSet] = {}
        """Models of servers that have others now; folders may still be open with them."""

    def models(self, settings: Settings) -> ModelSet:
        """The models that `settings` ask for. Raises `ModelError` if one is missing or altered."""
        with self._guard:
            key = _Key(settings.model, settings.instant_model)
            if key not in self._loaded:
                self._loaded[key] = self._load(key)
            models = self._loaded[key]
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

    def image_models(self, settings: Settings) -> ImageModels:
        """The image model that `settings` name. Raises `ModelError`."""
        return self._images.get(settings.image_model, self._opened_vectors(), settings.device == "cpu")

    def image_vector(self, models: ImageModels, text: str, patience: float) -> NDArray[np.float32] | None:
        """The question as the image model reads it, or None if it is not loaded in `patience` seconds."""
        try:
            return models.encoder.encode_query(text, patience)
        except ModelError as error:
            log.info("no vector of the image model: %s", error)
            return None

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

    def status(self, first: Sequence[ModelSet] = (), second: Sequence[ModelSet] = ()) -> list[ModelStatus]:
        """The status of the instant model, then of each opened transformer.

        :param first: the models of the open folders
        :param second: their second models
        """
        fast, best, added = (
            {id(one) for one in used}
            for used in (
                [models.static for models in first],
                [models.encoder for models in first],
                [models.encoder for models in second],
            )
        )
        instant = [
            ModelStatus("instant", model.name, "loaded", role=None if id(model) in fast else "unused")
            for model in list(self._static.values())
        ]
        encoders = {id(models.encoder): models for models in list(self._loaded.values())}
        deep = [
            ModelStatus(
                "deep",
                models.deep.name,
                models.encoder.state,
                models.encoder.message,
                role=None if encoder in best else "second" if encoder in added else "unused",
            )
            for encoder, models in encoders.items()
        ]
        images = self._images.status()
        return [*(instant or [ModelStatus("instant", DEFAULT_INSTANT_MODEL, "idle")]), *deep, *images]

    def close(self) -> None:
        self.team.close()
        self._images.close()
        self.text_reader.close()
        with self._guard:
            for models in [*self._loaded.values(), *self._replaced.values()]:
                models.encoder.close()
                if models.workers is not None:
                    models.workers.close()
            if self._vectors is not None:
                self._vectors.close()
        self.paces.close()

    def drop(self, setting: str) -> None:
        """Unload a model that no folder uses and whose files go, so that its name may be another model's."""
        with self._guard:
            for key in [key for key in self._loaded if setting in key]:
                gone = self._loaded.pop(key)
                if gone.workers is not None:
                    gone.workers.close()
                if all(one.encoder is not gone.encoder for one in self._loaded.values()):
                    gone.encoder.close()
            self._static.pop(Path(setting), None)

    def reconnect(self, setting: str) -> None:
        """Ask a server again of which something has changed: what the user has agreed to, or its model."""
        with self._guard:
            keys = [key for key in self._loaded if key.model == setting]
            loaded = self._loaded[keys[0]] if keys else None
            if loaded is None or not isinstance(loaded.encoder, ServerEncoder):
                return
            with suppress(ModelError):
                model = self.servers.find(setting)
                if model.fingerprint(CHUNKER_VERSION) != loaded.deep_fingerprint:
                    for key in keys:
                        self._replaced[loaded.deep_fingerprint, key.instant] = self._loaded.pop(key)
                    loaded.encoder.close(other_model_sentence(model))
                    return
            loaded.encoder.reconnect()

    def _load(self, key: _Key) -> ModelSet:
        sibling = next((one for other, one in self._loaded.items() if other.model == key.model), None)
        if sibling is not None:  # The transformer's process serves both.
            return self._set(sibling.deep, sibling.tokenizer, sibling.encoder, key.instant)
        if is_server(key.model):
            return self._load_served(self.servers.find(key.model), key.instant)
        deep = DeepModel.find(downloaded(self.data_dir, key.model))
        tokenizer = ModelTokenizer(deep.tokenizer_json, deep.limit)
        instant_folder(key.instant)  # Before a process is made for the transformer.
        with suppress(OSError):
            self.known.note([deep_card(key.model, deep, tokenizer)])
        return self._set(deep, tokenizer, self._make_encoder(deep, self.data_dir), key.instant)

    def _load_served(self, model: ServedModel, instant: str) -> ModelSet:
        before = self._replaced.pop((model.fingerprint(CHUNKER_VERSION), instant), None)
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
        return self._set(model, tokenizer, encoder, instant)

    def _other_model(self, model: ServedModel, probes: NDArray[np.float32]) -> None:
        """A server has changed its model: its vectors are another model's from now on."""
        self.servers.other_model(model, probes)
        self.reconnect(model.place.setting)
        self.on_other_model(model.place.setting, other_model_sentence(model))

    def _set(
        self, model: EmbeddingModel, tokenizer: ModelTokenizer, encoder: DeepEncoder, instant: str
    ) -> ModelSet:
        static = self._instant(instant_folder(instant), tokenizer)
        vectors = self._opened_vectors()
        workers = Workers(self.data_dir, Setup(model.tokenizer_json, model.limit, static.folder))
        return ModelSet(tokenizer, static, model, encoder, vectors, workers, self.team, self.paces)

    def _opened_vectors(self) -> VectorCache:
        with self._guard:
            if self._vectors is None:
                self._vectors = VectorCache(vectors_path(self.data_dir))
            return self._vectors

    def _instant(self, folder: Path, tokenizer: ModelTokenizer) -> StaticModel:
        if folder not in self._static:
            self._static[folder] = StaticModel.load(folder, tokenizer.word_pieces)
            collect_seldom()
        return self._static[folder]


def _beginning(tokenizer: ModelTokenizer, question: str) -> str:
    """As much of a question as fits the model's window."""
    if len(question) <= tokenizer.limit:
        return question
    tokens = tokenizer.cut(question)
    return question if len(tokens) <= tokenizer.limit else question[: tokens[tokenizer.limit - 1].end]
