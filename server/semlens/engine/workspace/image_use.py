"""The model that looks at the images of a folder: which one it is, or why it cannot be used."""

from __future__ import annotations

from dataclasses import dataclass

from semlens.core.index.image_tier import ImageModels
from semlens.engine.models.registry import ModelRegistry
from semlens.errors import ModelError
from semlens.settings import Settings


@dataclass(frozen=True, slots=True)
class ImageUse:
    """An image model that was asked for, or none."""

    models: ImageModels | None = None
    problem: str | None = None
    """Why it cannot be used, in a sentence. What it has seen before is kept."""


NO_IMAGES = ImageUse()


def image_use(registry: ModelRegistry, settings: Settings) -> ImageUse:
    """The image model that the settings name. All of its files are read, which may take a while."""
    if not settings.images or not settings.image_model or settings.deep_tier == "off":
        return NO_IMAGES
    try:
        return ImageUse(registry.image_models(settings))
    except ModelError as error:
        return ImageUse(problem=f"The image model cannot be used. {error}")
