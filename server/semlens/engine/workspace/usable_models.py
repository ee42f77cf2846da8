"""Which models open a folder: those of its settings, others if these cannot be used, or those before."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from attrs import evolve

from semlens.core.store.layout import index_dir
from semlens.engine.models.registry import ModelRegistry
from semlens.engine.workspace.last_model import LastModel
from semlens.errors import ModelError
from semlens.settings import DEFAULT_INSTANT_MODEL, DEFAULT_MODEL, Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refused:
    """The settings of a folder whose model cannot be used, and the sentence that says why."""

    settings: Settings
    sentence: str


def usable_models(
    registry: ModelRegistry, last: LastModel | None, settings: Settings
) -> tuple[Settings, Refused | None]:
    """`settings`; with other models, and the reason, if theirs cannot be used. Reads the models' files.

    :param last: the models that answered last
    :raises ModelError: no model can be used
    """
    try:
        registry.models(settings)
        return settings, None
    except ModelError as error:
        others = [
            *([] if last is None else [last.settings(settings)]),
            evolve(settings, instant_model=DEFAULT_INSTANT_MODEL),
            evolve(settings, model=DEFAULT_MODEL, instant_model=DEFAULT_INSTANT_MODEL),
        ]
        for other in others:
            with suppress(ModelError):
                models = registry.models(other)
                answering = models.static if other.model == settings.model else models.deep
                meanwhile = f"The model {answering.name} answers meanwhile."
                sentence = f"{error} {meanwhile}"
                log.warning("%s", sentence)
                return other, Refused(settings, sentence)
        raise


def models_before(
    registry: ModelRegistry, data_dir: Path, root: Path, last: LastModel | None, settings: Settings
) -> LastModel | None:
    """`last`, if they differ from those of `settings` and their index is still there."""
    if last is None or last.names(settings):
        return None
    with suppress(ModelError):
        models = registry.models(last.settings(settings))
        if (index_dir(data_dir, root, models.index_fingerprint) / "index.db").exists():
            return last
    return None
