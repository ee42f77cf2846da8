"""`semlens index`."""

from __future__ import annotations

import os
import time
from pathlib import Path

from semlens.cli.engine import STAGES, Bars, print_json, say, with_engine
from semlens.engine.client.client import EngineClient
from semlens.engine.wire.endpoint import default_data_dir
from semlens.errors import SemlensError, UsageError
from semlens.protocol.codec import encode_all
from semlens.protocol.engine import Index
from semlens.protocol.team import DrainTeam, TeamAnswer, TeamStatus
from semlens.types import Report, Tier

_REASONS_SHOWN = 3


def index(folder: Path, tier: Tier | None, full: bool, images: bool | None, as_json: bool) -> None:
    """Index `folder` and print the report; `images` as in `Index`."""

    async def ask(client: EngineClient) -> Report:
        until = tier or Tier.DEEP
        with Bars(STAGES if until in (Tier.DEEP, Tier.SECOND) else ()) as progress:
            return await client.request(Index(str(folder), full, until, images), progress)

    report = with_engine(ask)
    if as_json:
        print_json({"folder": str(folder), **encode_all(report)})
    else:
        say("\n".join(describe(folder, report)))


def index_for_team(folder: Path, full: bool, as_json: bool) -> int:
    """Index `folder`, give the team's server what it lacks, and print the report; the exit status.

    The status is 1 if the server could not be asked for all or given all. Raises `SemlensError`.
    """

    async def ask(client: EngineClient) -> tuple[Report, TeamAnswer, TeamAnswer]:
        before = await client.request(TeamStatus())
        if not before.in_use:
            raise SemlensError(before.message or "You have joined no team: semlens team join URL")
        with Bars(STAGES) as progress:
            report = await client.request(Index(str(folder), full, Tier.DEEP), progress)
        return report, before, await client.request(DrainTeam())

    began = time.monotonic()
    report, before, after = with_engine(ask)
    complete = after.message is None and not after.waiting
    found = {
        "taken": after.taken - before.taken,
        "checked": after.checked - before.checked,
        "made": after.made - before.made,
        "given": after.given - before.given,
        "indexed": after.indexed - before.indexed,
        "waiting": after.waiting,
        "complete": complete,
        "message": after.message,
    }
    if as_json:
        seconds = time.monotonic() - began
        print_json({"folder": str(folder), **encode_all(report), **found, "seconds": seconds})
    else:
        say("\n".join(describe(folder, report)))
        say(
            f"  {found['taken']:,} vectors taken from {after.host}, {found['made']:,} made here, "
            f"{found['given']:,} given"
        )
        if found["indexed"]:
            say(f"  {found['indexed']:,} vectors given to the repository's shared index")
        if not complete:
            say(f"  {after.message or 'The server was not given all in time.'}")
    return 0 if complete else 1


def check_nothing_is_kept_in(folder: Path) -> None:
    """Raise `UsageError` if the data folder lies in `folder`: nothing else is ever written there."""
    data_dir = Path(os.path.realpath(default_data_dir()))
    if data_dir.is_relative_to(os.path.realpath(folder)):
        raise UsageError(f"{data_dir} is in {folder}: name another folder in SEMLENS_DATA_DIR.")


def describe(folder: Path, report: Report) -> list[str]:
    """The report in words."""
    if not report.files:
        return [f"0 files indexed in {folder}: {why_none(report)}"]
    counts = f"{report.files:,} files, {report.chunks:,} chunks"
    return [
        f"{counts} indexed in {report.seconds:.1f} s: {folder}",
        f"  {report.added:,} added, {report.changed:,} changed, {report.removed:,} removed, "
        f"{report.skipped:,} left out; {report.embedded:,} chunks embedded, {report.reused:,} known",
    ]


def why_none(report: Report) -> str:
    """A sentence that says why no file is in the index."""
    reasons = report.skipped_reasons
    if not reasons:
        return "the folder holds no files."
    most = sorted(reasons.items(), key=lambda item: -item[1])[:_REASONS_SHOWN]
    shares = ", ".join(f"{reason} ({count:,})" for reason, count in most)
    return f"{report.skipped:,} left out: {shares}."
