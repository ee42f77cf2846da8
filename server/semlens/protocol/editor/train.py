"""A model that is trained on the user's own code: begun, watched, kept or discarded in the editor."""

from __future__ import annotations

from typing import Literal

from attrs import Factory, frozen

from semlens.protocol.editor.bench import Measured

TrainingKind = Literal["instant", "deep"]

TrainingState = Literal["none", "running", "waiting", "paused", "done", "failed"]
"""`waiting` while it gives way to the user or to other programs; `failed` cannot go on."""

TrainingStage = Literal["files", "commits", "before", "learning", "writing", "after"]

TrainingAct = Literal["pause", "resume", "stop", "keep", "discard"]
"""`stop` learns no more and takes the best so far; `discard` also cancels a training that runs."""


@frozen
class TrainingPairs:
    """How many pairs of a question and code there are, and how many questions are held back."""

    docstring: int = 0
    name: int = 0
    history: int = 0
    copies: int = 0
    """Left out, as near copies of held-back code."""
    watched: int = 0
    """Held-back questions that choose the best weights."""
    deciding: int = 0
    """Held-back questions that are asked at the end alone, and decide."""
    files: int = 0
    """Files that teach."""
    held_back_files: int = 0


@frozen
class TrainingLoss:
    """How far the model is from its pairs."""

    step: int
    loss: float
    """The mean since the point before."""


@frozen
class TrainingScore:
    """How well the watched questions find their code after some steps."""

    step: int
    mrr: float
    """The mean reciprocal rank, from 0 to 1."""
    recall: float
    """The share of questions whose code is among the first five, from 0 to 1."""


@frozen
class TrainingOutcome:
    """Before against after, on held-back questions that nothing was chosen by."""

    questions: int
    texts: int
    before: Measured
    """Mean reciprocal rank."""
    after: Measured
    gain: Measured
    recall_before: float
    recall_after: float
    better: bool
    """Whether the gain is more than chance."""
    may_be_kept: bool


@frozen
class TrainingStatus:
    """How the training is that was begun last."""

    state: TrainingState
    folder: str = ""
    kind: TrainingKind = "instant"
    base: str = ""
    """The model that is trained further."""
    name: str = ""
    """Of the new model."""
    stage: TrainingStage = "files"
    done: int = 0
    total: int = 0
    """Of the stage; 0 while it is not known."""
    seconds: float = 0.0
    """Spent on learning."""
    seconds_left: float | None = None
    """Of all stages, about."""
    pairs: TrainingPairs = Factory(TrainingPairs)
    losses: list[TrainingLoss] = Factory(list)
    scores: list[TrainingScore] = Factory(list)
    best: int = 0
    """The learning step with the best score so far; 0 if there is none yet."""
    outcome: TrainingOutcome | None = None
    message: str | None = None
    """A sentence: why it waits, is paused or has failed."""


@frozen
class StartTrainingParams:
    """Begin to train a model on a folder's code. The result is the training as it is then."""

    folder: str
    """The URI of a workspace folder."""
    kind: TrainingKind
    minutes: float = 30.0
    """The most minutes of learning."""


@frozen
class TrainingParams:
    """Ask how the training is that was begun last."""


@frozen
class ActOnTrainingParams:
    """Pause the training, go on with it, learn no more, keep its model or discard it."""

    act: TrainingAct
    anyway: bool = False
    """Keep a model whose gain is within chance."""
