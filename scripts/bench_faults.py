"""Inject faults into the engine and its index, and count what is lost. Prints a table for each kind of fault.

    python scripts/bench_faults.py REPOSITORY [--only KIND ...] [--times N] [--seed 1] [--match WORDS]

`KINDS` lists the kinds and how often each is injected. Everything happens to copies in a temporary folder.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from faults import (
    damages,
    disk,
    encoder_kills,
    kills,
    many_edits,
    mishaps,
    rebuild,
    rules,
    server_kills,
    watches,
)
from faults.table import Experiment, Table
from speed.machine import describe_machine

Fault = Callable[[Experiment], Coroutine[Any, Any, Table]]

KINDS: dict[str, tuple[Fault, int]] = {
    "edits": (many_edits.many_edits, 1000),
    "kills": (kills.kills, 50),
    "encoder": (encoder_kills.encoder_kills, 50),
    "server": (server_kills.server_kills, 50),
    "damages": (damages.damages, 999),
    "mishaps": (mishaps.mishaps, 1),
    "writes": (disk.failing_writes, 1),
    "disk": (disk.full_disk, 10),
    "rules": (rules.rules, 99),
    "watches": (watches.watches, 1),
    "rebuild": (rebuild.rebuild, 3),
}
PACKAGES = ("semlens", "chromadb", "tantivy", "watchdog", "numpy")


def main() -> None:
    parser = argparse.ArgumentParser(description="Inject every kind of fault, and print what is lost.")
    parser.add_argument("repository", type=Path, help="the repository to copy, in a folder of repositories")
    parser.add_argument("--only", nargs="*", choices=KINDS, default=list(KINDS))
    parser.add_argument("--times", type=int, help="how often to inject each kind, instead of its own number")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--match", default="", help="of the mishaps, only those that this expression finds")
    arguments = parser.parse_args()
    print(f"{describe_machine(PACKAGES)}\n")
    for name in arguments.only:
        fault, times = KINDS[name]
        with tempfile.TemporaryDirectory(prefix=f"semlens-{name}-") as folder:
            experiment = Experiment(
                Path(folder),
                arguments.repository.resolve(),
                random.Random(arguments.seed),
                arguments.times or times,
                arguments.match,
            )
            started = time.monotonic()
            print(asyncio.run(fault(experiment)), flush=True)
            print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
