"""Measure an installation: seconds and megabytes of each stage, an update, and the first answer.

Usage: .venv/bin/python scripts/bench_install.py [--python PATH] [--folder FOLDER] [--full] [--editor]

Uses the parts in `dist/parts` (scripts/run.py and scripts/release.py make them) and the network.
With `uv` on the PATH it is measured as well. `--editor` does it all on the screen instead, in VS Code with a
clean profile, and updates it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from setup.parts import PARTS
from setup.steps import ROOT
from speed import first_run

QUESTION = "where is the delay before the next attempt computed"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure an installation.")
    parser.add_argument("--python", default=sys.executable, help="the Python to make environments from")
    parser.add_argument("--folder", type=Path, default=ROOT, help="where the first question is asked")
    parser.add_argument("--full", action="store_true", help="measure the full stage too")
    parser.add_argument("--editor", action="store_true", help="measure on the screen")
    options = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores, {options.python}")
    if options.editor:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
            first_run.measure(Path(work))
        return
    uv = shutil.which("uv")
    for name, tool in (("pip", []), ("uv", ["--uv", uv] if uv else None)):
        if tool is not None:
            with tempfile.TemporaryDirectory() as storage:
                _measure(name, Path(storage), options, tool)


def _measure(name: str, storage: Path, options: argparse.Namespace, tool: list[str]) -> None:
    base = _install(options.python, storage, PARTS, *tool)
    environment = Path(base["environment"])
    _say(f"base with {name}", base, environment)
    print(f"  first answer: {_first_answer(base['interpreter'], options.folder):.1f} s on {options.folder}")
    if options.full:
        full = _install(options.python, storage, PARTS, "--stage", "full", *tool)
        _say(f"full with {name}, besides", full, environment / "full")
    with tempfile.TemporaryDirectory() as folder:
        newer = Path(folder) / "parts"
        shutil.copytree(PARTS, newer)
        manifest = newer / "manifest.json"
        fields = json.loads(manifest.read_text("utf-8"))
        manifest.write_text(json.dumps({**fields, "key": "0" * 64}), "utf-8")
        update = _install(options.python, storage, newer, *tool)
        print(f"update of Semlens alone with {name}: {update['seconds']} s, {update['megabytes']} MB fetched")


def _install(python: str, storage: Path, parts: Path, *more: str) -> dict[str, Any]:
    """What the program says at its end."""
    command = [
        python,
        "-I",
        str(parts / "installer"),
        "install",
        "--storage",
        str(storage),
        "--parts",
        str(parts),
    ]
    done = subprocess.run([*command, *more], capture_output=True, text=True, check=False)
    event: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if event["event"] != "done":
        sys.exit(f"{event.get('message', event)}")
    return event


def _first_answer(interpreter: str, folder: Path) -> float:
    """Seconds from a question in a folder that was never indexed to its hits, with no engine running."""
    with tempfile.TemporaryDirectory() as data:
        variables = {**os.environ, "SEMLENS_DATA_DIR": data, "SEMLENS_IDLE_MINUTES": "0.05"}
        command = [interpreter, "-I", "-m", "semlens", "search", QUESTION, "--folder", str(folder)]
        began = time.perf_counter()
        subprocess.run(command, env=variables, capture_output=True, check=True)
        seconds = time.perf_counter() - began
        _wait_for_end(Path(data))
    return seconds


def _wait_for_end(data: Path) -> None:
    """Until the engine, which ends when it is idle, is gone."""
    import psutil

    pid = json.loads((data / "engine.json").read_text("utf-8"))["pid"]
    if psutil.pid_exists(pid):
        psutil.Process(pid).wait(60)


def _say(what: str, event: dict[str, Any], folder: Path) -> None:
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    disk = sum(path.stat().st_size for path in files) / 1e6
    print(f"{what}: {event['seconds']} s, {event['megabytes']} MB fetched, {disk:.0f} MB on disk")


if __name__ == "__main__":
    main()
