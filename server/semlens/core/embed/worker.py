"""A model's process: no other imports torch, so that none is slowed or grown by it.

It embeds, or with a cross-encoder scores, what it is asked to over its pipes and ends when its input
does. Work is done in steps of a few texts, and a question goes before any document between two steps.
A plain BERT runs on OpenVINO (`bert.py`) without importing torch at all; whatever else,
sentence-transformers runs.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.deep_model import DeepModel
from semlens.errors import ModelError
from semlens.process.frames import read_frame, write_frame
from semlens.process.pipes import claim_pipes

Rows = Iterator[tuple[list[int], NDArray[np.float32]]]

_SIGN_OF_LIFE = 1.0
"""Seconds between two of them while a request is worked on."""

_REFERENCE_BATCH = 8
"""Texts in a step of sentence-transformers on a CPU: larger batches are no faster there, only less prompt."""
_DEVICE_BATCH = 128
_PAIRS = 4
"""Pairs of question and text in a step of a cross-encoder: a time budget is kept to within a step."""


class Backend(Protocol):
    name: str
    dim: int

    def encode(self, texts: Sequence[str], query: bool) -> Rows: ...


class SentenceTransformersBackend:
    """The reference: any sentence-transformers folder, in its own precision, on a GPU if there is one."""

    def __init__(self, model: DeepModel, threads: int, device: str | None) -> None:
        os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(threads)
        self._network = SentenceTransformer(
            str(model.folder),
            device=device,
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
        if model.layers is not None:
            replace_layers(self._network, model.layers)
        on_cpu = self._network.device.type == "cpu"
        self._batch = _REFERENCE_BATCH if on_cpu else _DEVICE_BATCH
        self.name = f"sentence-transformers on {self._network.device.type}"
        self.dim = model.dim

    def encode(self, texts: Sequence[str], query: bool) -> Rows:
        encode = self._network.encode_query if query else self._network.encode_document
        order = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
        for start in range(0, len(order), self._batch):
            rows = order[start : start + self._batch]
            vectors = encode(
                [texts[row] for row in rows],
                batch_size=self._batch,
                show_progress_bar=False,
                normalize_embeddings=True,
            )
            yield rows, np.asarray(vectors, np.float32)


class CrossEncoderBackend:
    """Any sentence-transformers cross-encoder that gives one score a pair."""

    dim = 1

    def __init__(self, folder: Path, threads: int, device: str | None) -> None:
        os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
        import torch
        from sentence_transformers import CrossEncoder

        torch.set_num_threads(threads)
        self._network = CrossEncoder(
            str(folder),
            device=device,
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
            activation_fn=torch.nn.Identity(),
        )
        self._network.predict([("a first question", "takes longer")], show_progress_bar=False)
        self.name = f"cross-encoder on {self._network.device.type}"

    def score(self, question: str, texts: Sequence[str], seconds: float) -> Rows:
        """Scores in the order of `texts`, until another step would take longer than there is time."""
        start = time.monotonic()
        for first in range(0, len(texts), _PAIRS):
            begun = time.monotonic()
            rows = list(range(first, min(first + _PAIRS, len(texts))))
            pairs = [(question, texts[row]) for row in rows]
            scores = self._network.predict(pairs, batch_size=_PAIRS, show_progress_bar=False)
            yield rows, np.asarray(scores, np.float32).reshape(-1, 1)
            now = time.monotonic()
            if now - start + (now - begun) > seconds:
                return


def replace_layers(network: Any, layers: Path) -> None:
    """Put the weights in `layers` in the place of those of the same names in a SentenceTransformer."""
    from safetensors.torch import load_file

    unknown = network[0].auto_model.load_state_dict(load_file(layers), strict=False).unexpected_keys
    if unknown:
        raise ValueError(f"{layers.name} has weights that the network lacks: {unknown[0]}")


def load_backend(model: DeepModel, threads: int, device: str, reference: bool = False) -> Backend:
    """The fastest that can run `model`. `device` is "auto" or "cpu". Raises whatever the libraries do."""
    if not reference and (device == "cpu" or not _may_have_gpu()):
        from semlens.core.embed.bert import BertEncoder

        try:
            return BertEncoder(model, threads)
        except Exception as error:
            sys.stderr.write(f"sentence-transformers runs {model.name}: {error!r}\n")
    return SentenceTransformersBackend(model, threads, "cpu" if device == "cpu" else None)


def threads_to_use(cores: int) -> int:
    """Priority alone leaves the editor room on two cores; on more, some stay free."""
    return cores if cores <= 2 else max(2, min(8, cores - 2))


class _Job:
    """A request that is being worked on."""

    def __init__(self, request: dict[str, Any], backend: Backend | CrossEncoderBackend) -> None:
        self.number: int = request["id"]
        self.done = 0
        self.texts = [_encodable(text) for text in request["texts"]]
        if isinstance(backend, CrossEncoderBackend):
            self._rows = backend.score(_encodable(request["question"]), self.texts, request["seconds"])
        else:
            self._rows = backend.encode(self.texts, request["query"])
        self.vectors = np.full((len(self.texts), backend.dim), np.nan, np.float32)
        self.order = (0 if request.get("query") else 1, self.number)

    def __lt__(self, other: _Job) -> bool:
        return self.order < other.order

    def step(self) -> bool:
        """Embed some more rows; whether there may be some left."""
        for rows, vectors in self._rows:
            self.vectors[rows] = vectors
            self.done += len(rows)
            return self.done < len(self.texts)
        return False


class Worker:
    """Answers requests from `source` on `sink` until `source` ends."""

    def __init__(self, source: BinaryIO, sink: BinaryIO) -> None:
        self._source = source
        self._sink = sink
        self._requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._cancelled: set[int] = set()

    def run(self) -> int:
        frame = read_frame(self._source)
        if frame is None:
            return 0
        threading.Thread(target=self._receive, daemon=True).start()
        try:
            backend = _load(frame[0])
        except Exception as error:
            write_frame(self._sink, {"failed": _sentence(error)})
            return 1
        write_frame(self._sink, {"ready": backend.name, "dim": backend.dim})
        self._work(backend)
        return 0

    def _receive(self) -> None:
        """The process ends from here when its parent is gone, whatever the other threads are doing."""
        with suppress(OSError, ValueError):
            while (frame := read_frame(self._source)) is not None:
                self._requests.put(frame[0])
        os._exit(0)

    def _work(self, backend: Backend | CrossEncoderBackend) -> None:
        told = 0.0
        while True:
            self._accept(backend)
            job = self._jobs.get()
            if job.number in self._cancelled:
                self._cancelled.discard(job.number)
                continue
            try:
                unfinished = job.step()
            except Exception as error:
                write_frame(self._sink, {"id": job.number, "error": _sentence(error)})
                continue
            if not unfinished:
                self._answer(job)
                continue
            self._jobs.put(job)
            if time.monotonic() - told > _SIGN_OF_LIFE:
                told = time.monotonic()
                write_frame(self._sink, {"id": job.number, "done": job.done})

    def _accept(self, backend: Backend | CrossEncoderBackend) -> None:
        """Take in what has arrived; wait for something only when there is nothing to do."""
        while self._jobs.empty() or not self._requests.empty():
            request = self._requests.get()
            if "cancel" in request:
                self._cancelled.add(request["cancel"])
            else:
                self._jobs.put(_Job(request, backend))

    def _answer(self, job: _Job) -> None:
        rows, dim = job.vectors.shape
        header = {"id": job.number, "rows": rows, "dim": dim}
        write_frame(self._sink, header, job.vectors.astype("<f4", copy=False).tobytes())


def _load(start: dict[str, Any]) -> Backend | CrossEncoderBackend:
    threads = start["threads"] or threads_to_use(os.cpu_count() or 1)
    if "reranker" in start:
        device = "cpu" if start["device"] == "cpu" else None
        return CrossEncoderBackend(Path(start["reranker"]), threads, device)
    model = DeepModel.from_json(start["model"])
    model.verify()
    return load_backend(model, threads, start["device"], start["reference"])


def _may_have_gpu() -> bool:
    """Whether importing torch to ask it is worth the seconds."""
    import platform
    import shutil

    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    return shutil.which("nvidia-smi") is not None or Path("/proc/driver/nvidia/version").exists()


def _encodable(text: str) -> str:
    """`text` without lone surrogates, which a tokenizer refuses."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _sentence(error: Exception) -> str:
    if isinstance(error, ModelError):
        return str(error)
    first_line = (str(error).strip() or "no reason given").splitlines()[0]
    return f"The model cannot run here ({type(error).__name__}: {first_line})."


def main() -> int:
    source, sink = claim_pipes()
    try:
        status = Worker(source, sink).run()
    except (BrokenPipeError, KeyboardInterrupt):
        status = 0
    # Native thread pools may hang or crash in an ordinary exit.
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
