"""The engine's requests about models: which there are, what is indexed with them, and what may go."""

from __future__ import annotations

from typing import ClassVar

from attrs import Factory, frozen

from semlens.protocol.request import Request, Requests
from semlens.types import Fingerprint, Tier


@frozen
class ModelFolder:
    """A folder that has an index of a model."""

    folder: str
    """The absolute path; empty if it is not known any more."""
    answers: bool
    """Whether this index is the one that answers, or answered last."""
    texts: int
    """The different texts of its chunks."""
    embedded: float
    """The share of them that has a vector of the model, from 0 to 1."""
    disk_bytes: int


@frozen
class ModelInfo:
    """A model that is installed or was used. Fields that are not known any more are None."""

    tier: Tier
    """`instant` or `deep`."""
    name: str
    fingerprint: Fingerprint
    """Vectors with the same fingerprint are comparable."""
    dimension: int | None
    installed: bool
    """Whether its files are there, and make these very vectors."""
    setting: str | None = None
    """What the setting `semlens.model` calls it, or `semlens.instantModel`."""
    window: int | None = None
    """The most tokens that it sees; None also for a model that sees any number."""
    tokenizer: str | None = None
    vocabulary: int | None = None
    pooling: str | None = None
    licence: str | None = None
    size: int | None = None
    """Bytes of its files."""
    vectors: int = 0
    """How many are kept, for all folders together."""
    vector_bytes: int = 0
    """About how much of the disk they take."""
    folders: list[ModelFolder] = Factory(list)
    in_words: bool = False
    """Whether these are vectors of code in words, as a folder's second model makes them."""
    wanted: bool = True
    """Whether a setting names it or an open folder uses it; others can be removed."""
    trained: bool = False
    """Whether it was trained here: then its files go, too, when it is removed by its name."""

    @property
    def removable_bytes(self) -> int:
        """About the bytes that go with it: its files if it was trained here, and the indexes of its own."""
        own_indexes = self.tier is Tier.DEEP or self.trained  # the instant tier shares a transformer's
        indexes = sum(folder.disk_bytes for folder in self.folders) if own_indexes else 0
        return self.vector_bytes + indexes + (self.size or 0 if self.trained else 0)


@frozen
class ModelsAnswer:
    models: list[ModelInfo]
    """Those that are wanted first."""


@frozen
class ListModels(Request[ModelsAnswer]):
    """Every model that is installed or was used."""

    method: ClassVar[str] = "list_models"


@frozen
class VerifyModelAnswer:
    problem: str | None
    """A sentence if the files are not what they were."""


@frozen
class VerifyModel(Request[VerifyModelAnswer]):
    """Read the files of a model, and compare them with what they were."""

    method: ClassVar[str] = "verify_model"
    fingerprint: Fingerprint


@frozen
class RemoveModelsAnswer:
    removed: list[ModelInfo]
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
