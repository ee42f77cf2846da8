"""A lost store of the deep tier filled again, beside a plain upsert of the same vectors into Chroma."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faults.table import Experiment, Table
from semlens.core.store.chroma_store import ChromaStore
from semlens.core.store.vector_table import VectorTable
from semlens.types import ContentHash, Fingerprint

COUNT, DIMENSION = 20_000, 384
PORTION = 1024
FINGERPRINT = Fingerprint("rebuilt")


async def rebuild(experiment: Experiment) -> Table:
    hashes = [ContentHash(f"{number:032x}") for number in range(COUNT)]
    rows = np.random.default_rng(1).standard_normal((COUNT, DIMENSION)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    cache = VectorTable(experiment.folder / "vectors.db")
    cache.put(FINGERPRINT, hashes, rows)
    ours, plain = [], []
    for number in range(experiment.times):
        plain.append(_plain(experiment.folder / f"plain{number}", hashes, rows))
        ours.append(_rebuilt(experiment.folder / f"store{number}", hashes, cache))
    cache.close()
    table = Table(
        f"Chroma filled again with {COUNT:,} vectors of {DIMENSION} dimensions",
        ["what", "s", "CPU s", "s beside plain", "CPU s beside plain"],
        notes=[f"Median of {experiment.times} rounds, the two ways in turn."],
    )
    base = _medians(plain)
    for name, taken in {
        "plain upsert into a new collection of Chroma's defaults": plain,
        "rebuild from `vectors.db`: read, upsert, compact, seal, reopen": ours,
    }.items():
        wall, cpu = _medians(taken)
        table.rows.append(
            [name, f"{wall:.1f}", f"{cpu:.1f}", f"{wall / base[0]:.2f} ×", f"{cpu / base[1]:.2f} ×"]
        )
    return table


def _plain(folder: Path, hashes: list[ContentHash], rows: NDArray[np.float32]) -> tuple[float, float]:
    import chromadb
    from chromadb.config import Settings

    began = _clocks()
    settings = Settings(_env_file=None, anonymized_telemetry=False)
    client = chromadb.PersistentClient(str(folder), settings=settings)
    collection = client.create_collection("plain", embedding_function=None)
    for start in range(0, COUNT, 5000):
        collection.upsert(ids=[*hashes[start : start + 5000]], embeddings=rows[start : start + 5000])
    taken = _since(began)
    client.close()
    return taken


def _rebuilt(folder: Path, hashes: list[ContentHash], cache: VectorTable) -> tuple[float, float]:
    began = _clocks()
    store = ChromaStore(folder, FINGERPRINT, DIMENSION)
    for start in range(0, COUNT, PORTION):
        known = cache.get(FINGERPRINT, hashes[start : start + PORTION])
        store.add(list(known), np.stack(list(known.values())))
    store.checkpoint()
    taken = _since(began)
    assert store.count() == COUNT
    store.close()
    return taken


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(began: tuple[float, float]) -> tuple[float, float]:
    now = _clocks()
    return now[0] - began[0], now[1] - began[1]


def _medians(taken: list[tuple[float, float]]) -> tuple[float, float]:
    return statistics.median(wall for wall, _ in taken), statistics.median(cpu for _, cpu in taken)
