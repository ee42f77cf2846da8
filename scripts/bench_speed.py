"""Measure the speed, memory and disk use of Semlens, with a peer beside it in the same run.

    python scripts/bench_speed.py REPOSITORIES [--peer PYTHON] [--only cold daily …] [--rounds 3]
    python scripts/bench_speed.py REPOSITORIES --only scale --results FILE [--sizes …] [--store-sizes …]

REPOSITORIES is a folder of repositories, or one repository. `--peer` is an interpreter that has `semble`,
which indexes the same files with the same embedding table. Each figure is the median of several runs.
Compared systems run in the same round, so that a busy machine slows them alike. No figure fails the run: each
is printed beside its limit and its goal. `scale` appends each measured size to FILE, so that an interrupted
run continues, and `--plots` draws every size in FILE.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).parent))

from semlens.core.search import Searcher
from semlens.core.store.layout import disk_usage
from semlens.engine.client.client import EngineClient
from semlens.types import Tier
from speed import served, sources
from speed.in_process import fill_deep_vectors, in_process, query_times
from speed.language_client import LanguageClient
from speed.machine import describe_machine
from speed.scale import LINES_A_CHUNK, SMALL, ResultFile, Scale, exponent, plots, table

SIZES = [500, 2_000, 8_000, 30_000, 100_000]
"""1,000,000 takes a quarter of an hour and 3 GB of disk."""
STORE_SIZES = [5_000, 20_000, 50_000, 100_000, 200_000, 1_000_000]


@dataclass(frozen=True)
class Figure:
    """A row of the printed table: what was measured, the limit (`bar`) and the goal."""

    name: str
    value: str
    bar: str = ""
    goal: str = ""


@dataclass(frozen=True)
class Inputs:
    """The repositories, the scratch folder and the options of a run."""

    roots: list[Path]
    scratch: Path
    rounds: int
    peer: Path | None
    results: Path
    sizes: list[int]
    store_sizes: list[int]
    vectors: Path | None
    plots: Path | None

    def data_dir(self, name: str) -> Path:
        """A new, empty data folder."""
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.scratch))

    def tree(self, chunks: int) -> Path:
        """A folder of about `chunks` chunks, generated on the first call."""
        folder = self.scratch / f"tree{chunks}"
        if not folder.exists():
            sources.generate_tree(folder, self.roots, chunks * LINES_A_CHUNK)
        return folder


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure speed, memory and disk.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--peer", type=Path, help="a Python interpreter that has semble")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--results", type=Path, default=Path("scale.jsonl"), help="the file that keeps what `scale` measures"
    )
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="folders to index, in chunks")
    parser.add_argument(
        "--store-sizes", type=int, nargs="*", default=STORE_SIZES, help="stores to fill, in vectors"
    )
    parser.add_argument("--vectors", type=Path, help="a data folder to take deep vectors from")
    parser.add_argument("--plots", type=Path, help="the folder for the charts of `scale`")
    parser.add_argument("--only", nargs="*", choices=MEASUREMENTS, default=list(MEASUREMENTS))
    arguments = parser.parse_args()
    print(describe_machine(), flush=True)
    scratch = Path(tempfile.mkdtemp(prefix="semlens-speed-"))
    roots = sources.repositories(arguments.folder)
    inputs = Inputs(
        roots,
        scratch,
        arguments.rounds,
        arguments.peer,
        arguments.results,
        arguments.sizes,
        arguments.store_sizes,
        arguments.vectors,
        arguments.plots,
    )
    try:
        print("| figure | measured | bar | goal |\n|---|---|---|---|", flush=True)
        for name in arguments.only:
            started = time.perf_counter()
            for figure in MEASUREMENTS[name](inputs):
                print(f"| {figure.name} | {figure.value} | {figure.bar} | {figure.goal} |", flush=True)
            print(f"{name} took {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"\nload average at the end {load_average()}")


def load_average() -> str:
    return " ".join(f"{value:.1f}" for value in psutil.getloadavg())


# Cold index, beside the peer


def cold(inputs: Inputs) -> Iterator[Figure]:
    """Index each repository with every system in turn, so that a busy machine slows them alike."""
    rounds = [_cold_round(inputs) for _ in range(inputs.rounds)]
    for name in rounds[0]:
        seconds, cpu, chunks = (
            statistics.median(sum(row[key] for row in each[name]) for each in rounds)
            for key in ("seconds", "cpu", "chunks")
        )
        ratio = statistics.median(_total(each["Semlens"]) / _total(each[name]) for each in rounds)
        value = f"{seconds:.1f} s, {cpu:.1f} CPU s, {chunks:.0f} chunks"
        if name == "Semlens":
            yield Figure(f"cold index of {len(inputs.roots)} repositories", value)
        else:
            limits = ("≤ 1.0 ×", "≤ 0.6 ×") if name.startswith("semble") else ("", "")
            yield Figure(f"— {name}", f"{value}; Semlens takes {ratio:.2f} × its time", *limits)


def _cold_round(inputs: Inputs) -> dict[str, list[dict[str, float]]]:
    with ExitStack() as running:
        systems = {name: running.enter_context(_Indexer(*how)) for name, how in _systems(inputs).items()}
        rows: dict[str, list[dict[str, float]]] = {name: [] for name in systems}
        for number, root in enumerate(inputs.roots):
            names = list(systems)
            for name in names[number % len(names) :] + names[: number % len(names)]:
                rows[name].append(systems[name].index(root))
        return rows


def _systems(inputs: Inputs) -> dict[str, tuple[list[str], dict[str, str]]]:
    """The command that runs each system as an indexer, and its environment variables."""
    here = Path(__file__).parent
    own = {"PYTHONPATH": str(here)}
    systems = {
        "Semlens": ([sys.executable, "-m", "speed.in_process", "shared"], own),
        "Semlens in one process": ([sys.executable, "-m", "speed.in_process", "alone"], own),
    }
    if inputs.peer is None:
        return systems
    model = sources.peer_model(inputs.scratch / "peer-model")
    for name, content, workers in (
        ("semble, 4 workers", "all", 4),
        ("semble, no workers", "all", 0),
        ("semble, no workers, code files only", "code", 0),
    ):
        environment = {
            "SEMBLE_MODEL_NAME": str(model),
            "SEMBLE_CACHE_LOCATION": str(inputs.data_dir("peer")),
            "SEMBLE_INDEX_WORKERS": str(workers),
            "HF_HUB_OFFLINE": "1",
        }
        systems[name] = ([str(inputs.peer), str(here / "speed" / "peer.py"), content], environment)
    return systems


class _Indexer:
    """A process that indexes each folder that it reads from stdin, and prints a line of JSON."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        pipe = subprocess.PIPE
        environment = {**os.environ, **environment}
        self._process = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True)

    def __enter__(self) -> _Indexer:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def index(self, folder: Path) -> dict[str, float]:
        """Index `folder`; returns its chunks, seconds and CPU seconds, by the process's own clock."""
        assert self._process.stdin is not None and self._process.stdout is not None
        print(folder, file=self._process.stdin, flush=True)
        row: dict[str, float] = json.loads(self._process.stdout.readline())
        return row


def _total(rows: list[dict[str, float]]) -> float:
    return sum(row["seconds"] for row in rows)


# Growth


def scale(inputs: Inputs) -> Iterator[Figure]:
    """Every cost at every size. Sizes in the result file are not measured again."""
    results = ResultFile(inputs.results)
    Scale(
        inputs.roots, inputs.scratch, results, inputs.peer, inputs.sizes, inputs.store_sizes, inputs.vectors
    ).measure()
    if inputs.plots is not None:
        plots(results, inputs.plots)
    print("\n".join(["", *table(results), ""]), flush=True)
    rows = [row for row in results.rows("Semlens") if row["chunks"] > SMALL]
    if len(rows) > 1:
        exponents = [exponent(rows, "chunks", key) for key in ("seconds", "cpu")]
        value = f"{exponents[0]:.3f}; of CPU time {exponents[1]:.3f}"
        yield Figure("exponent of index time over chunks", value, "≤ 1.08", "≤ 1.03")
        disk = rows[-1]["disk"] / rows[-1]["chunks"] / 1000
        yield Figure("disk a chunk without the deep tier", f"{disk:.2f} kB", "≤ 6 kB", "≤ 3 kB")


# A folder of 20,000 chunks


def daily(inputs: Inputs) -> Iterator[Figure]:
    """Everyday work on a folder of 20,000 chunks: start, save, switch branches, hover."""
    root, data_dir = inputs.tree(20_000), inputs.data_dir("daily")

    async def work(client: EngineClient) -> tuple[list[float], float, tuple[float, int]]:
        await served.attach(client, root)
        await served.index(client, root)
        await served.hits(client, served.QUERIES[0], root)
        assert client.engine is not None
        return (
            await served.saves(client, root),
            served.memory(client.engine.pid),
            await served.switch(client, root),
        )

    saves, memory, (switched, embedded) = served.run(work, data_dir)
    yield Figure("save of a file to searchable, p50 / p95", _milliseconds(saves), "p95 ≤ 500 ms", "≤ 150 ms")
    yield Figure(
        "memory of the engine, 20,000 chunks, no encoder", f"{memory:.0f} MB", "≤ 400 MB", "≤ 250 MB"
    )
    yield Figure(
        "switch of 1,000 known files", f"{switched:.2f} s, {embedded} embedded", "≤ 10 s; 0", "≤ 3 s; 0"
    )
    starts = [served.start_to_answer(data_dir, root) for _ in range(inputs.rounds)]
    yield Figure("engine start to first answer, 20,000 chunks", _seconds(starts), "≤ 2 s", "≤ 1 s")
    with in_process(data_dir) as indexes:
        started = time.perf_counter()
        index = indexes.open(root)
        yield Figure("— opening its index alone", f"{time.perf_counter() - started:.2f} s")
        index.close()
    yield from _server(inputs, root, data_dir)


def _server(inputs: Inputs, root: Path, data_dir: Path) -> Iterator[Figure]:
    file = max((path for path in root.rglob("*.py")), key=lambda path: path.stat().st_size)
    begun: list[float] = []
    hovers: list[list[float]] = []
    for _ in range(inputs.rounds):
        with LanguageClient(data_dir, root, served.INSTANT) as client:
            begun.append(client.seconds)
            hovers.append(served.hover_times(client, file, 20))
            memory = served.memory(client.process.pid)
    yield Figure("language server: start to initialized", _seconds(begun), "≤ 1.0 s", "≤ 0.4 s")
    yield Figure("— first hover after it", _seconds([each[0] for each in hovers]), "≤ 0.5 s", "≤ 0.1 s")
    yield Figure("— memory", f"{memory:.0f} MB", "≤ 90 MB", "≤ 60 MB")
    with LanguageClient(
        inputs.data_dir("busy"), root, served.INSTANT
    ) as client:  # It indexes the folder anew.
        times = served.hover_times(client, file, 200)[1:]
    yield Figure(
        "— hover while indexing at full load, p50 / p95", _milliseconds(times), "p95 ≤ 100 ms", "≤ 30 ms"
    )


# First sight


def sight(inputs: Inputs) -> Iterator[Figure]:
    """The first time that a repository of 300,000 lines is opened."""
    root = inputs.scratch / "lines300000"
    lines = sources.generate_tree(root, inputs.roots, 300_000)
    runs = [
        served.run(lambda client: served.first_hit(client, root), inputs.data_dir("sight"))
        for _ in range(inputs.rounds)
    ]
    first, whole = (list(times) for times in zip(*runs, strict=True))
    yield Figure(f"first hit after opening {lines} lines", _seconds(first), "≤ 5 s", "≤ 2 s")
    yield Figure("— all of it searchable", _seconds(whole))


# Questions


def queries(inputs: Inputs) -> Iterator[Figure]:
    """Queries of an index of 70,000 chunks."""
    root, data_dir = inputs.tree(70_000), inputs.data_dir("queries")
    with in_process(data_dir) as indexes:
        index, report = indexes.index(root)
        searcher = Searcher(index)
        for tier in (Tier.LEXICAL, Tier.INSTANT):
            times = query_times(searcher, list(served.QUERIES) * 3, frozenset({tier}))
            yield Figure(
                f"query of {report.chunks} chunks in process, {tier.value}, p50 / p95", _milliseconds(times)
            )
        both = query_times(searcher, list(served.QUERIES) * 3, frozenset({Tier.LEXICAL, Tier.INSTANT}))
        yield Figure("— both", _milliseconds(both))
        fill_deep_vectors(indexes, index, inputs.vectors)
        index.close()
    served.run(lambda client: served.index(client, root, Tier.DEEP), data_dir)
    yield Figure(
        "disk a chunk with the deep tier",
        f"{disk_usage(data_dir) / report.chunks / 1000:.2f} kB",
        "≤ 6 kB",
        "≤ 3 kB",
    )
    for name, settings in (("lexical and instant", served.INSTANT), ("all tiers", {})):
        with LanguageClient(data_dir, root, settings) as client:
            time.sleep(0 if settings else 15)  # Until the encoder is loaded.
            times = served.query_times(client, 5)
        yield Figure(
            f"query through the language server, {name}, p50 / p95",
            _milliseconds(times),
            "≤ 25 / 60 ms",
            "≤ 10 / 25 ms",
        )


def _seconds(times: list[float]) -> str:
    return f"{statistics.median(times):.2f} s"


def _milliseconds(times: list[float]) -> str:
    p50, p95 = np.percentile(times, (50, 95)) * 1000
    return f"{p50:.1f} / {p95:.1f} ms"


MEASUREMENTS: dict[str, Callable[[Inputs], Iterator[Figure]]] = {
    "cold": cold,
    "sight": sight,
    "daily": daily,
    "queries": queries,
    "scale": scale,
}


if __name__ == "__main__":
    main()
