"""The second model of a folder: which one it is, or why it cannot be used."""

from __future__ import annotations

from dataclasses import dataclass

from attrs import evolve

from semlens.core.index.model_set import ModelSet
from semlens.engine.models.registry import ModelRegistry
from semlens.errors import ModelError
from semlens.settings import Settings


@dataclass(frozen=True, slots=True)
class SecondModel:
    """A second model that was asked for, or none."""

    models: ModelSet | None = None
    """Those of its setting."""
    problem: str | None = None
    """Why it cannot be used, in a sentence. What it has read before is kept."""


NO_SECOND = SecondModel()


def second_model(registry: ModelRegistry, settings: Settings) -> SecondModel:
    """The second model that the settings name. It may have to be loaded, which takes a while."""
    if not settings.second_model or settings.deep_tier == "off":
        return NO_SECOND
    try:
        return SecondModel(registry.second(evolve(settings, model=settings.second_model)))
    except ModelError as error:
        return SecondModel(problem=f"The second model cannot be used. {error}")
