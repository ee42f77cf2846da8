"""Measure the deep tier's encoder: its speed, and how near its vectors are to those of sentence-transformers.

Each variant encodes the same chunks in a process of its own. Every round runs all variants, so that a busy
machine slows them alike; the table has the medians of the rounds. The first row is the baseline:
`SentenceTransformer(model).encode(chunks)` with its defaults.

    python scripts/bench_encoder.py [--folder SOURCES] [--chunks 1000] [--rounds 3] [--only NAME ...]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from semlens.core.chunk import chunk_source
from semlens.core.embed.bert import BertEncoder
from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.torch_backends import load_network
from semlens.core.embed.worker import threads_to_use
from semlens.core.text.languages import language_of
from semlens.core.text.tokens import ModelTokenizer
from semlens.settings import DEFAULT_MODEL
from semlens.types import RelativePath
from speed.machine import describe_machine

Encode = Callable[[list[str]], NDArray[np.float32]]

QUERIES = 50
PACKAGES = ("torch", "sentence-transformers", "transformers", "openvino", "numpy")
LARGEST_FILE = 200_000


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the deep tier's encoder.")
    parser.add_argument("--folder", type=Path, default=Path(sysconfig.get_paths()["stdlib"]))
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--chunks", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=threads_to_use(os.cpu_count() or 1))
    parser.add_argument("--only", nargs="*", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--measure", choices=VARIANTS, help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measure(arguments.measure, arguments.data, arguments.model, arguments.threads)))
        return
    model = DeepModel.find(arguments.model)
    texts, tokens = sample(arguments.folder, model, arguments.chunks)
    describe(model, texts, tokens, arguments)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        (data / "texts.json").write_text(json.dumps(texts), "utf-8")
        names = [BASELINE, *(name for name in arguments.only if name != BASELINE)]
        rounds = [{name: run(name, data, arguments) for name in names} for _ in range(arguments.rounds)]
    report(names, rounds)


def sample(folder: Path, model: DeepModel, count: int) -> tuple[list[str], float]:
    """At most `count` chunks of the sources below `folder`, drawn with a fixed seed, and their mean tokens.

    Raises `SystemExit` if there are no sources.
    """
    measure_tokens = ModelTokenizer(model.tokenizer_json, model.limit)
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "site-packages" not in path.parts)
    draw = random.Random(0)
    draw.shuffle(files)
    texts: list[str] = []
    for path in files:
        language = language_of(RelativePath(path.relative_to(folder).as_posix()))
        if language is None or path.stat().st_size > LARGEST_FILE or len(texts) > 4 * count:
            continue
        source = path.read_text("utf-8", "replace")
        texts += [chunk.embedding_text for chunk in chunk_source(source, language, measure_tokens)]
    if not texts:
        raise SystemExit(f"There are no sources in {folder}.")
    draw.shuffle(texts)
    chosen = texts[:count]
    return chosen, statistics.mean(measure_tokens.count(text) for text in chosen)


def describe(model: DeepModel, texts: Sequence[str], tokens: float, arguments: argparse.Namespace) -> None:
    print(describe_machine(PACKAGES))
    print(
        f"{model.name}: {len(texts)} chunks of {tokens:.0f} tokens, {arguments.threads} threads, "
        f"median of {arguments.rounds} rounds, load average {psutil.getloadavg()[0]:.1f}\n"
    )


def run(name: str, data: Path, arguments: argparse.Namespace) -> dict[str, float] | None:
    """Measure a variant in a process of its own; None if it cannot run on this machine."""
    command = [
        sys.executable,
        __file__,
        "--measure",
        name,
        "--data",
        str(data),
        "--model",
        arguments.model,
        "--threads",
        str(arguments.threads),
    ]
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode:
        print(f"{name} does not run here: {(ran.stderr.strip().splitlines() or ['no reason given'])[-1]}")
        return None
    figures: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return figures


def measure(name: str, data: Path, model_name: str, threads: int) -> dict[str, float]:
    """Measure a variant in this process; `data` has the texts and the vectors of the baseline."""
    texts = json.loads((data / "texts.json").read_text("utf-8"))
    model = DeepModel.find(model_name)
    started = time.perf_counter()
    encode = VARIANTS[name](model, threads)
    encode(["first"])
    load = time.perf_counter() - started
    encode(texts[:50])
    started, cpu = time.perf_counter(), time.process_time()
    vectors = encode(texts)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    started = time.perf_counter()
    for number in range(QUERIES):
        encode([f"where is option number {number} parsed"])
    query = (time.perf_counter() - started) / QUERIES
    reference = data / "reference.npy"
    if name == BASELINE and not reference.exists():
        np.save(reference, vectors)
    cosine = np.einsum("ij,ij->i", vectors, np.load(reference))
    return {
        "rate": len(texts) / seconds,
        "cpu": 1000 * cpu / len(texts),
        "cosine_least": float(cosine.min()),
        "cosine_mean": float(cosine.mean()),
        "query": 1000 * query,
        "load": load,
        "memory": psutil.Process().memory_info().rss / 1e6,
    }


def report(names: Sequence[str], rounds: Sequence[dict[str, dict[str, float] | None]]) -> None:
    print(
        "| way | chunks/s | × first | CPU ms a chunk | cosine least / mean | query ms | load s | memory MB |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name in names:
        results = [figures for each in rounds if (figures := each[name]) and each[BASELINE]]
        if not results:
            continue
        ratio = statistics.median(each[name]["rate"] / each[BASELINE]["rate"] for each in rounds)  # type: ignore[index]
        middle = {key: statistics.median(figures[key] for figures in results) for key in results[0]}
        print(
            f"| {name} | {middle['rate']:.0f} | {ratio:.2f} | {middle['cpu']:.1f} "
            f"| {middle['cosine_least']:.5f} / {middle['cosine_mean']:.5f} "
            f"| {middle['query']:.1f} | {middle['load']:.1f} | {middle['memory']:.0f} |"
        )


def _reference(model: DeepModel, threads: int) -> Encode:
    network = _network(model, threads)
    return lambda texts: np.asarray(network.encode(texts, normalize_embeddings=True), np.float32)


def _small_batches(model: DeepModel, threads: int) -> Encode:
    network = _network(model, threads)
    return lambda texts: np.asarray(
        network.encode(texts, normalize_embeddings=True, batch_size=4), np.float32
    )


def _torch_bf16(model: DeepModel, threads: int) -> Encode:
    network = _network(model, threads).bfloat16()

    def encode(texts: list[str]) -> NDArray[np.float32]:
        vectors = np.asarray(network.encode(texts, convert_to_tensor=True).float().numpy())
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    return encode


def _torch_int8(model: DeepModel, threads: int) -> Encode:
    import torch
    from torch.ao.quantization import quantize_dynamic

    network = _network(model, threads)
    quantised = quantize_dynamic(network, {torch.nn.Linear}, dtype=torch.qint8)
    return lambda texts: np.asarray(quantised.encode(texts, normalize_embeddings=True), np.float32)


def _network(model: DeepModel, threads: int) -> Any:
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1")
    import torch

    torch.set_num_threads(threads)
    return load_network(model, "cpu")


def _openvino(precision: str) -> Callable[[DeepModel, int], Encode]:
    def prepare(model: DeepModel, threads: int) -> Encode:
        encoder = BertEncoder(model, threads, precision)

        def encode(texts: list[str]) -> NDArray[np.float32]:
            vectors = np.zeros((len(texts), encoder.dim), np.float32)
            for rows, some in encoder.encode(texts, query=False):
                vectors[rows] = some
            return vectors

        return encode

    return prepare


BASELINE = "sentence-transformers fp32"
VARIANTS: dict[str, Callable[[DeepModel, int], Encode]] = {
    BASELINE: _reference,
    "sentence-transformers fp32, batches of 4": _small_batches,
    "sentence-transformers bf16": _torch_bf16,
    "sentence-transformers int8, dynamic": _torch_int8,
    "Semlens, OpenVINO f32": _openvino("f32"),
    "Semlens, OpenVINO bf16": _openvino("bf16"),
    "Semlens, OpenVINO int8": _openvino("int8"),
}


if __name__ == "__main__":
    main()
