"""The transformer's process killed at random moments while it embeds a repository."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import psutil

from faults.table import Experiment, Table
from support.live import Client, Live

WORKER = "semlens.core.embed.worker"
LONGEST_WAIT = 4.0
"""Seconds that a process lives before it is killed: some die while they load, most while they embed."""
MOST_FILES = 60
READY_SECONDS = 900.0


class RealEngine(Live):
    """With the transformer in a process of its own, as users have it."""

    def launch(self, data_dir: Path) -> int:
        command = [sys.executable, "-I", "-m", "semlens.engine", str(data_dir)]
        with (data_dir / "stderr").open("ab") as log:
            environment = {**os.environ, **self.environment}
            self.engines.append(
                subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            )
        return self.engines[-1].pid


async def encoder_kills(experiment: Experiment) -> Table:
    root = _some_files(experiment.repository, experiment.folder / "workspace")
    undisturbed, _, _ = await _embed(root, experiment.folder / "undisturbed", experiment, 0)
    vectors, killed, seconds = await _embed(root, experiment.folder / "killed", experiment, experiment.times)
    cosines = [float(np.dot(vectors[key], undisturbed[key])) for key in undisturbed.keys() & vectors.keys()]
    table = Table(
        f"SIGKILL of the transformer's process at random moments, {experiment.repository.name}",
        ["times", "texts", "without a vector", "embedded twice", "least cosine to an undisturbed run",
         "s from the last kill until whole"],
        notes=["The engine lived through all of it, and its error was gone at the end."],
    )  # fmt: skip
    lost, twice = len(undisturbed.keys() - vectors.keys()), _put_twice(experiment.folder / "killed")
    table.rows.append([killed, len(undisturbed), lost, twice, f"{min(cosines):.5f}", f"{seconds:.1f}"])
    return table


def _some_files(repository: Path, root: Path) -> Path:
    """Source files of a repository, as many as take minutes to embed."""
    files = [
        path for path in sorted(repository.rglob("*")) if path.suffix in {".ts", ".py", ".go", ".js", ".rs"}
    ]
    for number, path in enumerate([path for path in files if path.stat().st_size < 30_000][:MOST_FILES]):
        root.mkdir(exist_ok=True)
        shutil.copy(path, root / f"{number:03}_{path.name}")
    return root


async def _embed(
    root: Path, data_dir: Path, experiment: Experiment, kills: int
) -> tuple[dict[bytes, np.ndarray], int, float]:
    """Index `root`, killing on the way; the vectors, how often, and how long it took after that."""
    data_dir.mkdir()
    live, killed = RealEngine(data_dir, {"SEMLENS_IDLE_MINUTES": "5"}), 0
    try:
        async with live.client() as client:
            await client.attach(root)
            while killed < kills:
                child = await _encoder_of(client, live.pid)
                await asyncio.sleep(experiment.chance.uniform(0, LONGEST_WAIT))
                if child.is_running():
                    child.kill()
                    killed += 1
                    print(f"encoder {killed} of {kills}", file=sys.stderr)
            since = time.monotonic()
            await client.ready(root, seconds=READY_SECONDS)
            took = time.monotonic() - since
            assert len(live.engines) == 1
        await live.stop()
        return _vectors(data_dir), killed, took
    finally:
        live.kill_all()


async def _encoder_of(client: Client, engine: int) -> psutil.Process:
    """The transformer's process, which is asked for if all is embedded: a question starts it too."""
    while True:
        for child in psutil.Process(engine).children():
            with suppress(psutil.Error):  # The one that was killed before.
                if WORKER in child.cmdline():
                    return child
        await client.search(f"a question {time.monotonic()}")
        await asyncio.sleep(0.05)


def _vectors(data_dir: Path) -> dict[bytes, np.ndarray]:
    with closing(sqlite3.connect(data_dir / "vectors.db")) as connection:
        rows = connection.execute("SELECT content_hash, vector FROM vector WHERE length(vector) = 768")
        return {key: np.frombuffer(vector, np.float16).astype(np.float64) for key, vector in rows}


def _put_twice(data_dir: Path) -> int:
    """A vector that is put again takes another row's number."""
    with closing(sqlite3.connect(data_dir / "vectors.db")) as connection:
        most, count = connection.execute("SELECT max(id), count(*) FROM vector").fetchone()
        return int(most - count)
