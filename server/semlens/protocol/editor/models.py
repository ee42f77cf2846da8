"""The models that are installed or were used, and what is indexed with them."""

from __future__ import annotations

from typing import Literal

from attrs import Factory, frozen

from semlens.protocol.editor.bench import Measured
from semlens.types import Fingerprint


@frozen
class ModelsParams:
    """Ask for every model that is installed or was used."""


@frozen
class IndexedFolder:
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
class ModelQuality:
    """How well a model alone found the code of a folder, when that was last measured."""

    folder: str
    """The absolute path."""
    source: Literal["docstrings", "history", "training"]
    """Where the questions came from; `training`: held-back code, at the end of a training."""
    questions: int
    chunks: int
    """Pieces of code that were searched."""
    mrr: Measured
    """The mean reciprocal rank, from 0 to 1."""
    at: float
    """When, in seconds since 1970."""


@frozen
class InstalledModel:
    """A model. What is not known any more is null."""

    tier: Literal["instant", "deep", "image", "rerank"]
    name: str
    fingerprint: Fingerprint
    """Vectors with the same fingerprint are comparable. A cross-encoder makes none."""
    installed: bool
    """Whether its files are there, and make these very vectors."""
    vectors: int = 0
    """How many are kept, for all folders together."""
    vector_bytes: int = 0
    """About how much of the disk they take."""
    folders: list[IndexedFolder] = Factory(list)
    wanted: bool = True
    """Whether a setting names it or an open folder uses it; others can be removed."""
    removable_bytes: int = 0
    """About how much of the disk comes free if it is removed."""
    in_words: bool = False
    """Whether these are vectors of code in words, as a second model makes them."""
    dimension: int | None = None
    setting: str | None = None
    """What the setting `semlens.model` calls it, or `semlens.instantModel`, or `semlens.rerankModel`."""
    window: int | None = None
    """The most tokens that it sees; null also for a model that sees any number."""
    tokenizer: str | None = None
    vocabulary: int | None = None
    pooling: str | None = None
    licence: str | None = None
    size: int | None = None
    """Bytes of its files."""
    trained: bool = False
    """Whether it was trained here: then its files go, too, when it is removed by its name."""
    pace: float | None = None
    """Pieces of code that it embeds in a second on this machine; null if it was never seen at work."""
    measured: list[ModelQuality] = Factory(list)
    """Its last measurement on each folder, the newest first."""


@frozen
class ModelsResult:
    """Every model that is installed or was used."""

    models: list[InstalledModel]
    """Those that are wanted first."""


@frozen
class VerifyModelParams:
    """Check that the files of a model are what they were."""

    fingerprint: Fingerprint


@frozen
class VerifyModelResult:
    """Whether the files of a model are what they were."""

    problem: str | None = None
    """A sentence if they are not."""


@frozen
class RemoveModelParams:
    """Delete the vectors and indexes of a model that is not wanted."""

    fingerprint: Fingerprint


@frozen
class RemoveModelResult:
    """What has come free."""

    freed_bytes: int


@frozen
class EstimateModelParams:
    """Ask what it would take to use a model in the open folders; it may read a sample first."""

    model: str
    """As the setting `semlens.model` names it."""
    second: bool = False
    """As the second model, which reads the code in words."""


@frozen
class EstimateModelResult:
    """What it takes."""

    texts: int
    """The different texts of the code."""
    unread: int
    """Those that the model has not read yet."""
    seconds: float
    """About how long it takes to read them."""
    disk_bytes: int
    """About how much of the disk it takes."""
