"""`semlens index`."""

from __future__ import annotations

from pathlib import Path

from semlens.cli.engine import STAGES, Bars, print_json, say, with_engine
from semlens.engine.client.client import EngineClient
from semlens.protocol.codec import encode_all
from semlens.protocol.engine import Index
from semlens.types import Report, Tier

_REASONS_SHOWN = 3


def index(folder: Path, tier: Tier | None, full: bool, as_json: bool) -> None:
    """Index `folder` and print the report."""

    async def ask(client: EngineClient) -> Report:
        until = tier or Tier.DEEP
        with Bars(STAGES if until is Tier.DEEP else ()) as progress:
            return await client.request(Index(str(folder), full, until), progress)

    report = with_engine(ask)
    if as_json:
        print_json({"folder": str(folder), **encode_all(report)})
    else:
        say("\n".join(describe(folder, report)))


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
