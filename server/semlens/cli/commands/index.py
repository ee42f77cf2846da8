"""`semlens index`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from semlens.cli.engine import Bars, print_json, say, with_engine
from semlens.engine.client.client import EngineClient
from semlens.types import Tier

_REASONS_SHOWN = 3


def index(folder: Path, tier: Tier | None, full: bool, as_json: bool) -> None:
    """Index `folder` and print the report."""
    params: dict[str, Any] = {"folder": str(folder), "full": full}
    if tier is not None:
        params["tier"] = tier.value

    async def ask(client: EngineClient) -> dict[str, Any]:
        with Bars() as progress:
            return dict(await client.request("index", params, progress))

    report = with_engine(ask)
    if as_json:
        print_json({"folder": str(folder), **report})
    else:
        say("\n".join(describe(folder, report)))


def describe(folder: Path, report: dict[str, Any]) -> list[str]:
    """The report in words."""
    if not report["files"]:
        return [f"0 files indexed in {folder}: {why_none(report)}"]
    counts = f"{report['files']:,} files, {report['chunks']:,} chunks"
    return [
        f"{counts} indexed in {report['seconds']:.1f} s: {folder}",
        f"  {report['added']:,} added, {report['changed']:,} changed, {report['removed']:,} removed, "
        f"{report['skipped']:,} left out; {report['embedded']:,} chunks embedded, {report['reused']:,} known",
    ]


def why_none(report: dict[str, Any]) -> str:
    """A sentence that says why no file is in the index."""
    reasons: dict[str, int] = report.get("skipped_reasons") or {}
    if not reasons:
        return "the folder holds no files."
    most = sorted(reasons.items(), key=lambda item: -item[1])[:_REASONS_SHOWN]
    shares = ", ".join(f"{reason} ({count:,})" for reason, count in most)
    return f"{report['skipped']:,} left out: {shares}."
