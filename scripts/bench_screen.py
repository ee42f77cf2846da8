"""Measure what a user of the editor waits for, in real VS Code in a browser on a large folder.

    python scripts/bench_screen.py FOLDER [--data FOLDER] [--idle SECONDS]

FOLDER is indexed first, with the best quality, and opened as a workspace. Prints the time from a key to the
updated list of hits, the activation of the extension, how soon the semantic map is there when it was computed
before, the time of its frames while it is dragged, and how much of a core the extensions' process takes while
nothing is done. --data keeps the index. A small extension stands beside the activation, a run without Semlens
beside the last figure.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).parent))

from setup import chromium, node, vscode
from setup.steps import CACHE, ROOT
from speed import first_run
from speed.machine import describe_machine
from vscode import agent_extension
from vscode.editor import node_path

_MACHINE = {"semlens.interpreter": sys.executable}
_ANSWER_MS, _MAP_MS, _ACTIVATION_MS, _FRAME_MS = 150, 2_000, 50, 1_000 / 60


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, help="a folder that keeps the index")
    parser.add_argument("--idle", type=int, default=60, help="seconds without a key")
    options = parser.parse_args()
    print(describe_machine(), flush=True)
    browser, server = chromium.find(), vscode.prepare(CACHE)
    if browser is None:
        sys.exit("Chromium was not found: install it, or set SEMLENS_CHROMIUM to its path.")
    node.prepare()
    subprocess.run([node_path(), "esbuild.mjs", "--tests"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory(prefix="semlens-screen-") as scratch:
        work = Path(scratch)
        data = options.data or work / "data"
        os.environ["SEMLENS_DATA_DIR"] = str(data)
        command = [sys.executable, "-I", "-m", "semlens", "index", str(options.folder), "--json"]
        report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        print(f"{options.folder.name}: {report['chunks']:,} chunks", flush=True)
        profile = work / "profile"
        settings = profile / "data" / "Machine" / "settings.json"
        settings.parent.mkdir(parents=True)
        settings.write_text(json.dumps(_MACHINE), "utf-8")
        bare = _idle(server, browser, options, profile, work)
        server.install_extension(node.VSIX, profile)
        server.install_extension(agent_extension.package(work / "small.vsix"), profile)
        clock = agent_extension.package(work / "clock.vsix", agent_extension.CLOCK)
        server.install_extension(clock, profile)
        os.environ["SEMLENS_ACTIVATION_CLOCK"] = str(work / "activation.jsonl")
        with first_run.served(server, browser, options.folder, profile, work) as editor:
            figures = editor.measure("speed")
        _show(figures, work / "activation.jsonl")
        idle = _idle(server, browser, options, profile, work)
        print(
            f"| extensions' process, share of a core over {options.idle} s without a key | {idle:.2%} | ≈ 0 |"
        )
        print(f"| the same without Semlens | {bare:.2%} | |")


def _show(figures: dict[str, Any], clocked: Path) -> None:
    keys, definitions = figures["keys"], figures["definitions"]
    count, ours, small = len(keys["first"]), figures["activation"]["ours"], figures["activation"]["small"]
    own = _activations(clocked, "semlens.semlens-")
    rows = (
        (f"key to the first change of the list, ms, p50/p95 of {count} keys", keys["first"], _ANSWER_MS),
        ("key to its last change, ms, p50/p95", keys["last"], None),
        (
            f"activation, ms, p50/p95 of {len(own)}",
            _activations(clocked, "semlens.semlens-"),
            _ACTIVATION_MS,
        ),
        ("the same of an extension of two commands", _activations(clocked, "semlens.agent-test-"), None),
        ("Semlens in the editor's list, which counts what starts beside it", ours, None),
        ("the extension of two commands in that list", small, None),
        (f"map of {definitions:,} definitions, opened again, ms", [figures["opened"]], _MAP_MS),
        ("frames while it is dragged, ms, p50/p95", figures["frames"], _FRAME_MS),
    )
    print("\n| figure | value | goal |\n|---|---|---|")
    for name, values, goal in rows:
        print(f"| {name} | {_percentiles(values)} | {'' if goal is None else f'≤ {goal:,.0f}'} |")


def _activations(clocked: Path, prefix: str) -> list[float]:
    """Milliseconds to load an extension's code and to activate it, once for each time that it started."""
    lines = map(json.loads, clocked.read_text("utf-8").splitlines())
    return [line["loaded"] + line["called"] for line in lines if line["name"].startswith(prefix)]


def _percentiles(values: Sequence[float]) -> str:
    shown = np.percentile(values, [50, 95]) if len(values) > 1 else values
    return " / ".join(f"{value:,.0f}" for value in shown)


def _idle(
    server: vscode.CodeServer, browser: Path, options: argparse.Namespace, profile: Path, work: Path
) -> float:
    """The share of a core that the extensions' process takes while a page is open and nothing is done."""
    with first_run.served(server, browser, options.folder, profile, work) as editor:
        command = [str(browser), "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"]
        address = f"http://127.0.0.1:{editor.port}/?folder={options.folder}"
        folder = f"--user-data-dir={work / 'browser'}"
        page = subprocess.Popen(
            [*command, folder, address], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            time.sleep(40)  # everything has started, and is ready
            hosts = [one for one in _below(editor.process.pid) if "extensionHost" in " ".join(one.cmdline())]
            before = sum(_seconds(one) for one in hosts)
            time.sleep(options.idle)
            return (sum(_seconds(one) for one in hosts) - before) / options.idle
        finally:
            page.terminate()
            page.wait(30)


def _below(process: int) -> list[psutil.Process]:
    return psutil.Process(process).children(recursive=True)


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    main()
