"""A model's process: only this one imports torch, so that no other is slowed or grown by it.

It embeds texts, or with a cross-encoder scores them, in steps of a few texts; a question goes before
any document between two steps. A plain BERT runs on OpenVINO (`bert.py`) without torch;
sentence-transformers runs every other model.
"""

from __future__ import annotations

import heapq
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.model_messages import Array, EncodeTexts, LoadedModel, LoadModel, ScoreTexts
from semlens.core.text.words import without_surrogates
from semlens.errors import ModelError
from semlens.process.parent import Parent, Request

Rows = Iterator[tuple[list[int], NDArray[np.float32]]]
"""Vectors step by step: which texts they belong to, and the vectors, shape (rows, dimension)."""

_SIGN_OF_LIFE = 1.0
"""Seconds between two reports of progress."""

_REFERENCE_BATCH = 8
"""Texts in a step on a CPU: larger batches are no faster there, and questions would wait longer."""
_DEVICE_BATCH = 128
"""Texts in a step on a GPU."""
_PAIRS = 4
"""Pairs of question and text in a step of a cross-encoder: it overruns its time by a step at most."""


class Backend(Protocol):
    """A loaded model that embeds."""

    name: str
    """What computes, in words."""
    dim: int

    def encode(self, texts: Sequence[str], query: bool) -> Rows:
        """The unit vectors of questions or documents, in any order, step by step."""


class SentenceTransformersBackend:
    """Runs any sentence-transformers folder, in its own precision, on a GPU if there is one."""

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
    """Runs any sentence-transformers cross-encoder that gives one score a pair."""

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
        """Yield scores in the order of `texts`, shape (pairs, 1), while there is time for another step."""
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
    """Replace the weights of a SentenceTransformer by those of the same names in the file `layers`.

    :raises ValueError: the file has weights that the network lacks.
    """
    from safetensors.torch import load_file

    unknown = network[0].auto_model.load_state_dict(load_file(layers), strict=False).unexpected_keys
    if unknown:
        raise ValueError(f"{layers.name} has weights that the network lacks: {unknown[0]}")


def load_backend(model: DeepModel, threads: int, device: str, reference: bool = False) -> Backend:
    """Load `model` in the fastest backend that can run it.

    :param device: "auto" or "cpu".
    :raises Exception: whatever the libraries raise.
    """
    if not reference and (device == "cpu" or not _may_have_gpu()):
        from semlens.core.embed.bert import BertEncoder

        try:
            return BertEncoder(model, threads)
        except Exception as error:
            sys.stderr.write(f"sentence-transformers runs {model.name}: {error!r}\n")
    return SentenceTransformersBackend(model, threads, "cpu" if device == "cpu" else None)


def threads_to_use(cores: int) -> int:
    """How many threads to use: all of two cores; of more, all but two for the editor, and 8 at most."""
    return cores if cores <= 2 else max(2, min(8, cores - 2))


class _Job:
    """A request that is being worked on."""

    def __init__(self, request: Request, backend: Backend | CrossEncoderBackend) -> None:
        self.request = request
        self.done = 0
        urgent = False
        if isinstance(backend, CrossEncoderBackend):
            score = ScoreTexts.unpack(request.payload)
            texts = [without_surrogates(text) for text in score.texts]
            self._rows = backend.score(without_surrogates(score.question), texts, score.seconds)
        else:
            encode = EncodeTexts.unpack(request.payload)
            texts = [without_surrogates(text) for text in encode.texts]
            self._rows = backend.encode(texts, encode.query)
            urgent = encode.query
        self.vectors = np.full((len(texts), backend.dim), np.nan, np.float32)
        self.order = (0 if urgent else 1, request.number)

    def __lt__(self, other: _Job) -> bool:
        return self.order < other.order

    def step(self) -> bool:
        """Embed some more texts; whether some may be left."""
        for rows, vectors in self._rows:
            self.vectors[rows] = vectors
            self.done += len(rows)
            return self.done < len(self.vectors)
        return False


class Worker:
    """Answers the parent's requests until the parent ends."""

    def __init__(self, parent: Parent) -> None:
        self._parent = parent
        self._jobs: list[_Job] = []
        """A heap: the most urgent job first."""
        self._last_sign = 0.0

    def run(self) -> int:
        """Load the model that the first request names, then serve. The exit status of a model that fails.

        :raises OSError: the parent is gone.
        """
        load = self._parent.next()
        try:
            backend = _load(LoadModel.unpack(load.payload))
        except Exception as error:
            self._parent.refuse(load, _model_error(error))
            return 1
        self._parent.answer(load, LoadedModel(backend.name).pack())
        while True:
            self._accept(backend)
            self._work(heapq.heappop(self._jobs))

    def _accept(self, backend: Backend | CrossEncoderBackend) -> None:
        """Take the requests that have arrived; wait for one only if there is nothing to do."""
        request = self._parent.next_if_any() if self._jobs else self._parent.next()
        while request is not None:
            heapq.heappush(self._jobs, _Job(request, backend))
            request = self._parent.next_if_any()

    def _work(self, job: _Job) -> None:
        """Do one step of a job."""
        if self._parent.is_cancelled(job.request):
            return
        try:
            unfinished = job.step()
        except Exception as error:
            self._parent.refuse(job.request, _model_error(error))
            return
        if not unfinished:
            self._parent.answer(job.request, Array(job.vectors).pack())
            return
        heapq.heappush(self._jobs, job)
        if time.monotonic() - self._last_sign > _SIGN_OF_LIFE:
            self._last_sign = time.monotonic()
            self._parent.report(job.request, job.done)


def _load(load: LoadModel) -> Backend | CrossEncoderBackend:
    threads = load.threads or threads_to_use(os.cpu_count() or 1)
    if isinstance(load.model, Path):
        return CrossEncoderBackend(load.model, threads, "cpu" if load.device == "cpu" else None)
    load.model.verify()
    return load_backend(load.model, threads, load.device, load.reference)


def _may_have_gpu() -> bool:
    """Whether there may be a GPU, so that it is worth the seconds to import torch and ask."""
    import platform
    import shutil

    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    return shutil.which("nvidia-smi") is not None or Path("/proc/driver/nvidia/version").exists()


def _model_error(error: Exception) -> ModelError:
    """The error as one sentence for the user."""
    if isinstance(error, ModelError):
        return error
    first_line = (str(error).strip() or "no reason given").splitlines()[0]
    return ModelError(f"The model cannot run here ({type(error).__name__}: {first_line}).")


def main() -> None:
    try:
        status = Worker(Parent()).run()
    except (BrokenPipeError, KeyboardInterrupt):
        status = 0
    # Native thread pools may hang or crash in an ordinary exit.
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
