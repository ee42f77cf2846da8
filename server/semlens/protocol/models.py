"""The engine's requests about models: which there are, what is indexed with them, and what may go."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from semlens.protocol.editor import InstalledModel, ModelsResult, VerifyModelResult
from semlens.protocol.request import Request, Requests
from semlens.types import Fingerprint


@frozen
class ListModels(Request[ModelsResult]):
    """Every model that is installed or was used."""

    method: ClassVar[str] = "list_models"


@frozen
class VerifyModel(Request[VerifyModelResult]):
    """Read the files of a model, and compare them with what they were."""

    method: ClassVar[str] = "verify_model"
    fingerprint: Fingerprint


@frozen
class RemoveModelsAnswer:
    removed: list[InstalledModel]
    freed_bytes: int
    """By how much the data folder has shrunk."""


@frozen
class RemoveModels(Request[RemoveModelsAnswer]):
    """Delete the vectors and indexes of models that are not wanted."""

    method: ClassVar[str] = "remove_models"
    fingerprints: list[Fingerprint]


@frozen
class ModelEstimate:
    """What it takes to have a model read folders, as far as it has not read them."""

    name: str
    texts: int
    """The different texts of their code."""
    unread: int
    """Those that the model has not read yet."""
    seconds: float
    """About how long it takes to read them, at the pace that the model has shown on this machine."""
    disk_bytes: int
    """About by how much the data folder grows."""
    instant: bool = False
    """Whether it is a model of the fast tier, which is made again at once; the figures are 0 then."""


@frozen
class EstimateModel(Request[ModelEstimate]):
    """What it would take to use a model. A model that was never at work here reads a sample first."""

    method: ClassVar[str] = "estimate_model"
    folder: str
    """Empty for all open folders together."""
    model: str
    """As `semlens.model` names it."""
    second: bool = False
    """As the second model, which reads the code in words."""


MODEL_REQUESTS: Requests = {
    kind.method: kind for kind in (ListModels, VerifyModel, RemoveModels, EstimateModel)
}
"""Method → request."""
