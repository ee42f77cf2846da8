"""The cards of the models that can be used here."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from semlens.core.chunk import CHUNKER_VERSION, WORDS_VERSION
from semlens.core.embed.deep_model import DeepModel, in_words_fingerprint
from semlens.core.embed.hub import downloaded
from semlens.core.embed.image_model import ImageModel
from semlens.core.embed.model_card import (
    ModelCard,
    card_of_deep,
    card_of_images,
    card_of_instant,
    card_of_served,
)
from semlens.core.embed.static_model import TOKENIZER, StaticModel
from semlens.core.index.model_set import instant_fingerprint
from semlens.core.served.model import ServedModel
from semlens.core.text.tokens import ModelTokenizer
from semlens.engine.models.instant import instant_folder, instant_setting
from semlens.engine.models.servers import ModelServers
from semlens.errors import ModelError
from semlens.settings import is_server


def deep_card(setting: str, model: DeepModel, tokenizer: ModelTokenizer) -> ModelCard:
    """The card of a transformer that the setting calls `setting`. Raises `OSError`."""
    fingerprint = model.fingerprint(CHUNKER_VERSION)
    return card_of_deep(model, setting, fingerprint, tokenizer.strategy.value, tokenizer.vocabulary)


def served_card(model: ServedModel) -> ModelCard:
    """The card of a model that a server runs."""
    fingerprint = model.fingerprint(CHUNKER_VERSION)
    return card_of_served(model.name, model.place.setting, fingerprint, model.dim, model.window)


def words_card(card: ModelCard) -> ModelCard:
    """The card of a transformer's vectors of code in words, by the card of its vectors of code."""
    fingerprint = in_words_fingerprint(card.name, card.dimension, card.fingerprint, WORDS_VERSION)
    return replace(card, fingerprint=fingerprint, in_words=True)


def find_card(setting: str, servers: ModelServers, data_dir: Path) -> ModelCard | None:
    """The card of the transformer that a setting names; None if it cannot be used here."""
    with suppress(ModelError, OSError):
        if is_server(setting):
            return served_card(servers.find(setting))
        return find_deep_card(setting, downloaded(data_dir, setting))
    return None


def find_deep_card(setting: str, folder: str = "") -> ModelCard | None:
    """The card of a transformer with files here; None if it cannot be used. `folder` may say where it is."""
    with suppress(ModelError, OSError):
        model = DeepModel.find(folder or setting)
        return deep_card(setting, model, ModelTokenizer(model.tokenizer_json, model.limit))
    return None


def find_image_card(setting: str) -> ModelCard | None:
    """The card of the image model that a setting names; None if it cannot be used here."""
    with suppress(ModelError, OSError):
        return card_of_images(ImageModel.find(setting), setting)
    return None


def find_instant_card(setting: str) -> ModelCard | None:
    """The card of the instant model that a setting names; None if it cannot be used here."""
    with suppress(ModelError, OSError):
        return instant_card(StaticModel.load(instant_folder(setting)))
    return None


def instant_card(model: StaticModel) -> ModelCard:
    """The card of an instant model. Raises `ModelError` and `OSError`."""
    tokenizer = ModelTokenizer(model.folder / TOKENIZER, 0)
    return card_of_instant(
        model.folder,
        model.name,
        instant_setting(model.folder),
        instant_fingerprint(model),
        model.dim,
        tokenizer.strategy.value,
        tokenizer.vocabulary,
    )
