"""Measurements in this process, without an engine: what the index itself takes."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.static_model import SHIPPED, StaticModel
from semlens.core.files.membership import Membership
from semlens.core.index import FolderIndex, ModelSet
from semlens.core.index.indexer import reconcile
from semlens.core.index.worker_messages import Setup
from semlens.core.index.worker_pool import Workers, processes_to_use
from semlens.core.query.query import parse_query
from semlens.core.search import Searcher, SearchOptions
from semlens.core.store.layout import disk_usage, index_dir, vectors_path
from semlens.core.store.vector_cache import VectorCache
from semlens.core.text.tokens import ModelTokenizer
from semlens.core.util.memory import collect_seldom
from semlens.settings import Settings
from semlens.types import CancelToken, Report, Scope, Tier


@dataclass(frozen=True)
class Local:
    """Indexes in a data folder, opened without an engine."""

    data_dir: Path
    models: ModelSet

    def open(self, root: Path) -> FolderIndex:
        return FolderIndex(root, index_dir(self.data_dir, root, self.models.deep_fingerprint), self.models)

    def index(self, root: Path) -> tuple[FolderIndex, Report]:
        index = self.open(root)
        return index, reconcile(index, Membership(root, Settings()), CancelToken())


@contextmanager
def local(data_dir: Path, processes: int | None = None) -> Iterator[Local]:
    """`processes` prepare files: none, or as many as the engine would have."""
    data_dir.mkdir(parents=True, exist_ok=True)
    deep = DeepModel.find()
    setup = Setup(deep.tokenizer_json, deep.limit, SHIPPED)
    count = processes_to_use(psutil.cpu_count() or 1) if processes is None else processes
    workers = Workers(data_dir, setup, count)
    vectors = VectorCache(vectors_path(data_dir))
    tokenizer = ModelTokenizer(deep.tokenizer_json, deep.limit)
    static = StaticModel.load(pieces=tokenizer.word_pieces)
    collect_seldom()
    encoder: Any = None  # The deep tier is measured through the engine.
    try:
        yield Local(data_dir, ModelSet(tokenizer, static, deep, encoder, vectors, workers))
    finally:
        workers.close()
        vectors.close()


def main() -> None:
    """`python -m speed.local alone|shared` reads a folder a line, and prints a line of JSON for each."""
    data_dir = Path(tempfile.mkdtemp(prefix="semlens-speed-"))
    try:
        with local(data_dir, 0 if sys.argv[1] == "alone" else None) as here:
            for line in sys.stdin:
                started, cpu = time.perf_counter(), cpu_seconds()
                index, report = here.index(Path(line.rstrip("\n")))
                seconds = time.perf_counter() - started
                row = {"chunks": report.chunks, "seconds": seconds, "cpu": cpu_seconds() - cpu}
                index.close()
                print(json.dumps(row), flush=True)
    finally:
        shutil.rmtree(data_dir)


def cpu_seconds() -> float:
    """CPU seconds of this process and of those that it has running."""
    family = [psutil.Process(), *psutil.Process().children()]
    return sum(sum(process.cpu_times()[:4]) for process in family)


def query_times(index: FolderIndex, queries: list[str], tiers: frozenset[Tier]) -> list[float]:
    """Seconds that each query takes, the first of them not counted."""
    searcher, times = Searcher(index), []
    for query in [queries[0], *queries]:
        started = time.perf_counter()
        searcher.search(parse_query(query, "auto", Scope()), SearchOptions(tiers=tiers))
        times.append(time.perf_counter() - started)
    return times[1:]


def deepen(here: Local, index: FolderIndex, source: Path | None) -> None:
    """Give every content of `index` a deep vector, which the engine then takes for its own.

    Those that the data folder `source` has are real; any other is the instant one turned, as near to the
    others as that is, but far from what its question means.
    """
    known = VectorCache(vectors_path(source)) if source else None
    turn = np.random.default_rng(0).standard_normal((here.models.static.dim, here.models.deep.dim))
    hashes = index.reader.content_hashes()
    for start in range(0, len(hashes), 5000):
        wanted = hashes[start : start + 5000]
        real = known.get(here.models.deep_fingerprint, wanted) if known else {}
        rest = index.known_instant_vectors([content for content in wanted if content not in real])
        if rest:
            turned = np.stack(list(rest.values())).astype(np.float32) @ turn.astype(np.float32)
            turned /= np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-9)
            here.models.vectors.put(here.models.deep_fingerprint, list(rest), turned)
        if real:
            here.models.vectors.put(here.models.deep_fingerprint, list(real), np.stack(list(real.values())))
    if known:
        known.close()


def bytes_a_chunk(data_dir: Path, chunks: int) -> float:
    return disk_usage(data_dir) / chunks


if __name__ == "__main__":
    main()
