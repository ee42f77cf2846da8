"""Measure costs at several sizes. A file keeps each result, so that a long run can be continued."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from semlens.core.embed.deep_model import DeepModel
from semlens.core.index.model_set import CHUNKER_VERSION
from semlens.core.store.layout import vectors_path
from semlens.core.store.vector_table import VectorTable
from speed import sources
from speed.plots import Chart, chart
from speed.served import QUERIES

Row = dict[str, Any]

SCRIPTS = Path(__file__).parents[1]
STORES = ("flat", "deep", "chroma")
INDEXES = ("Semlens", "semble")
LARGEST_GRAPH = 250_000
"""Vectors above which only the exact scan is measured: a graph takes a quarter of an hour to build."""
LINES_A_CHUNK = 12
"""About the mean of the measured repositories: sizes are in chunks, folders are generated in lines."""


class ResultFile:
    """Measured rows by the system or store and its size, kept in a file of JSON lines."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._rows: dict[tuple[str, int], Row] = {}
        if file.exists():
            for line in file.read_text("utf-8").splitlines():
                row = json.loads(line)
                self._rows[row["what"], row["size"]] = row

    def get(self, what: str, size: int, measure: Callable[[], Row]) -> Row:
        """The row of `what` at `size`; calls `measure` and appends its row if the file has none."""
        if (what, size) not in self._rows:
            started = time.perf_counter()
            row = {"what": what, "size": size, **measure()}
            self._rows[what, size] = row
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
            print(f"{what} {size} took {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
        return self._rows[what, size]

    def rows(self, what: str) -> list[Row]:
        """Every row of a system or store, the smallest size first."""
        return sorted(
            (row for (name, _), row in self._rows.items() if name == what), key=lambda row: row["size"]
        )


@dataclass(frozen=True)
class Scale:
    """Measures Semlens, the peer and the stores at every size."""

    roots: Sequence[Path]
    scratch: Path
    results: ResultFile
    peer: Path | None
    sizes: Sequence[int]
    """Chunks of each folder to index."""
    store_sizes: Sequence[int]
    """Vectors of each store."""
    vectors: Path | None
    """A data folder to take deep vectors from; random vectors if None."""

    def measure(self) -> None:
        for size in self.sizes:
            self._folder(size)
        seed = self._seed()
        for size in self.store_sizes:
            for store in STORES if size <= LARGEST_GRAPH else STORES[:1]:
                self.results.get(store, size, partial(self._store, store, seed, size))

    def _folder(self, size: int) -> None:
        """Index and query a folder of `size` chunks with each system; generated only if a row is missing."""
        made: list[Path] = []

        def folder() -> Path:
            if not made:
                made.append(self.scratch / f"tree{size}")
                sources.generate_tree(made[0], self.roots, size * LINES_A_CHUNK)
            return made[0]

        self.results.get("Semlens", size, lambda: self._ours(folder()))
        if self.peer is not None:
            self.results.get("semble", size, lambda: self._peers(folder()))
        if made:
            shutil.rmtree(made[0])

    def _ours(self, folder: Path) -> Row:
        data_dir = Path(tempfile.mkdtemp(dir=self.scratch))
        row = _run([sys.executable, "-m", "speed.growth", "index", str(folder), str(data_dir)])
        asked = _run([sys.executable, "-m", "speed.growth", "ask", str(folder), str(data_dir)])
        shutil.rmtree(data_dir)
        return {
            **row,
            "indexing_memory": row["memory"],
            **{key: asked[key] for key in asked if key != "cpu"},
            "query_cpu": asked["cpu"],
        }

    def _peers(self, folder: Path) -> Row:
        model = self.scratch / "peer-model"
        if not model.exists():
            sources.peer_model(model)
        environment = {
            "SEMBLE_MODEL_NAME": str(model),
            "SEMBLE_CACHE_LOCATION": tempfile.mkdtemp(dir=self.scratch),
            "SEMBLE_INDEX_WORKERS": "4",
            "HF_HUB_OFFLINE": "1",
        }
        command = [
            str(self.peer),
            str(SCRIPTS / "speed" / "peer.py"),
            "grown",
            str(folder),
            *QUERIES,
            *QUERIES,
        ]
        return _run(command, environment)

    def _store(self, store: str, seed: Path, size: int) -> Row:
        folder = Path(tempfile.mkdtemp(dir=self.scratch))
        try:
            return _run([sys.executable, "-m", "speed.growth", store, str(seed), str(size), str(folder)])
        finally:
            shutil.rmtree(folder)

    def _seed(self) -> Path:
        """A file of deep vectors (count, dim) in float16 to fill stores with."""
        file = self.scratch / "seed.npy"
        if file.exists() or not self.store_sizes:
            return file
        model = DeepModel.find()
        if self.vectors is None:
            made = np.random.default_rng(0).standard_normal((100_000, model.dim)).astype(np.float32)
            found = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float16)
        else:
            copy = self.scratch / "vectors.db"
            shutil.copy(vectors_path(self.vectors), copy)
            cache = VectorTable(copy)
            found = cache.all_of(model.fingerprint(CHUNKER_VERSION))
            cache.close()
        np.save(file, found)
        return file


def _run(command: Sequence[str], environment: dict[str, str] | None = None) -> Row:
    environment = {**os.environ, "PYTHONPATH": str(SCRIPTS), **(environment or {})}
    answer = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
    row: Row = json.loads(answer.splitlines()[-1])
    return row


def exponent(rows: Sequence[Row], x: str, y: str) -> float:
    """The exponent of the power law y ~ x**exponent that fits `rows` best."""
    logs = [[math.log(row[name]) for row in rows] for name in (x, y)]
    return float(np.polyfit(logs[0], logs[1], 1)[0])


def table(results: ResultFile) -> Iterator[str]:
    """Lines of Markdown: each size with Semlens beside the peer, then the stores."""
    yield (
        "| chunks | index | CPU | a question, p50 / p95 | memory | disk a chunk | semble: index | CPU | "
        "question | memory |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    peers = {row["size"]: row for row in results.rows("semble")}
    for row in results.rows("Semlens"):
        peer = peers.get(row["size"])
        beside = (
            " | | | "
            if peer is None
            else f"{peer['seconds']:.1f} s | {peer['cpu']:.1f} s | {_ms(peer)} | {_mb(peer)}"
        )
        yield (
            f"| {row['chunks']:,} | {row['seconds']:.1f} s | {row['cpu']:.1f} s | {_ms(row)} | {_mb(row)} | "
            f"{row['disk'] / row['chunks'] / 1000:.2f} kB | {beside} |"
        )
    yield ""
    yield "| vectors | store | made in | CPU | a question, p50 / p95 | memory | disk | recall@100 |"
    yield "|---|---|---|---|---|---|---|---|"
    for size in sorted({row["size"] for store in STORES for row in results.rows(store)}):
        for store in STORES:
            for row in results.rows(store):
                if row["size"] == size:
                    yield (
                        f"| {size:,} | {NAMES[store]} | {row['seconds']:.1f} s | {row['cpu']:.1f} s | "
                        f"{_ms(row)} | {_mb(row)} | {row['disk'] / 1e6:.0f} MB | {row['recall']:.3f} |"
                    )
    yield ""
    yield "| exponent of the best power law | Semlens | semble |\n|---|---|---|"
    for name, key in (
        ("index time", "seconds"),
        ("index CPU time", "cpu"),
        ("time of a question", "p50"),
        ("memory", "memory"),
        ("disk", "disk"),
    ):
        cells = []
        for system in INDEXES:
            rows = [row for row in results.rows(system) if row["chunks"] > SMALL and row.get(key)]
            cells.append(f"{exponent(rows, 'chunks', key):.3f}" if len(rows) > 1 else "")
        yield f"| {name} over chunks, above {SMALL:,} | {cells[0]} | {cells[1]} |"


SMALL = 4_000
"""Chunks up to which the cost of starting outweighs the cost of the chunks."""

NAMES = {
    "flat": "exact scan (instant tier)",
    "deep": "Chroma as Semlens keeps it",
    "chroma": "Chroma, plain upsert",
}


def _ms(row: Row) -> str:
    return f"{row['p50'] * 1000:.1f} / {row['p95'] * 1000:.1f} ms"


def _mb(row: Row) -> str:
    return f"{row['memory'] / 1e6:.0f} MB"


def plots(results: ResultFile, folder: Path) -> None:
    """Write the charts of the documentation into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, title, y, what, key, factor in (
        ("index-time", "Cold index", "seconds", INDEXES, "seconds", 1.0),
        ("index-cpu", "Cold index, energy by its proxy", "CPU seconds", INDEXES, "cpu", 1.0),
        ("question", "A question, median", "milliseconds", INDEXES, "p50", 1e3),
        ("memory", "Memory of the process that answers", "MB", INDEXES, "memory", 1e-6),
        ("disk", "Disk, without the deep tier", "MB", INDEXES[:1], "disk", 1e-6),
        ("store-time", "A store of vectors, made anew", "seconds", STORES, "seconds", 1.0),
        ("store-question", "A question to a store, median", "milliseconds", STORES, "p50", 1e3),
        ("store-memory", "Memory of a store", "MB", STORES, "memory", 1e-6),
    ):  # fmt: skip
        series = {
            NAMES.get(one, one): [
                (float(row["chunks"] if "chunks" in row else row["size"]), row[key] * factor)
                for row in results.rows(one)
                if row.get(key)
            ]
            for one in what
        }
        if any(series.values()):
            x = "vectors" if name.startswith("store") else "chunks"
            (folder / f"{name}.svg").write_text(chart(Chart(title, x, y, series)), "utf-8", newline="\n")
