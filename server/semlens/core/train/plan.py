"""What one training is to do, how far it is, and what came out: values that processes and files share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from semlens.core.bench.statistics import Estimate
from semlens.protocol.editor import TrainingKind, TrainingLoss, TrainingPairs, TrainingScore, TrainingStage

VERSION = 1
"""Of the files of a training. One that another version has begun is begun anew."""

Source = Literal["docstring", "name", "history"]
"""Where a pair comes from."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A training, as it was asked for."""

    kind: TrainingKind
    """The tier whose model is trained."""
    root: str
    """The folder whose code teaches."""
    base: str
    """The model to train further: what a setting calls it, or a folder."""
    name: str
    """Of the new model."""
    folder: str
    """Where the training keeps its files."""
    deep_model: Mapping[str, Any]
    """`DeepModel.to_json` of the transformer: the one to train, or the one in whose tokens code is cut."""
    instant_model: str
    """The folder of the instant model: the one to train, or the one that proposes near copies."""
    settings: Mapping[str, Any]
    """The settings of the folder that say which files belong."""
    minutes: float
    """The most minutes of learning."""
    gpu: bool = False
    seed: int = 0
    checkpoint_seconds: float = 30.0
    """The most seconds of learning that a kill can cost."""
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class Reached:
    """How far the learning is: what a checkpoint keeps beside the weights."""

    step: int = 0
    seconds: float = 0.0
    """Spent on learning."""
    losses: tuple[TrainingLoss, ...] = ()
    scores: tuple[TrainingScore, ...] = ()
    best: int = 0
    """The step of the best learned weights so far; 0 if there are none yet."""
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Now:
    """What a training is doing, as it reports it."""

    stage: TrainingStage = "files"
    done: int = 0
    total: int = 0
    """Of the stage; of the learning steps, about."""
    seconds_left: float | None = None
    """Of all stages together; None while it is not known."""
    counts: TrainingPairs = field(default_factory=TrainingPairs)
    reached: Reached = field(default_factory=Reached)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Before against after, on questions that nothing was chosen by."""

    questions: int
    texts: int
    """Pieces of code that were searched."""
    before: Estimate
    """The mean reciprocal rank."""
    after: Estimate
    gain: Estimate
    """The difference, question by question."""
    recall_before: float
    """At five."""
    recall_after: float
    counts: TrainingPairs
    reached: Reached
    device: str
    """What computed, in words."""

    @property
    def better(self) -> bool:
        """Whether the gain is more than chance."""
        return self.gain.low > 0

    @property
    def may_be_kept(self) -> bool:
        """Whether the new model is not worse, as far as these questions tell."""
        return self.gain.mean > 0
