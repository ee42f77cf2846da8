"""The loop of a training: batches in a fixed order, the learning rate, checkpoints, the best weights so far.

A checkpoint is two files of a learner and one small file that names them, written last: a kill at any moment
leaves the checkpoint before or this one. What was held back and watched chooses the best of the learned
weights; whether they are better than the base's is for other questions to say.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from semlens.core.train.exam import Exam, ranks, recall, reciprocal
from semlens.core.train.pairs import Pair
from semlens.core.train.plan import Reached
from semlens.errors import UsageError
from semlens.private_files import discard, read_small, storage_errors, write_private
from semlens.protocol.codec import decode, encode_all
from semlens.protocol.editor import TrainingLoss, TrainingScore
from semlens.protocol.json import json_bytes

_FILE = "reached.json"
_WARM_UP = 0.1
"""The share of the learning in which its rate rises."""
_LEAST_RATE = 0.02
_WATCH_SHARE = 0.15
"""The most time that the watched questions may take, as a share of all."""
_LEAST_STEPS = 8
"""Between two looks at the watched questions."""
_LOSS_POINTS = 100
"""Of the whole learning, for the plot."""
_TIMED_STEPS = 20
"""Of which the seconds of a step are the mean."""


class Learner(Protocol):
    """A model that is being trained."""

    batch: int
    """Pairs of a step."""
    epochs: int
    device: str
    """What computes, in words."""

    def embed(self, texts: Sequence[str], query: bool) -> NDArray[np.float32]:
        """The unit vectors of questions or code, shape (texts, dim)."""

    def learn(self, pairs: Sequence[Pair], rate: float) -> float:
        """Take one step with this share of the learning rate; the loss before it."""

    def save(self, path: Path) -> None:
        """Write all that it takes to go on. Raises `OSError`."""

    def restore(self, path: Path) -> None:
        """Read what `save` has written."""

    def save_weights(self, path: Path) -> None:
        """Write the weights alone. Raises `OSError`."""

    def use_weights(self, path: Path | None) -> None:
        """Take what `save_weights` has written, as far as the model keeps it, or the base's weights."""

    def write_model(self, folder: Path) -> None:
        """Write the model as it is now. Raises `OSError`."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long a learning takes, and how often it is kept."""

    seconds: float
    """The most; the learning rate falls so that it ends then."""
    checkpoint_seconds: float
    seed: int


Tell = Callable[[Reached, int, float], None]
"""Called with how far the learning is, about how many steps it has, and the seconds that are left."""


class Learning:
    """One training's learning, in a folder of its own. A second `Learning` of the folder goes on."""

    def __init__(
        self, learner: Learner, pairs: Sequence[Pair], watched: Exam, folder: Path, schedule: Schedule
    ) -> None:
        self._learner = learner
        self._pairs = pairs
        self._watched = watched
        self._folder = folder
        self._schedule = schedule
        self.reached = read_reached(folder)
        self._total = learner.epochs * len(list(batches(pairs, learner.batch, schedule.seed, 0)))
        if self._total == 0:
            raise UsageError("The pairs are too few for one step: choose a folder with more code.")
        self._unsaved = 0.0
        self._since_watched = 0.0
        self._watching = 0.0
        """The seconds that the last look at the watched questions took."""
        self._lately: list[float] = []
        self._losses: list[float] = []

    def run(self, control: Callable[[], bool], tell: Tell) -> Reached:
        """Learn to the end, or until `control` returns false, and take the best weights.

        :param control: called between steps; may block and raise, and what was learned so far is kept then
        :raises StorageError: a checkpoint cannot be written
        """
        if self.reached.step:
            with storage_errors(self._folder):
                self._learner.restore(self._checkpoint(self.reached.step))
        if not self.reached.finished:
            self._learn(control, tell)
        with storage_errors(self._folder):
            best = self.reached.best
            self._learner.use_weights(self._best(best) if best else None)
        return self.reached

    def _learn(self, control: Callable[[], bool], tell: Tell) -> None:
        if not self.reached.scores:
            self._watch()
        for batch in self._rest():
            try:
                going_on = control()
            except BaseException:
                self._save()
                raise
            if not going_on or self._share >= 1:
                break
            self._step(batch)
            tell(self.reached, self._steps, self._seconds_left)
            if self._is_time_to_watch:
                self._watch()
            if self._unsaved >= self._schedule.checkpoint_seconds:
                self._save()
        if self._steps_since_watched:
            self._watch()
        self.reached = replace(self.reached, finished=True)
        self._save()

    def _rest(self) -> Iterator[Sequence[Pair]]:
        """The batches that are left."""
        learner, seed = self._learner, self._schedule.seed
        every = chain.from_iterable(
            batches(self._pairs, learner.batch, seed, epoch) for epoch in range(learner.epochs)
        )
        for number, batch in enumerate(every):
            if number >= self.reached.step:
                yield batch

    def _step(self, batch: Sequence[Pair]) -> None:
        started = time.monotonic()
        share = self._share
        rate = min(1.0, share / _WARM_UP + 0.1, max(_LEAST_RATE, (1 - share) / (1 - _WARM_UP)))
        self._losses.append(self._learner.learn(batch, rate))
        taken = time.monotonic() - started
        self._lately = [*self._lately[1 - _TIMED_STEPS :], taken]
        self._unsaved += taken
        self._since_watched += taken
        reached = self.reached
        step, losses = reached.step + 1, reached.losses
        if step % max(1, self._total // _LOSS_POINTS) == 0 or step == 1:
            losses = (*losses, TrainingLoss(step, float(np.mean(self._losses))))
            self._losses.clear()
        self.reached = replace(reached, step=step, seconds=reached.seconds + taken, losses=losses)

    @property
    def _share(self) -> float:
        """How much of the learning is done, from 0 to 1: by steps or by time."""
        return max(self.reached.step / self._total, self.reached.seconds / self._schedule.seconds)

    @property
    def _steps(self) -> int:
        """How many steps there are, about."""
        share = self._share
        return max(self.reached.step, round(self.reached.step / share)) if share else self._total

    @property
    def _seconds_left(self) -> float:
        left = (self._steps - self.reached.step) * (sum(self._lately) / max(1, len(self._lately)))
        return left * (1 + _WATCH_SHARE)

    @property
    def _steps_since_watched(self) -> int:
        scores = self.reached.scores
        return self.reached.step - (scores[-1].step if scores else 0)

    @property
    def _is_time_to_watch(self) -> bool:
        enough = self._since_watched * _WATCH_SHARE >= self._watching
        return enough and self._steps_since_watched >= _LEAST_STEPS

    def _watch(self) -> None:
        """Ask the watched questions, and keep the weights if they are the best so far."""
        started = time.monotonic()
        found = ranks(self._watched, self._learner.embed)
        point = TrainingScore(self.reached.step, float(np.mean(reciprocal(found))), recall(found))
        best = max((one.mrr for one in self.reached.scores if one.step), default=-1.0)
        reached = replace(self.reached, scores=(*self.reached.scores, point))
        if point.step and point.mrr > best:
            with storage_errors(self._folder):
                self._learner.save_weights(self._best(point.step))
            reached = replace(reached, best=point.step)
        self.reached = reached
        self._watching = time.monotonic() - started
        self._since_watched = 0.0

    def _save(self) -> None:
        with storage_errors(self._folder):
            self._learner.save(self._checkpoint(self.reached.step))
        write_private(self._folder / _FILE, json_bytes(self.reached, encode_all))
        needed = {_FILE, self._checkpoint(self.reached.step).name, self._best(self.reached.best).name}
        for path in list(self._folder.iterdir()):
            if path.name not in needed:
                discard(path)
        self._unsaved = 0.0

    def _checkpoint(self, step: int) -> Path:
        return self._folder / f"checkpoint-{step}"

    def _best(self, step: int) -> Path:
        return self._folder / f"best-{step}"


def batches(pairs: Sequence[Pair], size: int, seed: int, epoch: int) -> Iterator[list[Pair]]:
    """The pairs in an order of their own for each epoch; no batch has a question or a code twice.

    A pair that would be there twice waits for the next batch. What does not fill half a batch is left out.
    """
    waiting = list(pairs)
    random.Random(f"{seed} {epoch}").shuffle(waiting)
    while len(waiting) >= max(2, size // 2):
        batch: list[Pair] = []
        questions: set[str] = set()
        codes: set[str] = set()
        later: list[Pair] = []
        for place, pair in enumerate(waiting):
            if len(batch) == size:
                later += waiting[place:]
                break
            if pair.question.lower() in questions or pair.code in codes:
                later.append(pair)
                continue
            batch.append(pair)
            questions.add(pair.question.lower())
            codes.add(pair.code)
        if len(batch) < max(2, size // 2):
            return
        yield batch
        waiting = later


def read_reached(folder: Path) -> Reached:
    """What the last checkpoint says; nothing if there is none that can be read."""
    with suppress(OSError, ValueError, KeyError, TypeError, UsageError):
        reached = decode(Reached, json.loads(read_small(folder / _FILE)), name=str)
        if (folder / f"checkpoint-{reached.step}").is_file() and (
            not reached.best or (folder / f"best-{reached.best}").is_file()
        ):
            return reached
    return Reached()
