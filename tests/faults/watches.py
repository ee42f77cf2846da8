"""An exhausted table of watches: said, and every change still found.

The limit is lowered in a user namespace, so that no other process of the machine feels it.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from faults.table import Experiment, Table

LIMIT = 20
FOLDERS = 60
_LOWERED = 'echo "$1" > /proc/sys/user/max_inotify_watches && shift && exec "$@"'


async def watches(experiment: Experiment) -> Table:
    table = Table(
        f"{FOLDERS} folders where the system allows {LIMIT} watches",
        ["warned", "changes in watched and unwatched folders", "found", "s to be found, most"],
    )
    if shutil.which("unshare") is None:
        table.notes.append("Not run: this system has no user namespaces.")
        return table
    command = ["unshare", "-Ur", "sh", "-c", _LOWERED, "sh", str(LIMIT)]
    child = [sys.executable, __file__, str(experiment.folder)]
    path = {"PYTHONPATH": str(Path(__file__).parents[1])}
    ran = subprocess.run([*command, *child], capture_output=True, text=True, env=path, timeout=300)
    if ran.returncode:
        table.notes.append(f"Not run: {(ran.stderr.strip().splitlines() or ['no reason given'])[-1]}")
        return table
    seen = json.loads(ran.stdout)
    table.notes.append(f"The user is told: {seen['warning']}")
    table.rows.append([bool(seen["warning"]), seen["changes"], seen["found"], f"{seen['slowest']:.1f}"])
    return table


async def _inside(folder: Path) -> dict[str, Any]:
    """Runs where few watches can be had."""
    from support.live import Live, eventually

    root, data_dir = folder / "workspace", folder / "data"
    data_dir.mkdir()
    files = [root / f"folder_{number:02}" / "code.py" for number in range(FOLDERS)]
    for number, file in enumerate(files):
        file.parent.mkdir(parents=True)
        file.write_text(f"def first_{number}():\n    return {number}\n")
    live = Live(data_dir, {"SEMLENS_IDLE_MINUTES": "2"})
    slowest, found = 0.0, 0
    try:
        async with live.client() as client:
            await client.attach(root, deepTier="off")
            await client.ready(root, deep=False)
            for number in range(0, FOLDERS, 6):
                file, name = files[number], f"second_{number}"
                file.write_text(f"def {name}():\n    return {number}\n")
                started = time.monotonic()

                async def is_found(name: str = name) -> bool:
                    hits = (await client.search(name, root)).hits
                    return any(name in hit.preview and not hit.stale for hit in hits)

                await eventually(is_found)
                slowest, found = max(slowest, time.monotonic() - started), found + 1
            warning = (await client.ready(root, deep=False)).message
        await live.stop()
    finally:
        live.kill_all()
    return {"warning": warning, "changes": len(range(0, FOLDERS, 6)), "found": found, "slowest": slowest}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_inside(Path(sys.argv[1])))))
