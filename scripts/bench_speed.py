"""How fast Semlens is and what it costs, with the peer beside it in the same run.

    python scripts/bench_speed.py REPOSITORIES [--peer PYTHON] [--only cold daily …] [--rounds 3]
    python scripts/bench_speed.py REPOSITORIES --only scale --results FILE [--sizes …] [--store-sizes …]

REPOSITORIES is a folder of repositories, or one. `--peer` is an interpreter that has `semble`; it then
indexes the same files with the same embedding table. Each figure is a median of several runs, and
whoever is compared runs in the same round, so that a busy machine hits all alike. Nothing here fails
for its time: the figures are printed beside what they should be. `scale` keeps each size in FILE once it
is measured: a run that was broken off goes on where it was, and `--plots` draws what is there.
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

from bench_encoder import describe_machine
from semlens.core.store.layout import disk_usage
from semlens.types import Tier
from speed import served, sources
from speed.local import deepen, local, query_times
from speed.scale import LINES_A_CHUNK, SMALL, Results, Scale, exponent, plots, table
from speed.wire import Wire

SIZES = [500, 2_000, 8_000, 30_000, 100_000]
"""1,000,000 takes a quarter of an hour and 3 GB of disk."""
STORE_SIZES = [5_000, 20_000, 50_000, 100_000, 200_000, 1_000_000]


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    name: str
    value: str
    bar: str = ""
    goal: str = ""


@dataclass(frozen=True)
class Bench:
    """What every measurement needs."""

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
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.scratch))

    def tree(self, chunks: int) -> Path:
        """A folder of about so many chunks, made once."""
        folder = self.scratch / f"tree{chunks}"
        if not folder.exists():
            sources.grow(folder, self.roots, chunks * LINES_A_CHUNK)
        return folder


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure speed, memory and disk.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--peer", type=Path, help="a Python interpreter that has semble")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--results", type=Path, default=Path("scale.jsonl"), help="what `scale` has measured")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="chunks of folders to index")
    parser.add_argument("--store-sizes", type=int, nargs="*", default=STORE_SIZES, help="vectors of stores")
    parser.add_argument("--vectors", type=Path, help="a data folder whose deep vectors are used")
    parser.add_argument("--plots", type=Path, help="where charts of `scale` are drawn")
    parser.add_argument("--only", nargs="*", choices=MEASUREMENTS, default=list(MEASUREMENTS))
    arguments = parser.parse_args()
    print(describe_machine(), flush=True)
    scratch = Path(tempfile.mkdtemp(prefix="semlens-speed-"))
    roots = sources.repositories(arguments.folder)
    bench = Bench(
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
            for figure in MEASUREMENTS[name](bench):
                print(f"| {figure.name} | {figure.value} | {figure.bar} | {figure.goal} |", flush=True)
            print(f"{name} took {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"\nload average at the end {load()}")


def load() -> str:
    return " ".join(f"{value:.1f}" for value in psutil.getloadavg())


# Cold index, beside the peer


def cold(bench: Bench) -> Iterator[Figure]:
    """Each repository by every system, one right after the other, so that they meet the same machine."""
    rounds = [_cold_round(bench) for _ in range(bench.rounds)]
    for name in rounds[0]:
        seconds, cpu, chunks = (
            statistics.median(sum(row[key] for row in each[name]) for each in rounds)
            for key in ("seconds", "cpu", "chunks")
        )
        ratio = statistics.median(_total(each["Semlens"]) / _total(each[name]) for each in rounds)
        value = f"{seconds:.1f} s, {cpu:.1f} CPU s, {chunks:.0f} chunks"
        if name == "Semlens":
            yield Figure(f"cold index of {len(bench.roots)} repositories", value)
        else:
            limits = ("≤ 1.0 ×", "≤ 0.6 ×") if name.startswith("semble") else ("", "")
            yield Figure(f"— {name}", f"{value}; Semlens takes {ratio:.2f} × its time", *limits)


def _cold_round(bench: Bench) -> dict[str, list[dict[str, float]]]:
    with ExitStack() as running:
        ways = {name: running.enter_context(_Indexer(*how)) for name, how in _ways(bench).items()}
        rows: dict[str, list[dict[str, float]]] = {name: [] for name in ways}
        for number, root in enumerate(bench.roots):
            names = list(ways)
            for name in names[number % len(names) :] + names[: number % len(names)]:
                rows[name].append(ways[name].index(root))
        return rows


def _ways(bench: Bench) -> dict[str, tuple[list[str], dict[str, str]]]:
    """The command of each system, and its environment."""
    here = Path(__file__).parent
    own = {"PYTHONPATH": str(here)}
    ways = {
        "Semlens": ([sys.executable, "-m", "speed.local", "shared"], own),
        "Semlens in one process": ([sys.executable, "-m", "speed.local", "alone"], own),
    }
    if bench.peer is None:
        return ways
    model = sources.peer_model(bench.scratch / "peer-model")
    for name, content, workers in (
        ("semble, 4 workers", "all", 4),
        ("semble, no workers", "all", 0),
        ("semble, no workers, code files only", "code", 0),
    ):
        environment = {
            "SEMBLE_MODEL_NAME": str(model),
            "SEMBLE_CACHE_LOCATION": str(bench.data_dir("peer")),
            "SEMBLE_INDEX_WORKERS": str(workers),
            "HF_HUB_OFFLINE": "1",
        }
        ways[name] = ([str(bench.peer), str(here / "speed" / "peer.py"), content], environment)
    return ways


class _Indexer:
    """A process that indexes the folders it is told."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        pipe = subprocess.PIPE
        environment = {**os.environ, **environment}
        self._process = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True)

    def __enter__(self) -> _Indexer:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def index(self, folder: Path) -> dict[str, float]:
        """What indexing it took, by the process's own clock."""
        assert self._process.stdin is not None and self._process.stdout is not None
        print(folder, file=self._process.stdin, flush=True)
        row: dict[str, float] = json.loads(self._process.stdout.readline())
        return row


def _total(rows: list[dict[str, float]]) -> float:
    return sum(row["seconds"] for row in rows)


# Growth


def scale(bench: Bench) -> Iterator[Figure]:
    """Every cost over sizes; what was measured before is not measured again."""
    results = Results(bench.results)
    Scale(
        bench.roots, bench.scratch, results, bench.peer, bench.sizes, bench.store_sizes, bench.vectors
    ).measure()
    if bench.plots is not None:
        plots(results, bench.plots)
    print("\n".join(["", *table(results), ""]), flush=True)
    rows = [row for row in results.rows("Semlens") if row["chunks"] > SMALL]
    if len(rows) > 1:
        exponents = [exponent(rows, "chunks", key) for key in ("seconds", "cpu")]
        value = f"{exponents[0]:.3f}; of CPU time {exponents[1]:.3f}"
        yield Figure("exponent of index time over chunks", value, "≤ 1.08", "≤ 1.03")
        disk = rows[-1]["disk"] / rows[-1]["chunks"] / 1000
        yield Figure("disk a chunk without the deep tier", f"{disk:.2f} kB", "≤ 6 kB", "≤ 3 kB")


# A folder of 20,000 chunks


def daily(bench: Bench) -> Iterator[Figure]:
    """What happens every day to a folder of 20,000 chunks: start, save, switch, hover."""
    root, data_dir = bench.tree(20_000), bench.data_dir("daily")

    async def work(client: served.EngineClient) -> tuple[list[float], float, tuple[float, int]]:
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
    starts = [served.start_to_answer(data_dir, root) for _ in range(bench.rounds)]
    yield Figure("engine start to first answer, 20,000 chunks", _seconds(starts), "≤ 2 s", "≤ 1 s")
    with local(data_dir) as here:
        started = time.perf_counter()
        index = here.open(root)
        yield Figure("— opening its index alone", f"{time.perf_counter() - started:.2f} s")
        index.close()
    yield from _server(bench, root, data_dir)


def _server(bench: Bench, root: Path, data_dir: Path) -> Iterator[Figure]:
    file = max((path for path in root.rglob("*.py")), key=lambda path: path.stat().st_size)
    begun: list[float] = []
    hovers: list[list[float]] = []
    for _ in range(bench.rounds):
        with Wire(data_dir, root, served.INSTANT) as wire:
            begun.append(wire.seconds)
            hovers.append(served.hover_times(wire, file, 20))
            memory = served.memory(wire.process.pid)
    yield Figure("language server: start to initialized", _seconds(begun), "≤ 1.0 s", "≤ 0.4 s")
    yield Figure("— first hover after it", _seconds([each[0] for each in hovers]), "≤ 0.5 s", "≤ 0.1 s")
    yield Figure("— memory", f"{memory:.0f} MB", "≤ 90 MB", "≤ 60 MB")
    with Wire(bench.data_dir("busy"), root, served.INSTANT) as wire:  # It indexes the folder anew.
        times = served.hover_times(wire, file, 200)[1:]
    yield Figure(
        "— hover while indexing at full load, p50 / p95", _milliseconds(times), "p95 ≤ 100 ms", "≤ 30 ms"
    )


# First sight


def sight(bench: Bench) -> Iterator[Figure]:
    """A repository of 300,000 lines that was never seen."""
    root = bench.scratch / "lines300000"
    lines = sources.grow(root, bench.roots, 300_000)
    runs = [
        served.run(lambda client: served.first_hit(client, root), bench.data_dir("sight"))
        for _ in range(bench.rounds)
    ]
    first, whole = (list(times) for times in zip(*runs, strict=True))
    yield Figure(f"first hit after opening {lines} lines", _seconds(first), "≤ 5 s", "≤ 2 s")
    yield Figure("— all of it searchable", _seconds(whole))


# Questions


def queries(bench: Bench) -> Iterator[Figure]:
    """Questions to 70,000 chunks."""
    root, data_dir = bench.tree(70_000), bench.data_dir("queries")
    with local(data_dir) as here:
        index, report = here.index(root)
        for tier in (Tier.LEXICAL, Tier.INSTANT):
            times = query_times(index, list(served.QUERIES) * 3, frozenset({tier}))
            yield Figure(
                f"query of {report.chunks} chunks in process, {tier.value}, p50 / p95", _milliseconds(times)
            )
        both = query_times(index, list(served.QUERIES) * 3, frozenset({Tier.LEXICAL, Tier.INSTANT}))
        yield Figure("— both", _milliseconds(both))
        deepen(here, index, bench.vectors)
        index.close()
    served.run(lambda client: served.index(client, root, Tier.DEEP), data_dir)
    yield Figure(
        "disk a chunk with the deep tier",
        f"{disk_usage(data_dir) / report.chunks / 1000:.2f} kB",
        "≤ 6 kB",
        "≤ 3 kB",
    )
    for name, settings in (("lexical and instant", served.INSTANT), ("all tiers", {})):
        with Wire(data_dir, root, settings) as wire:
            time.sleep(0 if settings else 15)  # Until the encoder is loaded.
            times = served.queries_by_wire(wire, 5)
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


MEASUREMENTS: dict[str, Callable[[Bench], Iterator[Figure]]] = {
    "cold": cold,
    "sight": sight,
    "daily": daily,
    "queries": queries,
    "scale": scale,
}


if __name__ == "__main__":
    main()
