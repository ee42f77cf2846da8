"""Index folders that are searched for the first time, as far as an answer needs it."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from semlens.cli.commands.folders import is_known
from semlens.cli.commands.index import why_none
from semlens.cli.engine import Bars
from semlens.core.text.printable import printable
from semlens.engine.client.client import EngineClient
from semlens.protocol.engine import Index
from semlens.types import Coverage, Tier


async def index_first(client: EngineClient, folders: Sequence[str]) -> bool:
    """Fill the instant tier of the folders that were never indexed, with progress on a terminal.

    One without a file to search is named: that is no failure, as an answer without hits is none.

    :return: whether there was one.
    """
    fresh = [folder for folder in folders if not is_known(folder)]
    for folder in fresh:
        with Bars() as progress:
            report = await client.request(Index(folder, tier=Tier.INSTANT), progress)
        files = "1 file" if report.files == 1 else f"{report.files:,} files"
        text = f"{files} read in {report.seconds:.1f} s: {folder}"
        if not report.files:
            text = f"There is nothing to search in {folder}: {why_none(report)}"
        typer.echo(f"semlens: {printable(text)}", err=True)
    return bool(fresh)


def say_how_far(coverage: Coverage) -> None:
    """Say on stderr how far the deep tier is, if it is not done."""
    if coverage.deep < 1:
        text = f"results get better in the background ({coverage.deep:.0%} done)"
        typer.echo(f"semlens: {text}; semlens status says how far it is", err=True)
