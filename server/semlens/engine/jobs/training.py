"""The training of a model: a process that is kept running, gives way, and goes on after any end.

There is one training for the user at a time. `run.json` says what it is to do, so that the next engine goes
on; everything else is in the files of `core/train/stages.py`.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from semlens.core.train.plan import VERSION, Now, Outcome, Plan
from semlens.core.train.process import TrainingProcess, outcome_of
from semlens.core.train.stages import MODEL
from semlens.errors import Cancelled, SemlensError, StorageError, UsageError
from semlens.private_files import discard, private_dir, read_small, write_private
from semlens.process.child import ChildEnded
from semlens.protocol.codec import decode, encode_all
from semlens.protocol.json import json_bytes

log = logging.getLogger(__name__)

FOLDER: Final = "training"
"""In the data folder."""
_FILE: Final = "run.json"

POLL_SECONDS: Final = 0.25
"""Between two looks at what the user and the machine want."""
RESTART_SECONDS: Final = 0.5
MOST_DEATHS: Final = 3
"""A process that ends so often in a row without getting further is not started again."""
_CLOSING_SECONDS: Final = 0.5
"""For a last checkpoint when the engine ends."""

State = Literal["none", "running", "waiting", "paused", "done", "failed"]
_Wish = Literal["go on", "pause", "discard", "close"]


@dataclass(frozen=True, slots=True)
class Run:
    """A training with how far it is, as the file keeps it."""

    plan: Plan
    state: State
    now: Now = field(default_factory=Now)
    outcome: Outcome | None = None
    message: str | None = None
    """A sentence for the user."""


WaitReason = Callable[[Plan], str | None]
"""Why a training has to wait now, as a phrase; None if it may run."""


class Trainings:
    """The user's training. Safe for many threads; `close` it at the end."""

    def __init__(self, data_dir: Path, reason_to_wait: WaitReason) -> None:
        self._data_dir = data_dir
        self._reason_to_wait = reason_to_wait
        self._guard = threading.RLock()
        self._wish: _Wish = "go on"
        self._finish = False
        self._thread: threading.Thread | None = None
        self._pid: int | None = None
        self._run = _read(data_dir / FOLDER / _FILE)
        if self._run is not None and self._run.state in ("running", "waiting"):
            self._begin(self._run.plan, self._run.now)

    @property
    def folder(self) -> Path:
        """Where the training has its files."""
        return self._data_dir / FOLDER

    @property
    def run(self) -> Run | None:
        """The training that was begun last."""
        return self._run

    @property
    def running(self) -> bool:
        """Whether a process trains, or waits for the machine."""
        thread = self._thread
        return thread is not None and thread.is_alive()

    @property
    def pid(self) -> int | None:
        """Of the process that trains."""
        return self._pid

    def start(self, plan: Plan) -> Run:
        """Begin a training. Raises `UsageError` if there is one already, and `StorageError`."""
        with self._guard:
            before = self._run
            if before is not None and before.state != "failed":
                said = (
                    "finished: keep or discard it" if before.state == "done" else "not finished: discard it"
                )
                raise UsageError(
                    f"The training of {before.plan.name} is {said} first (semlens train status shows it)."
                )
            discard(self.folder)
            private_dir(self.folder)
            return self._begin(plan, Now())

    def pause(self) -> None:
        """Write a checkpoint and end the process. Raises `SemlensError` if none runs."""
        self._wanted("running", "waiting")
        self._end("pause")

    def resume(self) -> None:
        """Go on with a paused training. Raises `SemlensError` if it is not paused."""
        with self._guard:
            run = self._wanted("paused")
            self._begin(run.plan, run.now)

    def finish(self) -> None:
        """Learn no more, and take the best weights so far. Raises `SemlensError` if it does not run."""
        with self._guard:
            run = self._wanted("running", "waiting", "paused")
            self._finish = True
            if run.state == "paused":
                self._begin(run.plan, run.now, finish=True)

    def discard(self) -> None:
        """End the training and delete what it has made. Raises `SemlensError` if there is none."""
        self._wanted("running", "waiting", "paused", "done", "failed")
        self._end("discard")
        with self._guard:
            self._run = None
            discard(self.folder)

    def take_model(self) -> tuple[Run, Path]:
        """The finished training and its model's folder. Raises `SemlensError` if none is finished."""
        run = self._wanted("done")
        model = self.folder / MODEL
        if not model.is_dir():
            raise UsageError(f"The model of the training in {self.folder} is gone: discard it.")
        return run, model

    def close(self) -> None:
        """End the process; the next engine goes on with the training."""
        self._end("close")

    def _wanted(self, *states: State) -> Run:
        run = self._run
        if run is None:
            raise SemlensError("There is no training: semlens train begins one.")
        if run.state not in states:
            raise SemlensError(f"The training of {run.plan.name} is {run.state}.")
        return run

    def _begin(self, plan: Plan, now: Now, finish: bool = False) -> Run:
        with self._guard:
            self._wish, self._finish = "go on", finish
            self._run = run = Run(plan, "running", now)
            self._write(run)
            self._thread = threading.Thread(
                target=self._supervise, args=(plan,), name="training", daemon=True
            )
            self._thread.start()
            return run

    def _end(self, wish: _Wish) -> None:
        self._wish = wish
        thread = self._thread
        if thread is not None:
            thread.join()

    # On the thread of the training

    def _supervise(self, plan: Plan) -> None:
        deaths = 0
        while self._wish == "go on":
            before = self._progress
            try:
                self._attend(plan, TrainingProcess(plan, self._data_dir, None, self._report))
                return
            except (ChildEnded, OSError) as error:
                deaths = 1 if self._progress != before else deaths + 1
                log.warning("the process of a training ended: %s", error)
                if deaths >= MOST_DEATHS:
                    self._set(
                        "paused",
                        f"The training's process ended {deaths} times without getting further ({error}): "
                        "resume it to try again.",
                    )
                    return
            time.sleep(RESTART_SECONDS)
        if self._wish == "pause":
            self._set("paused", None)

    def _attend(self, plan: Plan, process: TrainingProcess) -> None:
        """Wait for a process's answer, and do what the user and the machine want meanwhile.

        Raises `ChildEnded` if it ended by itself.
        """
        held = finishing = False
        self._pid = process.pid
        try:
            while True:
                with suppress(TimeoutError):
                    self._done(outcome_of(process.answer.result(POLL_SECONDS)))
                    return
                if self._wish != "go on":
                    self._leave(process)
                    return
                if self._finish and not finishing:
                    finishing, held = True, False
                    process.finish()
                reason = None if finishing else self._reason_to_wait(plan)
                if (reason is not None) != held:
                    held = reason is not None
                    process.hold(held)
                    self._set("waiting" if held else "running", reason)
        except Cancelled:
            return
        except StorageError as error:  # The disk is full, or so: the user can make room and go on.
            self._set("paused", str(error))
        except SemlensError as error:
            self._set("failed", str(error))
        finally:
            self._pid = None
            process.close()

    def _leave(self, process: TrainingProcess) -> None:
        if self._wish == "pause":
            process.halt()
            self._set("paused", None)
        elif self._wish == "close":
            process.halt(_CLOSING_SECONDS)

    def _done(self, outcome: Outcome) -> None:
        with self._guard:
            run = self._run
            if run is not None:
                now = Now("after", 1, 1, 0.0, outcome.counts, outcome.reached)
                self._run = Run(run.plan, "done", now, outcome)
                self._write(self._run)

    @property
    def _progress(self) -> tuple[str, int, int]:
        now = self._run.now if self._run is not None else Now()
        return now.stage, now.done, now.reached.step

    def _report(self, now: Now) -> None:
        with self._guard:
            run = self._run
            if run is not None and run.state in ("running", "waiting"):
                self._run = Run(run.plan, run.state, now, None, run.message)

    def _set(self, state: State, message: str | None) -> None:
        with self._guard:
            run = self._run
            if run is not None:
                self._run = Run(run.plan, state, run.now, None, message)
                self._write(self._run)

    def _write(self, run: Run) -> None:
        try:
            write_private(private_dir(self.folder) / _FILE, json_bytes(run, encode_all))
        except StorageError as error:  # What is in memory counts until the engine ends.
            log.warning("the state of a training cannot be kept: %s", error)


def _read(path: Path) -> Run | None:
    with suppress(OSError, ValueError, TypeError, UsageError):
        run = decode(Run, json.loads(read_small(path)), name=str)
        if run.plan.version == VERSION:
            return run
    return None
