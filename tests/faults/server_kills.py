"""Language servers killed at random moments while their editor changes and saves files."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterable

import psutil

from faults.table import Experiment, Table
from support.editing_clients import EditorSide, Names, look_for, names_on_disk, sample
from support.live import Live
from support.oracle import from_scratch, rows

LONGEST_LIFE = 1.5
"""Seconds from a server's first answer to its death."""
GONE_SECONDS = 20.0


async def server_kills(experiment: Experiment) -> Table:
    root, data_dir = experiment.folder / "workspace", experiment.folder / "data"
    root.mkdir()
    data_dir.mkdir()
    live, names, left = Live(data_dir, {"SEMLENS_IDLE_MINUTES": "5"}), Names(), 0
    try:
        async with live.client() as client:
            await client.attach(root)
            for number in range(experiment.times):
                editor = EditorSide("a", root, names, number, 0.02, data_dir)
                children = await asyncio.to_thread(_edit_until_killed, editor, experiment)
                left += await asyncio.to_thread(_outlive, children)
                print(f"server {number + 1} of {experiment.times}", file=sys.stderr)
            last = EditorSide("a", root, names, experiment.times, 0.02, data_dir)
            with last.client:
                there = names_on_disk(root, names.given)
                await asyncio.sleep(1)
                await client.ready(root)
                asked = sample(names.given, there, 200, experiment.chance)
                wrong = await asyncio.to_thread(look_for, asked, there, last.hits)
        await live.stop()
        difference = rows(data_dir) ^ await from_scratch(root, experiment.folder)
    finally:
        live.kill_all()
    table = Table(
        "SIGKILL of the language server at random moments",
        ["times", "changes", "engines", "its processes left after 20 s", "names asked of the next one",
         "missing, stale or wrong", "rows that differ from a scratch index"],
    )  # fmt: skip
    harm = len(wrong.missing) + len(wrong.stale)
    table.rows.append(
        [experiment.times, len(names.given), len(live.engines), left, wrong.asked, harm, len(difference)]
    )
    return table


def _edit_until_killed(editor: EditorSide, experiment: Experiment) -> list[psutil.Process]:
    """What the killed server had started."""
    end, number = time.monotonic() + experiment.chance.uniform(0, LONGEST_LIFE), 0
    while time.monotonic() < end:
        editor.change(number)
        time.sleep(editor.chance.uniform(0, editor.slowness))
        number += 1
    children = psutil.Process(editor.client.process.pid).children(recursive=True)
    editor.client.__exit__()
    return children


def _outlive(processes: Iterable[psutil.Process]) -> int:
    return len(psutil.wait_procs(processes, timeout=GONE_SECONDS)[1])
