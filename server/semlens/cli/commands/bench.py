"""`semlens bench`: which tiers and models find the user's own code, by questions with known answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import typer
from attrs import evolve

from semlens.cli import FAILED
from semlens.cli.engine import Bars, print_json, say, with_engine
from semlens.cli.figures import difference
from semlens.core.text.printable import printable
from semlens.engine.client.client import EngineClient
from semlens.errors import Cancelled, SemlensError
from semlens.protocol.bench import (
    Bench,
    BenchAnswer,
    BenchDifference,
    BenchTrial,
    Interval,
    QuestionSource,
)
from semlens.protocol.codec import encode_all

_WIDEST = 140
"""Columns of the table: it is rather wrapped by the terminal than cut."""

_ORIGIN = {"docstrings": "docstrings", "history": "commit messages"}

_LEFT_OUT: dict[QuestionSource, str] = {
    "docstrings": "The docstrings were left out of what was searched.",
    "history": "Each question was asked of the code as it was before its commit.",
}


def bench(request: Bench, sources: Sequence[QuestionSource], as_json: bool) -> None:
    """Print the figures of every tier and model, for each source of questions.

    Exits with 1 if a model has no figures. A source that has no questions is one sentence, unless it is the
    only one: then that is raised.
    """
    found, problems = _measured(request, sources)
    if as_json:
        first, *others = [encode_all(answer) for answer in found]
        print_json(
            {
                "folder": request.folder,
                **first,
                **{other["source"]: other for other in others},
                "problems": list(problems),
            }
        )
    else:
        for answer in found:
            show(Path(request.folder), answer)
            say("")
        for problem in problems:
            say(problem)
        say("Figures of one folder say nothing of another.")
    if any(trial.problem for answer in found for trial in answer.trials):
        raise typer.Exit(FAILED)


def _measured(request: Bench, sources: Sequence[QuestionSource]) -> tuple[list[BenchAnswer], list[str]]:
    """The figures, and why some sources have none. Raises `SemlensError` if none has any."""

    async def ask(client: EngineClient) -> tuple[list[BenchAnswer], list[SemlensError]]:
        found: list[BenchAnswer] = []
        errors: list[SemlensError] = []
        for source in sources:
            with Bars() as progress:
                try:
                    found.append(await client.request(evolve(request, source=source), progress))
                except Cancelled:
                    raise
                except SemlensError as error:
                    errors.append(error)
        return found, errors

    found, errors = with_engine(ask)
    if not found:
        raise errors[0]
    return found, [str(error) for error in errors]


def show(folder: Path, found: BenchAnswer) -> None:
    """Print the figures as a table, the differences, and the problems."""
    from rich.console import Console
    from rich.table import Table

    chunks = found.trials[0].chunks
    origin = _ORIGIN[found.source]
    say(f"{found.questions:,} questions from {origin}, {found.files:,} files, {chunks:,} chunks: {folder}")
    table = Table(box=None, pad_edge=False)
    for name in ("tiers", "model"):
        table.add_column(name, no_wrap=True)
    for name in ("MRR", "first", "in 5", "in 10", "embedded in"):
        table.add_column(name, justify="right", no_wrap=True)
    for cells in _rows(found.trials):
        table.add_row(*map(printable, cells))
    Console(highlight=False, markup=False, width=max(Console().width, _WIDEST)).print(table)
    for trial in found.trials:
        if trial.problem:
            say(f"{trial.model}: {trial.problem}")
    for one in found.differences:
        say(_difference(one))
    say(f"{_LEFT_OUT[found.source]} In brackets: 95 % of what other questions like these would give.")


def _rows(trials: list[BenchTrial]) -> Iterator[list[str]]:
    """The tiers without a transformer once, then each model's."""
    for number, trial in enumerate(trials):
        for result in trial.results:
            if result.model is None and number:
                continue
            shares = (
                (result.recall_at_1, result.recall_at_1_interval),
                (result.recall_at_5, result.recall_at_5_interval),
                (result.recall_at_10, result.recall_at_10_interval),
            )
            took = f"{trial.seconds:,.0f} s" if result.tiers == "deep" else ""
            mrr = f"{result.mrr:.3f} ({result.mrr_interval.low:.2f}-{result.mrr_interval.high:.2f})"
            yield [result.tiers, result.model or "", mrr, *(_share(*share) for share in shares), took]


def _share(share: float, interval: Interval) -> str:
    return f"{share:.0%} ({100 * interval.low:.0f}-{100 * interval.high:.0f})"


def _difference(one: BenchDifference) -> str:
    """Who is better, and whether these questions tell it."""
    mine, other = (f"{tiers} with {model}" if model else tiers for tiers, model in _sides(one))
    figures = difference(one.mrr, one.interval.low, one.interval.high, unit=" MRR")
    said = f"{mine} against {other}: {figures}"
    return f"{said}, the difference is within chance." if one.within_chance else f"{said}."


def _sides(one: BenchDifference) -> Iterator[tuple[str, str | None]]:
    yield one.tiers, one.model
    yield one.other_tiers, one.other_model
