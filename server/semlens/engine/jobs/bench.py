"""Measure the search quality of models on the user's own code, in temporary indexes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from pathlib import Path

from attrs import evolve

from semlens.core.bench.corpus import CorpusSample, collect_corpus
from semlens.core.bench.evaluation import Evaluation, evaluate_model
from semlens.core.files.membership import Membership
from semlens.core.index.indexer import Progress
from semlens.engine.jobs.job_queue import JobQueue
from semlens.engine.models.registry import ModelRegistry
from semlens.errors import FolderError
from semlens.private_files import discard, private_dir
from semlens.protocol.engine import BenchAnswer, BenchResult, BenchTrial
from semlens.settings import Settings
from semlens.types import CancelToken

MIN_QUESTIONS = 10
"""With fewer questions, a single answer moves the figures by more than a tenth."""


StageProgress = Callable[[str], Progress]
"""Returns the progress callback of a stage, by the name of the stage."""


@dataclass(frozen=True, slots=True)
class BenchRequest:
    """What to measure."""

    root: Path
    """The folder whose code is searched."""
    models: tuple[str, ...]
    """Names or folders of models."""
    sample: CorpusSample
    seconds: float
    """The time for each model."""


class BenchJobs:
    """Runs one measurement at a time on a thread of its own. `close` it at the end."""

    def __init__(self, data_dir: Path, model_registry: ModelRegistry) -> None:
        self._scratch = data_dir / "bench"
        self._model_registry = model_registry
        self._queue = JobQueue("bench")

    def submit(
        self,
        request: BenchRequest,
        settings: Settings,
        cancel: CancelToken,
        progress: StageProgress,
    ) -> Future[BenchAnswer]:
        """Queue a measurement; the future gives the figures, or raises `FolderError` or `ModelError`."""
        return self._queue.submit(lambda token: self._run(request, settings, token, progress), cancel)

    def close(self) -> None:
        """Cancel the measurement and wait until it has stopped."""
        self._queue.close()

    def _run(
        self,
        request: BenchRequest,
        settings: Settings,
        cancel: CancelToken,
        progress: StageProgress,
    ) -> BenchAnswer:
        models = [self._model_registry.models(evolve(settings, model=name)) for name in request.models]
        membership = Membership(request.root, settings)
        corpus = collect_corpus(request.root, membership, request.sample, cancel, progress("files"))
        if len(corpus.queries) < MIN_QUESTIONS:
            raise FolderError(
                f"{request.root} has {len(corpus.queries)} functions whose docstrings ask for them, and "
                f"{MIN_QUESTIONS} are needed. Choose a folder with more docstrings, or allow more files."
            )
        discard(self._scratch)  # A killed engine may have left its indexes.
        trials: list[Evaluation] = []
        try:
            for one in models:
                folder = Path(tempfile.mkdtemp(dir=private_dir(self._scratch)))
                on_progress = progress(f"chunks for {one.deep.name}")
                trials.append(evaluate_model(corpus, one, folder, request.seconds, cancel, on_progress))
        finally:
            discard(self._scratch)
        measured = [_encoded(trial) for trial in trials]
        return BenchAnswer(len(corpus.queries), len(corpus.files), request.sample.seed, measured)


def _encoded(trial: Evaluation) -> BenchTrial:
    """The figures of a model as the protocol has them."""
    results = [BenchResult(**asdict(result)) for result in trial.results]
    return BenchTrial(trial.model, trial.chunks, trial.seconds, results, trial.problem)
