"""Two editors and a command line on one folder: in the end each of them finds what the files say."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from support.editing_clients import (
    CommandLineSide,
    EditorSide,
    Names,
    look_for,
    names_on_disk,
    sample,
    work_at_once,
)
from support.live import Live, eventually
from support.oracle import from_scratch, rows

CHANGES = 40


async def test_many_hands_on_one_folder_leave_nothing_stale(data_dir: Path, tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    root.mkdir()
    live = Live(data_dir, {"SEMLENS_IDLE_MINUTES": "1"})
    names = Names()
    try:
        async with live.client() as client:
            await client.attach(root)
            editors = [EditorSide(name, root, names, seed, 0.05, data_dir) for seed, name in enumerate("ab")]
            script = CommandLineSide("c", root, names, 7, 0.05, data_dir)
            with editors[0].client, editors[1].client:
                await asyncio.to_thread(work_at_once, [*editors, script], CHANGES)
                await asyncio.to_thread(script.run, "index", str(root))
                there = names_on_disk(root, names.given)

                async def is_whole() -> bool:
                    return bool((await client.status(root)).files == len(there))

                await eventually(is_whole)
                await client.ready(root)
                asked = sample(names.given, there, 40, random.Random(1))
                for editor in editors:
                    wrong = await asyncio.to_thread(look_for, asked, there, editor.hits)
                    assert not wrong.missing and not wrong.stale, wrong
                assert len(live.engines) == 1
        await live.stop()
        assert rows(data_dir) == await from_scratch(root, tmp_path)
    finally:
        live.kill_all()
