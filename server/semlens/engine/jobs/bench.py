"""Measure models on a user's own code, one measurement at a time, in indexes that are thrown away."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from attrs import evolve

from semlens.core.bench.corpus import CorpusSample, collect_corpus
from semlens.core.bench.evaluation import Evaluation, evaluate_model
from semlens.core.files.membership import Membership
from semlens.core.index.indexer import Progress
from semlens.core.store.layout import discard, private_dir
from semlens.engine.jobs.job_queue import JobQueue
from semlens.engine.models.registry import ModelRegistry
from semlens.errors import FolderError
from semlens.settings import Settings
from semlens.types import CancelToken

FEWEST = 10
"""Questions. Below that one answer more or less moves the figures by a tenth."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What to measure: a folder, models by name or folder, how much of it, and the time for each model."""

    root: Path
    models: tuple[str, ...]
    sample: CorpusSample
    seconds: float


class BenchJobs:
    """Runs measurements on a thread of its own. `close` it at the end."""

    def __init__(self, data_dir: Path, shelf: ModelRegistry) -> None:
        self._scratch = data_dir / "bench"
        self._shelf = shelf
        self._lane = JobQueue("bench")

    def submit(
        self, asked: Asked, settings: Settings, cancel: CancelToken, progress: Callable[[str], Progress]
    ) -> Future[dict[str, Any]]:
        """The figures as JSON, once they are measured. `progress` takes the name of a stage."""
        return self._lane.submit(lambda token: self._run(asked, settings, token, progress), cancel)

    def close(self) -> None:
        self._lane.close()

    def _run(
        self, asked: Asked, settings: Settings, cancel: CancelToken, progress: Callable[[str], Progress]
    ) -> dict[str, Any]:
        models = [self._shelf.models(evolve(settings, model=name)) for name in asked.models]
        membership = Membership(asked.root, settings)
        corpus = collect_corpus(asked.root, membership, asked.sample, cancel, progress("files"))
        if len(corpus.queries) < FEWEST:
            raise FolderError(
                f"{asked.root} has {len(corpus.queries)} functions whose docstrings ask for them, and "
                f"{FEWEST} are needed. Choose a folder with more docstrings, or allow more files."
            )
        discard(self._scratch)  # What a killed engine left behind.
        trials: list[Evaluation] = []
        try:
            for one in models:
                folder = Path(tempfile.mkdtemp(dir=private_dir(self._scratch)))
                said = progress(f"chunks for {one.deep.name}")
                trials.append(evaluate_model(corpus, one, folder, asked.seconds, cancel, said))
        finally:
            discard(self._scratch)
        return {
            "questions": len(corpus.queries),
            "files": len(corpus.files),
            "seed": asked.sample.seed,
            "trials": [asdict(trial) for trial in trials],
        }
