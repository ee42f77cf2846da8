"""Whether the files of a model are what they were when its vectors were made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from semlens.core.embed.cross_encoder import RerankModel
from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.hub import downloaded
from semlens.errors import ModelError
from semlens.protocol.editor import InstalledModel
from semlens.settings import is_server


def model_problem(model: InstalledModel, data_dir: Path) -> str | None:
    """A sentence if they are not. Reads all of them; what a server runs has none here."""
    if is_server(model.setting or ""):
        return None
    name = model.setting or model.name
    if model.tier == "rerank":
        return _problem_of(lambda: RerankModel.find(name).verify())
    if model.tier == "instant":
        if model.installed:
            return None
        if model.trained:
            return "Its files were changed: train it again."
        return "Its files were changed: reinstall Semlens."
    if not model.installed:
        place = model.setting or "its folder"
        return (
            f"{place} has other files than those that made the vectors, or none: index again, or put it back."
        )
    if model.tier == "image":  # All of its files were read to list it.
        return None
    return _problem_of(lambda: DeepModel.find(downloaded(data_dir, name)).verify())


def _problem_of(verify: Callable[[], None]) -> str | None:
    try:
        verify()
    except ModelError as error:
        return str(error)
    return None
