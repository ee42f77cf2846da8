"""The engine's requests about training a model on the user's own code. There is one training at a time."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from semlens.protocol.editor import TrainingAct, TrainingKind, TrainingStatus
from semlens.protocol.request import Request, Requests


@frozen
class StartTraining(Request[TrainingStatus]):
    """Begin to train a model on a folder's code. What a failed training has left is discarded."""

    method: ClassVar[str] = "start_training"
    folder: str
    kind: TrainingKind
    base: str = ""
    """The model to train further; empty for the folder's."""
    minutes: float = 30.0
    """The most minutes of learning."""
    gpu: bool = False
    """Use a GPU if there is one."""


@frozen
class GetTraining(Request[TrainingStatus]):
    """How the training is."""

    method: ClassVar[str] = "get_training"


@frozen
class ActOnTraining(Request[TrainingStatus]):
    """Pause the training, go on with it, end it, keep its model or discard it."""

    method: ClassVar[str] = "act_on_training"
    act: TrainingAct
    anyway: bool = False
    """Keep a model whose gain is within chance."""


TRAIN_REQUESTS: Requests = {kind.method: kind for kind in (StartTraining, GetTraining, ActOnTraining)}
"""Method → request."""
