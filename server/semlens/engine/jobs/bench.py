"""Measure the search quality of models on the user's own code, in temporary indexes."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from attrs import evolve

from semlens.core.bench.comparison import Difference, differences
from semlens.core.bench.corpus import CorpusSample, collect_corpus
from semlens.core.bench.evaluation import Evaluation, Result, evaluate_model
from semlens.core.bench.history import History
from semlens.core.bench.history_evaluation import HistoryCorpus, evaluate_history
from semlens.core.bench.history_queries import history_queries
from semlens.core.bench.reading import TextReader
from semlens.core.bench.statistics import Estimate
from semlens.core.files.membership import Membership
from semlens.core.index.indexer import Progress
from semlens.core.index.model_set import ModelSet
from semlens.core.store.measurements import Measurement
from semlens.core.util.deadline import Deadline
from semlens.engine.jobs.job_queue import JobQueue
from semlens.engine.models.registry import ModelRegistry
from semlens.errors import FolderError
from semlens.private_files import discard, private_dir
from semlens.process.git import Git
from semlens.protocol.bench import (
    BenchAnswer,
    BenchDifference,
    BenchResult,
    BenchTrial,
    Interval,
    QuestionSource,
)
from semlens.settings import Settings
from semlens.types import CancelToken, Fingerprint

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
    source: QuestionSource = "docstrings"


Evaluate = Callable[[ModelSet, Path, float, CancelToken, Progress], Evaluation]
"""Measures one model in an empty folder."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The questions of a measurement."""

    questions: int
    files: int
    evaluate: Evaluate


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
        prepare = _from_history if request.source == "history" else _from_docstrings
        membership = Membership(request.root, evolve(settings, images=False))
        prepared = prepare(request, membership, cancel, progress)
        discard(self._scratch)  # A killed engine may have left its indexes.
        trials: list[Evaluation] = []
        try:
            for one in models:
                folder = Path(tempfile.mkdtemp(dir=private_dir(self._scratch)))
                counted = "questions" if request.source == "history" else "chunks"
                on_progress = progress(f"{counted} for {one.deep.name}")
                trials.append(prepared.evaluate(one, folder, request.seconds, cancel, on_progress))
        finally:
            discard(self._scratch)
        self._keep(request, prepared.questions, models, trials)
        return BenchAnswer(
            prepared.questions,
            prepared.files,
            request.sample.seed,
            [_trial(trial) for trial in trials],
            [_difference(found) for found in differences(trials)],
            request.source,
        )

    def _keep(
        self,
        request: BenchRequest,
        questions: int,
        models: Sequence[ModelSet],
        trials: Sequence[Evaluation],
    ) -> None:
        """Keep the figures of each model alone; the instant model is the same in every trial."""
        now = time.time()
        found: dict[Fingerprint, Measurement] = {}
        for model, trial in zip(models, trials, strict=True):
            alone = {"instant": model.instant_fingerprint, "deep": model.deep_fingerprint}
            for result in trial.results:
                fingerprint = alone.get(result.tiers)
                if fingerprint is not None and fingerprint not in found:
                    mrr = result.mrr
                    found[fingerprint] = Measurement(
                        str(request.root),
                        fingerprint,
                        request.source,
                        questions,
                        trial.chunks,
                        mrr.mean,
                        mrr.low,
                        mrr.high,
                        now,
                    )
        self._model_registry.measurements.note(found.values())


def _from_docstrings(
    request: BenchRequest, membership: Membership, cancel: CancelToken, progress: StageProgress
) -> _Prepared:
    corpus = collect_corpus(request.root, membership, request.sample, cancel, progress("files"))
    if len(corpus.queries) < MIN_QUESTIONS:
        raise FolderError(
            f"{request.root} has {len(corpus.queries)} functions whose docstrings ask for them, and "
            f"{MIN_QUESTIONS} are needed. Choose a folder with more docstrings."
        )
    return _Prepared(len(corpus.queries), len(corpus.files), partial(evaluate_model, corpus))


def _from_history(
    request: BenchRequest, membership: Membership, cancel: CancelToken, progress: StageProgress
) -> _Prepared:
    history, reader = History(Git(request.root)), TextReader(membership)
    deadline = Deadline(request.seconds, cancel)
    queries = history_queries(
        history, reader, request.sample.questions, cancel, deadline, progress("commits")
    )
    if len(queries) < MIN_QUESTIONS:
        raise FolderError(
            f"{request.root} has {len(queries)} commits whose messages ask for what they changed, and "
            f"{MIN_QUESTIONS} are needed."
        )
    corpus = HistoryCorpus(history, reader, queries, request.sample)
    return _Prepared(len(queries), len(corpus.newest()), partial(evaluate_history, corpus))


def _trial(trial: Evaluation) -> BenchTrial:
    """The figures of a model as the protocol has them."""
    return BenchTrial(
        trial.model, trial.chunks, trial.seconds, list(map(_result, trial.results)), trial.problem
    )


def _result(result: Result) -> BenchResult:
    at_1, at_5, at_10 = result.recall
    return BenchResult(
        result.tiers,
        result.model,
        result.mrr.mean,
        at_1.mean,
        at_5.mean,
        at_10.mean,
        _interval(result.mrr),
        _interval(at_1),
        _interval(at_5),
        _interval(at_10),
    )


def _difference(found: Difference) -> BenchDifference:
    one, other, mrr = found.one, found.other, found.mrr
    return BenchDifference(
        one.tiers, one.model, other.tiers, other.model, mrr.mean, _interval(mrr), mrr.within_chance
    )


def _interval(found: Estimate) -> Interval:
    return Interval(found.low, found.high)
