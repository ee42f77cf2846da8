"""One training from its plan to its model, in a folder of its own. Each stage that is done is a file.

    plan.json       what to do
    data.json       the pairs and the exams
    before.json     how well the base does in the deciding exam
    learning/       checkpoints
    model/          the finished model
    outcome.json    before against after: written last

A second run of the same folder goes on after the last of them.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

from semlens.core.bench.history import History
from semlens.core.bench.reading import TextReader
from semlens.core.bench.statistics import difference, estimate
from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.model_card import licence_of
from semlens.core.embed.static_model import StaticModel
from semlens.core.embed.worker import load_backend, threads_to_use
from semlens.core.files.membership import Membership
from semlens.core.text.tokens import ModelTokenizer
from semlens.core.text.words import without_surrogates
from semlens.core.train.deep_learner import DeepLearner
from semlens.core.train.exam import Embed, Exam, ranks, recall, reciprocal
from semlens.core.train.history_pairs import Change, read_changes
from semlens.core.train.learning import Learner, Learning, Schedule
from semlens.core.train.model_folder import write_card
from semlens.core.train.pairs import read_code
from semlens.core.train.plan import Now, Outcome, Plan, Reached
from semlens.core.train.split import TrainingData, split
from semlens.core.train.static_learner import StaticLearner
from semlens.core.util.deadline import Deadline
from semlens.errors import FolderError, UsageError
from semlens.private_files import UNFINISHED, discard, private_dir, read_small, storage_errors, write_private
from semlens.process.git import Git
from semlens.protocol.codec import decode, encode_all
from semlens.protocol.editor import TrainingKind
from semlens.protocol.json import json_bytes
from semlens.settings import parse
from semlens.types import CancelToken

PLAN, OUTCOME, MODEL = "plan.json", "outcome.json", "model"
_DATA, _BEFORE, _LEARNING = "data.json", "before.json", "learning"
_DATA_LIMIT: Final = 1 << 28

MOST_CHANGES: Final = 1_000
"""Commits that teach."""
_HISTORY_SECONDS: Final[dict[TrainingKind, float]] = {"instant": 15.0, "deep": 60.0}
"""An instant training is to be done in a minute."""
_EXAM_TEXTS: Final[dict[TrainingKind, tuple[int, int]]] = {"instant": (1_500, 3_000), "deep": (300, 1_500)}
"""The most texts of the watched and of the deciding exam: a transformer reads some 30 in a second."""

_EXAM_PART: Final = 128
"""Texts that are embedded at once."""

T = TypeVar("T")

Report = Callable[[Now], None]


def run(plan: Plan, control: CancelToken, going_on: Callable[[], bool], report: Report) -> Outcome:
    """Train as `plan` says, from where the files in its folder leave off.

    :param control: checked between steps; its `check` may block, and raises to end the run
    :param going_on: whether to go on learning; if not, the best weights so far are taken
    :param report: called with how far it is
    :raises SemlensError: what cannot be done, in a sentence
    """
    folder = private_dir(Path(plan.folder))
    done = _kept(folder / OUTCOME, Outcome)
    if done is not None and (folder / MODEL).is_dir():
        return done
    now = Now()

    def tell(**changes: object) -> None:
        nonlocal now
        now = replace(now, **changes)  # type: ignore[arg-type]
        report(now)

    data = _data(plan, folder, control, tell)
    tell(stage="before", done=0, total=0, counts=data.counts)
    before = _before(folder / _BEFORE, data.deciding, plan, control)
    tell(stage="learning", seconds_left=None)
    learner = _learner(plan)
    schedule = Schedule(plan.minutes * 60, plan.checkpoint_seconds, plan.seed)
    learning = Learning(learner, data.pairs, data.watched, private_dir(folder / _LEARNING), schedule)
    tell(reached=learning.reached)

    def learned(reached: Reached, total: int, seconds: float) -> None:
        tell(done=reached.step, total=total, seconds_left=seconds + before.seconds, reached=reached)

    def goes_on() -> bool:
        control.check()
        return going_on()

    reached = learning.run(goes_on, learned)
    tell(stage="writing", done=0, total=0, seconds_left=before.seconds, reached=reached)
    unfinished = _written(plan, folder, learner)
    tell(stage="after")
    after = before.ranks  # No weights were better than those of the base.
    if reached.best:
        after = _ranks(data.deciding, serving(plan, unfinished), control)
    outcome = _outcome(data, before.ranks, after, reached, learner.device)
    _finish(plan, folder, unfinished, outcome)
    return outcome


def _data(plan: Plan, folder: Path, control: CancelToken, tell: Callable[..., None]) -> TrainingData:
    kept = _kept(folder / _DATA, TrainingData, _DATA_LIMIT)
    if kept is not None:
        return kept
    settings, _ = parse(dict(plan.settings))
    root = Path(plan.root)
    membership = Membership(root, evolve(settings, images=False))
    deep = DeepModel.from_json(plan.deep_model)
    tokenizer = ModelTokenizer(deep.tokenizer_json, deep.limit)
    files = read_code(
        root,
        membership,
        tokenizer,
        plan.seed,
        control,
        lambda done, total: tell(stage="files", done=done, total=total),
    )
    changes: list[Change] = []
    with suppress(FolderError):  # A folder without a history has its docstrings.
        deadline = Deadline(_HISTORY_SECONDS[plan.kind])
        changes = read_changes(
            History(Git(root)),
            TextReader(membership),
            tokenizer,
            MOST_CHANGES,
            control,
            deadline,
            lambda done, total: tell(stage="commits", done=done, total=total),
        )
    static = StaticModel.load(Path(plan.instant_model))
    data = split(files, changes, static, _EXAM_TEXTS[plan.kind], plan.seed, control.check)
    write_private(folder / _DATA, json_bytes(data, encode_all))
    return data


def _learner(plan: Plan) -> Learner:
    if plan.kind == "instant":
        return StaticLearner(Path(plan.instant_model))
    model = DeepModel.from_json(plan.deep_model)
    model.verify()
    return DeepLearner(model, threads_to_use(os.cpu_count() or 1), plan.gpu, plan.seed)


@dataclass(frozen=True, slots=True)
class _Ranked:
    """The ranks of an exam's answers, and the seconds that the exam took."""

    ranks: list[int]
    seconds: float


def _before(path: Path, exam: Exam, plan: Plan, control: CancelToken) -> _Ranked:
    """The ranks of the base, kept in a file, so that a resumed run has them."""
    kept = _kept(path, _Ranked)
    if kept is not None and len(kept.ranks) == len(exam.questions):
        return kept
    started = time.monotonic()
    found = _Ranked(_ranks(exam, serving(plan, None), control), time.monotonic() - started)
    write_private(path, json_bytes(found, encode_all))
    return found


def serving(plan: Plan, folder: Path | None) -> Embed:
    """How search embeds with the model in a folder, or with the base: figures are those of a model in use."""
    if plan.kind == "instant":
        static = StaticModel.load(folder or Path(plan.instant_model))
        return lambda texts, query: static.embed(list(texts))
    model = DeepModel.find(str(folder)) if folder else DeepModel.from_json(plan.deep_model)
    backend = load_backend(model, threads_to_use(os.cpu_count() or 1), "auto" if plan.gpu else "cpu")

    def embed(texts: Sequence[str], query: bool) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), backend.dim), np.float32)
        for rows, some in backend.encode([without_surrogates(text) for text in texts], query):
            vectors[rows] = some
        return vectors

    return embed


def _ranks(exam: Exam, embed: Embed, control: CancelToken) -> list[int]:
    """The ranks of an exam, which can be ended between two parts of it."""

    def in_parts(texts: Sequence[str], query: bool) -> NDArray[np.float32]:
        parts = []
        for start in range(0, len(texts), _EXAM_PART):
            control.check()
            parts.append(embed(texts[start : start + _EXAM_PART], query))
        return np.concatenate(parts)

    return ranks(exam, in_parts)


def _outcome(
    data: TrainingData, before: list[int], after: list[int], reached: Reached, device: str
) -> Outcome:
    return Outcome(
        questions=len(before),
        texts=len(data.deciding.texts),
        before=estimate(reciprocal(before)),
        after=estimate(reciprocal(after)),
        gain=difference(reciprocal(after), reciprocal(before)),
        recall_before=recall(before),
        recall_after=recall(after),
        counts=data.counts,
        reached=reached,
        device=device,
    )


def _written(plan: Plan, folder: Path, learner: Learner) -> Path:
    """The model in a folder that is not yet its last. Raises `StorageError`."""
    unfinished = folder / f".{MODEL}{UNFINISHED}" / plan.name
    with storage_errors(folder):
        discard(unfinished.parent)
        unfinished.mkdir(parents=True)
        learner.write_model(unfinished)
    return unfinished


def _finish(plan: Plan, folder: Path, unfinished: Path, outcome: Outcome) -> None:
    base = Path(plan.instant_model if plan.kind == "instant" else str(plan.deep_model["folder"]))
    write_card(unfinished, plan, outcome, licence_of(base))
    with storage_errors(folder):
        discard(folder / MODEL)
        os.replace(unfinished, folder / MODEL)
        discard(unfinished.parent)
    write_private(folder / OUTCOME, json_bytes(outcome, encode_all))


def _kept(path: Path, kind: type[T], limit: int = 1 << 24) -> T | None:
    """What a stage has written; None if it has not, or it cannot be read."""
    with suppress(OSError, ValueError, TypeError, UsageError):
        return decode(kind, json.loads(read_small(path, limit).decode("utf-8", "surrogatepass")), name=str)
    return None
