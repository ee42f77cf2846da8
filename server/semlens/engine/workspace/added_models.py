"""The models that a folder has beside its first: which ones they are, or why one cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from attrs import evolve

from semlens.core.index.image_tier import ImageModels
from semlens.core.index.model_set import ModelSet
from semlens.engine.models.registry import ModelRegistry
from semlens.errors import ModelError
from semlens.settings import Settings
from semlens.types import Fingerprint

Models = TypeVar("Models")


@dataclass(frozen=True, slots=True)
class AddedModel(Generic[Models]):
    """A model that was asked for, or none."""

    models: Models | None = None
    """It, with the store of its vectors."""
    problem: str | None = None
    """Why it cannot be used, in a sentence. What it has read before is kept."""


@dataclass(frozen=True, slots=True)
class AddedModels:
    """The models beside the first."""

    second: AddedModel[ModelSet] = AddedModel()
    """Reads the code in words."""
    images: AddedModel[ImageModels] = AddedModel()
    """Looks at the images."""

    @property
    def fingerprints(self) -> list[Fingerprint]:
        """Under which their vectors are kept."""
        second, images = self.second.models, self.images.models
        in_words = [] if second is None else [second.words_fingerprint]
        return in_words if images is None else [*in_words, images.model.fingerprint]


NO_ADDED = AddedModels()


def added_models(registry: ModelRegistry, settings: Settings) -> AddedModels:
    """The models that the settings name. They may have to be read or loaded, which takes a while."""
    if settings.deep_tier == "off":
        return NO_ADDED
    second: AddedModel[ModelSet] = AddedModel()
    images: AddedModel[ImageModels] = AddedModel()
    if settings.second_model:
        own = evolve(settings, model=settings.second_model)
        second = _usable(
            lambda: registry.second(own), lambda error: f"The second model cannot be used. {error}"
        )
    if settings.images and settings.image_model:
        images = _usable(
            lambda: registry.image_models(settings), lambda error: f"The image model cannot be used. {error}"
        )
    return AddedModels(second, images)


def _usable(get: Callable[[], Models], sentence: Callable[[ModelError], str]) -> AddedModel[Models]:
    try:
        return AddedModel(get())
    except ModelError as error:
        return AddedModel(problem=sentence(error))
