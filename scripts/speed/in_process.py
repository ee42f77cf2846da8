"""Index and query in this process, without an engine, to measure the index alone."""

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
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import reconcile
from semlens.core.index.known_vectors import known_instant_vectors
from semlens.core.index.model_set import ModelSet
from semlens.core.index.worker_messages import Setup
from semlens.core.index.worker_pool import Workers, processes_to_use
from semlens.core.query.query import parse_query
from semlens.core.search import Searcher, SearchOptions
from semlens.core.store.layout import index_dir, vectors_path
from semlens.core.store.vector_cache import VectorCache
from semlens.core.text.tokens import ModelTokenizer
from semlens.core.util.memory import collect_seldom
from semlens.settings import Settings
from semlens.types import CancelToken, Report, Scope, Tier


@dataclass(frozen=True)
class Indexes:
    """The indexes of one data folder."""

    data_dir: Path
    models: ModelSet

    def open(self, root: Path) -> FolderIndex:
        return FolderIndex(root, index_dir(self.data_dir, root, self.models.deep_fingerprint), self.models)

    def index(self, root: Path) -> tuple[FolderIndex, Report]:
        index = self.open(root)
        return index, reconcile(index, Membership(root, Settings()), CancelToken())


@contextmanager
def in_process(data_dir: Path, processes: int | None = None) -> Iterator[Indexes]:
    """Open `data_dir`. `processes` workers prepare files; None is as many as the engine has."""
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
        yield Indexes(data_dir, ModelSet(tokenizer, static, deep, encoder, vectors, workers))
    finally:
        workers.close()
        vectors.close()


def main() -> None:
    """`python -m speed.in_process alone|shared`: index each folder read from stdin, print a line of JSON."""
    data_dir = Path(tempfile.mkdtemp(prefix="semlens-speed-"))
    try:
        with in_process(data_dir, 0 if sys.argv[1] == "alone" else None) as indexes:
            for line in sys.stdin:
                started, cpu = time.perf_counter(), cpu_seconds()
                index, report = indexes.index(Path(line.rstrip("\n")))
                seconds = time.perf_counter() - started
                row = {"chunks": report.chunks, "seconds": seconds, "cpu": cpu_seconds() - cpu}
                index.close()
                print(json.dumps(row), flush=True)
    finally:
        shutil.rmtree(data_dir)


def cpu_seconds() -> float:
    """CPU seconds of this process and of its running children."""
    family = [psutil.Process(), *psutil.Process().children()]
    return sum(sum(process.cpu_times()[:4]) for process in family)


def query_times(searcher: Searcher, queries: list[str], tiers: frozenset[Tier]) -> list[float]:
    """Seconds of each query. The first is run once before, to warm up."""
    times = []
    for query in [queries[0], *queries]:
        started = time.perf_counter()
        searcher.search(parse_query(query, "auto", Scope()), SearchOptions(tiers=tiers))
        times.append(time.perf_counter() - started)
    return times[1:]


def fill_deep_vectors(indexes: Indexes, index: FolderIndex, source: Path | None) -> None:
    """Give every content of `index` a deep vector, so that the engine embeds nothing.

    Vectors from the data folder `source` are real. Others are the instant vectors after a random linear map:
    their neighbours are right, but a query's vector means nothing to them.
    """
    known = VectorCache(vectors_path(source)) if source else None
    turn = np.random.default_rng(0).standard_normal((indexes.models.static.dim, indexes.models.deep.dim))
    hashes = index.reader.chunks.content_hashes()
    for start in range(0, len(hashes), 5000):
        wanted = hashes[start : start + 5000]
        real = known.get(indexes.models.deep_fingerprint, wanted) if known else {}
        rest = known_instant_vectors(index, [content for content in wanted if content not in real])
        if rest:
            turned = np.stack(list(rest.values())).astype(np.float32) @ turn.astype(np.float32)
            turned /= np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-9)
            indexes.models.vectors.put(indexes.models.deep_fingerprint, list(rest), turned)
        if real:
            indexes.models.vectors.put(
                indexes.models.deep_fingerprint, list(real), np.stack(list(real.values()))
            )
    if known:
        known.close()


if __name__ == "__main__":
    main()
