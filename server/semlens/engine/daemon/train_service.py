"""The handlers of the requests about training a model on the user's own code."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from attrs import asdict, evolve

from semlens.core.bench.statistics import Estimate
from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.full_packages import require_full
from semlens.core.embed.hub import downloaded
from semlens.core.embed.static_model import StaticModel
from semlens.core.store.layout import is_known_workspace
from semlens.core.store.measurements import Measurement
from semlens.core.train.plan import Outcome, Plan
from semlens.engine.jobs.throttle import reason_to_wait
from semlens.engine.jobs.training import Run, Trainings
from semlens.engine.models.cards import find_deep_card, find_instant_card
from semlens.engine.models.instant import instant_folder
from semlens.engine.models.registry import ModelRegistry
from semlens.engine.models.trained import free_name, keep
from semlens.engine.wire.connection import Connection
from semlens.engine.workspace.last_model import last_model
from semlens.engine.workspace.registry import WorkspaceRegistry, real_root
from semlens.errors import FolderError, ModelError, UsageError
from semlens.protocol.editor import (
    Measured,
    TrainingOutcome,
    TrainingStatus,
)
from semlens.protocol.request import Request
from semlens.protocol.train import ActOnTraining, GetTraining, StartTraining
from semlens.settings import DEFAULT_MODEL, Settings, is_server

_CHECKPOINT_SECONDS = {"instant": 10.0, "deep": 30.0}


class TrainService:
    """Trains one model at a time. Call `close` when done."""

    def __init__(self, data_dir: Path, folders: WorkspaceRegistry, models: ModelRegistry) -> None:
        self._data_dir = data_dir
        self._folders = folders
        self._measurements = models.measurements
        self._trainings = Trainings(data_dir, self._reason_to_wait)
        self.handlers: Mapping[type[Request[Any]], Callable[[Any, Connection], Awaitable[object]]] = {
            StartTraining: self._start,
            GetTraining: self._get,
            ActOnTraining: self._act,
        }

    @property
    def running(self) -> bool:
        """Whether a model is being trained: then the engine does not end for want of clients."""
        return self._trainings.running

    def close(self) -> None:
        """End the process; the next engine goes on."""
        self._trainings.close()

    async def _get(self, request: GetTraining, connection: Connection) -> TrainingStatus:
        return _status(self._trainings.run)

    async def _start(self, request: StartTraining, connection: Connection) -> TrainingStatus:
        plan = await asyncio.to_thread(self._plan, request)
        return _status(await asyncio.to_thread(self._trainings.start, plan))

    async def _act(self, request: ActOnTraining, connection: Connection) -> TrainingStatus:
        acts: Mapping[str, Callable[[], object]] = {
            "pause": self._trainings.pause,
            "resume": self._trainings.resume,
            "stop": self._trainings.finish,
            "discard": self._trainings.discard,
            "keep": lambda: self._keep(request.anyway),
        }
        kept = await asyncio.to_thread(acts[request.act])
        status = _status(self._trainings.run)
        return evolve(status, message=str(kept)) if request.act == "keep" else status

    def _keep(self, anyway: bool) -> Path:
        """Keep the finished model; its folder. Raises `UsageError` and `StorageError`."""
        run, model = self._trainings.take_model()
        outcome = run.outcome
        if outcome is None or not outcome.may_be_kept:
            raise UsageError(
                f"The trained model is not better than {run.plan.base} on held-back code: discard it."
            )
        if not outcome.better and not anyway:
            raise UsageError("The gain is within chance: discard the model, or say that you want it anyway.")
        folder = keep(self._data_dir, model, run.plan.name)
        self._note(run.plan, outcome, folder)
        self._trainings.discard()
        return folder

    def _note(self, plan: Plan, outcome: Outcome, folder: Path) -> None:
        """Keep what the end of a training says of the model in `folder`."""
        card = find_instant_card(str(folder)) if plan.kind == "instant" else find_deep_card(str(folder))
        if card is None:
            return
        after = outcome.after
        self._measurements.note(
            [
                Measurement(
                    plan.root,
                    card.fingerprint,
                    "training",
                    outcome.questions,
                    outcome.texts,
                    after.mean,
                    after.low,
                    after.high,
                    time.time(),
                )
            ]
        )

    def _plan(self, request: StartTraining) -> Plan:
        """What is to be done. Raises `SemlensError` if it cannot be."""
        root = real_root(request.folder)
        if not root.is_dir():
            raise FolderError(f"{root} is not a folder. Give a folder that exists.")
        if not is_known_workspace(self._data_dir, root):
            raise FolderError(f"{root} is not indexed: open it in the editor, or run semlens index.")
        settings = self._settings(root)
        instant = instant_folder(settings.instant_model)
        if request.kind == "deep":
            base = request.base or settings.model
            if is_server(base):
                raise ModelError(
                    f"{base} is run by a server, and cannot be trained here: choose another model."
                )
            require_full("Training a transformer")
            deep = self._deep(base)
            name = deep.name
        else:
            if request.base:
                instant = instant_folder(request.base)
            name = StaticModel.load(instant).name
            deep = self._deep(DEFAULT_MODEL if is_server(settings.model) else settings.model)
        return Plan(
            kind=request.kind,
            root=str(root),
            base=name,
            name=free_name(self._data_dir, name, root),
            folder=str(self._trainings.folder),
            deep_model=deep.to_json(),
            instant_model=str(instant),
            settings=asdict(settings),
            minutes=request.minutes,
            gpu=request.gpu or settings.train_on_gpu,
            checkpoint_seconds=_CHECKPOINT_SECONDS[request.kind],
        )

    def _settings(self, root: Path) -> Settings:
        """Those of the open folder, or what is remembered of it."""
        opened = next((one.settings for one in self._folders if one.root == root), None)
        if opened is not None:
            return opened
        last = last_model(self._data_dir, root)
        return Settings(model=last.model, instant_model=last.instant) if last is not None else Settings()

    def _deep(self, setting: str) -> DeepModel:
        return DeepModel.find(downloaded(self._data_dir, setting))

    def _reason_to_wait(self, plan: Plan) -> str | None:
        settings = next((one.settings for one in self._folders if str(one.root) == plan.root), Settings())
        return reason_to_wait(settings, self._folders.activity)


def _status(run: Run | None) -> TrainingStatus:
    """How a training is, as the protocol has it."""
    if run is None:
        return TrainingStatus("none")
    plan, now = run.plan, run.now
    reached = now.reached
    return TrainingStatus(
        state=run.state,
        folder=plan.root,
        kind=plan.kind,
        base=plan.base,
        name=plan.name,
        stage=now.stage,
        done=now.done,
        total=now.total,
        seconds=reached.seconds,
        seconds_left=now.seconds_left,
        pairs=now.counts,
        losses=list(reached.losses),
        scores=list(reached.scores),
        best=reached.best,
        outcome=_outcome(run.outcome) if run.outcome is not None else None,
        message=run.message,
    )


def _outcome(found: Outcome) -> TrainingOutcome:
    return TrainingOutcome(
        questions=found.questions,
        texts=found.texts,
        before=_figure(found.before),
        after=_figure(found.after),
        gain=_figure(found.gain),
        recall_before=found.recall_before,
        recall_after=found.recall_after,
        better=found.better,
        may_be_kept=found.may_be_kept,
    )


def _figure(found: Estimate) -> Measured:
    return Measured(found.mean, found.low, found.high)
