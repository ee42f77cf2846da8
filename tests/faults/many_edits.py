"""Two language servers and a command line change one folder at once; then each is asked for all of it."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

from faults.table import Experiment, Table
from support.editing_clients import (
    CommandLineSide,
    EditorSide,
    Names,
    Wrong,
    look_for,
    names_on_disk,
    sample,
    work_at_once,
)
from support.live import Live
from support.oracle import from_scratch, rows

SLOWNESS = 0.03
GONE = 500
"""Names that stand nowhere any more and are asked for all the same."""


async def many_edits(experiment: Experiment) -> Table:
    root, data_dir = experiment.folder / "workspace", experiment.folder / "data"
    root.mkdir()
    data_dir.mkdir()
    live, names = Live(data_dir, {"SEMLENS_IDLE_MINUTES": "5"}), Names()
    table = Table(
        "Two language servers and a command line on one folder",
        ["asked through", "changes", "names asked", "not found where they stand", "stale or wrong"],
    )
    try:
        async with live.client() as client:
            await client.attach(root)
            editors = [
                EditorSide(name, root, names, seed, SLOWNESS, data_dir) for seed, name in enumerate("ab")
            ]
            script = CommandLineSide("c", root, names, 7, SLOWNESS, data_dir)
            with editors[0].client, editors[1].client:
                started = time.monotonic()
                await asyncio.to_thread(work_at_once, [*editors, script], experiment.times)
                changing = time.monotonic() - started
                there = names_on_disk(root, names.given)
                await _settle(client, root, len(there))
                settled = time.monotonic() - started - changing
                asked = sample(names.given, there, GONE, experiment.chance)
                for editor in editors:
                    wrong = await asyncio.to_thread(look_for, asked, there, editor.hits)
                    table.rows.append(["language server", experiment.times, *_counted(wrong)])
                wrong = await asyncio.to_thread(_by_command_line, script, asked, there, experiment.folder)
                table.rows.append(["command line", experiment.times, *_counted(wrong)])
        await live.stop()
        difference = rows(data_dir) ^ await from_scratch(root, experiment.folder)
    finally:
        live.kill_all()
    table.notes.append(
        f"{changing:.0f} s of changes from each side to {len(there)} files, {len(live.engines)} engine, "
        f"whole {settled:.1f} s after the last one. Rows that differ from a scratch index: {len(difference)}."
    )
    return table


async def _settle(client: Any, root: Path, files: int) -> None:
    end = time.monotonic() + 30
    while (await client.status(root)).files != files and time.monotonic() < end:
        await asyncio.sleep(0.05)
    await client.ready(root)


def _by_command_line(
    script: CommandLineSide, asked: list[str], there: dict[str, Path], folder: Path
) -> Wrong:
    """All questions with one run of `semlens search`."""
    queries = folder / "queries"
    queries.write_text("\n".join(asked))
    said = script.run(
        "search", "--folder", str(script.root), "--queries", str(queries), "--json", "--limit", "10"
    )
    answers = {answer["query"]: answer.hits for answer in map(json.loads, said.splitlines())}

    def hits(name: str) -> list[dict[str, Any]]:
        return [
            {**hit, "path": (script.root / hit.path).as_uri(), "lines": (hit["startLine"], hit["endLine"])}
            for hit in answers[name]
        ]

    return look_for(asked, there, hits)


def _counted(wrong: Wrong) -> list[object]:
    return [wrong.asked, len(wrong.missing), len(wrong.stale)]
