"""Measure one size of an index or of a store, in a process of its own; `scale` runs this for each size.

    python -m speed.growth index FOLDER DATA_DIR       indexes FOLDER
    python -m speed.growth ask FOLDER DATA_DIR         opens that index and queries it
    python -m speed.growth cold FOLDER DATA_DIR        the same, with none of its files in the page cache
    python -m speed.growth flat|deep|chroma VECTORS SIZE SCRATCH    fills a store of SIZE vectors, queries it

Each prints one line of JSON: seconds, CPU seconds, bytes.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from semlens.core.search import Searcher
from semlens.core.store.chroma_store import ChromaStore
from semlens.core.store.flat import FlatVectors
from semlens.core.store.layout import disk_usage
from semlens.core.store.quantized import quantize
from semlens.types import ContentHash, Fingerprint, Tier
from speed.in_process import cpu_seconds, in_process, query_times
from speed.served import QUERIES

Row = dict[str, float]

QUERY_COUNT = 50
"""How many vectors a store is queried with; each is a stored vector with a little noise."""
NEIGHBOURS = 100
BATCH = 20_000
_TURN = 0.15


def index(folder: Path, data_dir: Path) -> Row:
    """Time, memory and disk of indexing `folder`."""
    with in_process(data_dir) as indexes:
        started, cpu = time.perf_counter(), cpu_seconds()
        made, report = indexes.index(folder)
        seconds, cpu = time.perf_counter() - started, cpu_seconds() - cpu
        made.close()
        row = {"chunks": report.chunks, "seconds": seconds, "cpu": cpu, "memory": _memory()}
    return {**row, "disk": disk_usage(data_dir)}


def ask(folder: Path, data_dir: Path) -> Row:
    """Time to open the index of `folder` and to its first answer, time of a query, and memory.

    All with the vector cache and the models, which an engine opens too; the time of imports is left out.
    """
    tiers = frozenset({Tier.LEXICAL, Tier.INSTANT})
    begun = _Clock()
    with in_process(data_dir, 0) as indexes:
        models, empty, opening = begun.read("models"), _memory(), _Clock()
        made = indexes.open(folder)
        row = {**models, "without": empty, **opening.read("open")}
        searcher = Searcher(made)
        query_times(searcher, list(QUERIES[:1]), tiers)
        made.coverage()
        row |= begun.read("first")
        asking = _Clock()
        times = query_times(searcher, list(QUERIES) * 2, tiers)
        row |= {**_percentiles(times), "cpu": asking.read("")["_cpu"] / (2 * len(QUERIES) + 1)}
        asking = _Clock()
        scoped = query_times(searcher, [f"lang:python {query}" for query in QUERIES], tiers)
        row |= {f"scoped_{key}": value for key, value in _percentiles(scoped).items()}
        row |= {"scoped_cpu": asking.read("")["_cpu"] / (len(QUERIES) + 1)}
        row |= {"memory": _memory(), **_resident()}
        made.close()
    return row


def cold(folder: Path, data_dir: Path) -> Row:
    """As `ask`, after the system has dropped the files of the data folder from its page cache."""
    for path in data_dir.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return ask(folder, data_dir)


class _Clock:
    """Seconds and processor seconds since it was made."""

    def __init__(self) -> None:
        self._started, self._cpu = time.perf_counter(), time.process_time()

    def read(self, name: str) -> Row:
        return {name: time.perf_counter() - self._started, f"{name}_cpu": time.process_time() - self._cpu}


def _resident() -> Row:
    """Resident bytes that are this process's own, and those of mapped files, which the system may drop."""
    status = Path("/proc/self/status")
    if not status.exists():
        return {}
    fields = dict(line.split(":", 1) for line in status.read_text("ascii").splitlines())
    return {
        name: float(fields[field].split()[0]) * 1024
        for name, field in (("own", "RssAnon"), ("mapped", "RssFile"))
    }


def flat(vectors: NDArray[np.float16], scratch: Path) -> Row:
    """The instant tier's store, an exact scan; `vectors` is (count, dim)."""
    before, started, cpu = _memory(), time.perf_counter(), time.process_time()
    store = FlatVectors(vectors.shape[1])
    for start in range(0, len(vectors), BATCH):
        batch = vectors[start : start + BATCH].astype(np.float32)
        store.add(np.arange(start, start + len(batch)), quantize(batch))
    row = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - cpu}
    row |= {"memory": _memory() - before, "disk": 0.0, "recall": 1.0}
    return row | _query_figures(vectors, lambda one: [number for number, _ in store.query(one, NEIGHBOURS)])


def deep(vectors: NDArray[np.float16], scratch: Path) -> Row:
    """The deep tier's store, sealed after every batch as the deep tier does; `vectors` is (count, dim)."""
    before, started, cpu = _memory(), time.perf_counter(), time.process_time()
    store = ChromaStore(scratch, Fingerprint("growth"), vectors.shape[1])
    for start in range(0, len(vectors), BATCH):
        batch = vectors[start : start + BATCH]
        store.add([ContentHash(f"{start + row:032x}") for row in range(len(batch))], batch)
        store.checkpoint()
    row = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - cpu}
    row |= {"memory": _memory() - before, "disk": disk_usage(scratch)}
    row |= _query_figures(vectors, lambda one: [int(key, 16) for key, _ in store.query(one, NEIGHBOURS)])
    store.close()
    return row


def chroma(vectors: NDArray[np.float16], scratch: Path) -> Row:
    """The baseline: Chroma with its defaults, as in its own first example; `vectors` is (count, dim)."""
    import chromadb

    before, started, cpu = _memory(), time.perf_counter(), time.process_time()
    client = chromadb.PersistentClient(str(scratch))
    collection = client.create_collection("plain", embedding_function=None)
    for start in range(0, len(vectors), 5000):
        batch = vectors[start : start + 5000].astype(np.float32)
        collection.upsert([str(start + row) for row in range(len(batch))], batch)
    row = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - cpu}
    row |= {"memory": _memory() - before, "disk": disk_usage(scratch)}

    def query(one: NDArray[np.float32]) -> list[int]:
        found = collection.query(query_embeddings=[one], n_results=NEIGHBOURS, include=[])
        return [int(key) for key in found["ids"][0]]

    return row | _query_figures(vectors, query)


STORES: dict[str, Callable[[NDArray[np.float16], Path], Row]] = {"flat": flat, "deep": deep, "chroma": chroma}


def _query_figures(vectors: NDArray[np.float16], query: Callable[[NDArray[np.float32]], list[int]]) -> Row:
    """Time of a query, and recall of the true neighbours; `query` returns rows of `vectors` (count, dim)."""
    random = np.random.default_rng(1)
    dimension = vectors.shape[1]
    picked = vectors[random.integers(len(vectors), size=QUERY_COUNT)].astype(np.float32)
    asked = picked + random.standard_normal(picked.shape).astype(np.float32) * (_TURN / dimension**0.5)
    asked /= np.linalg.norm(asked, axis=1, keepdims=True)
    truth = _nearest(vectors, asked)
    query(asked[0])
    times, cpu, found = [], time.process_time(), 0
    for one, true in zip(asked, truth, strict=True):
        started = time.perf_counter()
        answer = query(one)
        times.append(time.perf_counter() - started)
        found += len(set(answer[:NEIGHBOURS]) & set(true))
    cpu = (time.process_time() - cpu) / QUERY_COUNT
    return {
        **_percentiles(times),
        "query_cpu": cpu,
        "recall": found / (QUERY_COUNT * min(NEIGHBOURS, len(vectors))),
    }


def _nearest(vectors: NDArray[np.float16], asked: NDArray[np.float32]) -> list[list[int]]:
    """The rows of the true neighbours of each of `asked` (queries, dim), by an exact scan."""
    scores = np.concatenate([part.astype(np.float32) @ asked.T for part in _batches(vectors)]).T
    most = min(NEIGHBOURS, len(vectors))
    return [np.argpartition(-one, most - 1)[:most].tolist() for one in scores]


def _batches(vectors: NDArray[np.float16]) -> Iterator[NDArray[np.float16]]:
    return (vectors[start : start + BATCH] for start in range(0, len(vectors), BATCH))


def _percentiles(times: list[float]) -> Row:
    p50, p95 = np.percentile(times, (50, 95))
    return {"p50": float(p50), "p95": float(p95)}


def _memory() -> float:
    """Bytes of memory that this process shares with no other."""
    info = psutil.Process().memory_full_info()
    return float(getattr(info, "uss", info.rss))


def enlarged(seed: NDArray[np.float16], size: int) -> NDArray[np.float16]:
    """Unit vectors (size, dim): those of `seed`, then copies with noise, as renamed code would have."""
    parts: list[Any] = [seed[:size]]
    random = np.random.default_rng(0)
    while (made := sum(map(len, parts))) < size:
        more = seed[: size - made].astype(np.float32)
        more += random.standard_normal(more.shape).astype(np.float32) * (0.5 / more.shape[1] ** 0.5)
        parts.append((more / np.linalg.norm(more, axis=1, keepdims=True)).astype(np.float16))
    return np.concatenate(parts)


def main() -> None:
    what, first, *rest = sys.argv[1:]
    if what in STORES:
        vectors = enlarged(np.load(first), int(rest[0]))
        row = STORES[what](vectors, Path(rest[1]))
    else:
        row = {"index": index, "ask": ask, "cold": cold}[what](Path(first), Path(rest[0]))
    print(json.dumps(row))


if __name__ == "__main__":
    main()
