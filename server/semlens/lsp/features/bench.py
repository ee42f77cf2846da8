"""Measure models on a folder of the workspace, with progress and cancel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from semlens.lsp.session.attachments import local_folder
from semlens.protocol import editor as protocol
from semlens.protocol.bench import Bench, BenchAnswer, BenchResult, BenchTrial, Interval
from semlens.protocol.notifications import Progress as EngineProgress

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session

_STAGES = {
    "files": "Reading files",
    "commits": "Reading commits",
    "chunks": "Embedding code",
    "questions": "Asking questions",
}

SEED = 0
"""The same questions each time, so that two runs can be compared."""


async def bench(ls: Session, params: protocol.BenchParams) -> protocol.BenchResult:
    """How well models find a folder's code; cancelled by its request or by its progress token.

    Raises `SemlensError`.
    """
    asked = local_folder(ls.folders, params.folder)
    await ls.attachments.ready(ls.protocol, [asked.folder.uri])
    request = Bench(
        asked.folder.real_path,
        params.questions,
        params.files,
        SEED,
        params.seconds,
        params.models,
        params.source,
    )
    with ls.progress_tasks.track(params.work_done_token, "Semlens") as progress:

        def show(reached: EngineProgress) -> None:
            share = reached.done / reached.total if reached.total else 0.0
            progress.report(_said(reached), share, restart=True)

        answer = await ls.engine.request(request, show)
        progress.outcome = f"{answer.questions:,} questions"
    return _result(answer)


def _said(reached: EngineProgress) -> str:
    """The stage of a measurement, such as `chunks for semlens-code`, and how far it is."""
    what, _, model = reached.stage.partition(" for ")
    stage = f"{_STAGES.get(what, what)} ({model})" if model else _STAGES.get(what, what)
    return f"{stage}: {reached.done:,} of {reached.total:,}"


def _result(answer: BenchAnswer) -> protocol.BenchResult:
    return protocol.BenchResult(
        answer.questions,
        answer.files,
        answer.trials[0].chunks,
        list(_rows(answer.trials)),
        [
            protocol.BenchPair(
                one.tiers,
                one.other_tiers,
                _measured(one.mrr, one.interval),
                one.within_chance,
                one.model,
                one.other_model,
            )
            for one in answer.differences
        ],
        [f"{trial.model}: {trial.problem}" for trial in answer.trials if trial.problem],
    )


def _rows(trials: list[BenchTrial]) -> Iterator[protocol.BenchRow]:
    """The tiers without a transformer once, then each model's."""
    for number, trial in enumerate(trials):
        for result in trial.results:
            if result.model is not None or not number:
                yield _row(trial, result)


def _row(trial: BenchTrial, result: BenchResult) -> protocol.BenchRow:
    return protocol.BenchRow(
        result.tiers,
        _measured(result.mrr, result.mrr_interval),
        _measured(result.recall_at_1, result.recall_at_1_interval),
        _measured(result.recall_at_5, result.recall_at_5_interval),
        result.model,
        trial.seconds if result.tiers == "deep" else None,
    )


def _measured(mean: float, interval: Interval) -> protocol.Measured:
    return protocol.Measured(mean, interval.low, interval.high)
