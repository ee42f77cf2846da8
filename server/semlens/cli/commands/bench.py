"""`semlens bench`: which tiers and models find the user's own code, by questions from its docstrings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import typer

from semlens.cli import FAILED
from semlens.cli.engine import Bars, print_json, say, with_engine
from semlens.core.text.printable import printable
from semlens.engine.client.client import EngineClient
from semlens.protocol.codec import encode_all
from semlens.protocol.engine import Bench, BenchAnswer, BenchTrial

_WIDEST = 120
"""Columns of the table: it is rather wrapped by the terminal than cut."""


def bench(request: Bench, as_json: bool) -> None:
    """Print the figures of every tier and model; exit with 1 if a model has none."""

    async def ask(client: EngineClient) -> BenchAnswer:
        with Bars() as progress:
            return await client.request(request, progress)

    found = with_engine(ask)
    if as_json:
        print_json({"folder": request.folder, **encode_all(found)})
    else:
        show(Path(request.folder), found)
    if any(trial.problem for trial in found.trials):
        raise typer.Exit(FAILED)


def show(folder: Path, found: BenchAnswer) -> None:
    """Print the figures as a table, and the problems."""
    from rich.console import Console
    from rich.table import Table

    chunks = found.trials[0].chunks
    say(f"{found.questions:,} questions from docstrings, {found.files:,} files, {chunks:,} chunks: {folder}")
    table = Table(box=None, pad_edge=False)
    for name in ("tiers", "model"):
        table.add_column(name, no_wrap=True)
    for name in ("MRR", "first", "in 5", "in 10", "embedded in"):
        table.add_column(name, justify="right", no_wrap=True)
    for cells in _rows(found.trials):
        table.add_row(*map(printable, cells))
    console = Console(highlight=False, markup=False)
    console.print(table, width=max(console.width, _WIDEST))
    for trial in found.trials:
        if trial.problem:
            say(f"{trial.model}: {trial.problem}")
    say("The docstrings were left out of what was searched. Figures of one folder say nothing of another.")


def _rows(trials: list[BenchTrial]) -> Iterator[list[str]]:
    """The tiers without a transformer once, then each model's."""
    for number, trial in enumerate(trials):
        for result in trial.results:
            if result.model is None and number:
                continue
            shares = (result.recall_at_1, result.recall_at_5, result.recall_at_10)
            took = f"{trial.seconds:,.0f} s" if result.tiers == "deep" else ""
            figures = [f"{result.mrr:.3f}", *(f"{share:.0%}" for share in shares), took]
            yield [result.tiers, result.model or "", *figures]
