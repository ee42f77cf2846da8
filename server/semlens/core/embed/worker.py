"""A model's process: only this one imports torch, so that no other is slowed or grown by it.

It embeds texts, looks at images, or with a cross-encoder scores texts, in steps of a few. Between two steps a
question goes before any document, and documents that a question asks for go before others.
A plain BERT runs on OpenVINO (`bert.py`) without torch; sentence-transformers runs every other model
(`torch_backends.py`), where it is installed.
"""

from __future__ import annotations

import heapq
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.bert_pairs import BertPairs
from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.full_packages import is_full, require_full
from semlens.core.embed.image_model import ImageModel
from semlens.core.embed.model_messages import (
    Array,
    EncodeImage,
    EncodeTexts,
    LoadedModel,
    LoadModel,
    ReadTokens,
    ScoreTexts,
)
from semlens.core.embed.pictures import require_pictures
from semlens.core.embed.torch_backends import (
    ClipBackend,
    CrossEncoderBackend,
    Rows,
    SentenceTransformersBackend,
    gpu_is_usable,
)
from semlens.core.embed.weights import RERANK_SHIPPED
from semlens.core.text.words import without_surrogates
from semlens.errors import ModelError
from semlens.process.parent import Parent, Request

_SIGN_OF_LIFE = 1.0
"""Seconds between two reports of progress."""
_QUESTION, _ASKED_FOR, _LATER = range(3)
"""How urgent a request is."""


class TextBackend(Protocol):
    """A loaded model that embeds texts."""

    name: str
    """What computes, in words."""
    dim: int

    def encode(self, texts: Sequence[str], query: bool) -> Rows:
        """The unit vectors of questions or documents, in any order, step by step."""


class Backend(TextBackend, Protocol):
    """A loaded model that embeds, and shows how."""

    def read_tokens(self, text: str) -> NDArray[np.float32]:
        """As `ReadTokens` says."""


PairBackend = CrossEncoderBackend | BertPairs
_PAIR_BACKENDS = (CrossEncoderBackend, BertPairs)
AnyBackend = Backend | PairBackend | ClipBackend


def load_backend(model: DeepModel, threads: int, device: str, reference: bool = False) -> Backend:
    """Load `model` in the fastest backend that can run it.

    :param device: "auto" or "cpu".
    :raises Exception: whatever the libraries raise.
    """
    if not reference and (device == "cpu" or not _has_gpu()):
        from semlens.core.embed.bert import BertEncoder

        try:
            return BertEncoder(model, threads)
        except Exception as error:
            sys.stderr.write(f"OpenVINO does not run {model.name}: {error!r}\n")
    require_full(f"The model {model.name}")
    return SentenceTransformersBackend(model, threads, "cpu" if device == "cpu" else None)


def threads_to_use(cores: int) -> int:
    """How many threads to use: all of two cores; of more, all but two for the editor, and 8 at most."""
    return cores if cores <= 2 else max(2, min(8, cores - 2))


class _Job:
    """A request that is being worked on."""

    def __init__(self, request: Request, backend: TextBackend | PairBackend) -> None:
        self.request = request
        self.done = 0
        urgency = _LATER
        if isinstance(backend, _PAIR_BACKENDS):
            score = ScoreTexts.unpack(request.payload)
            texts = [without_surrogates(text) for text in score.texts]
            self._rows = backend.score(without_surrogates(score.question), texts, score.seconds)
        else:
            encode = EncodeTexts.unpack(request.payload)
            texts = [without_surrogates(text) for text in encode.texts]
            self._rows = _rows(backend, texts, encode)
            if encode.query:
                urgency = _QUESTION
            elif encode.seconds is not None:
                urgency = _ASKED_FOR
        self.vectors = np.full((len(texts), backend.dim), np.nan, np.float32)
        self.order = (urgency, request.number)

    def __lt__(self, other: _AnyJob) -> bool:
        return self.order < other.order

    def step(self) -> bool:
        """Embed some more texts; whether some may be left."""
        for rows, vectors in self._rows:
            self.vectors[rows] = vectors
            self.done += len(rows)
            return self.done < len(self.vectors)
        return False


class _Reading:
    """The tokens of one text, in one step."""

    def __init__(self, request: Request, backend: Backend) -> None:
        self.request = request
        self.done = 0
        self.order = (_QUESTION, request.number)
        self._text = without_surrogates(ReadTokens.unpack(request.payload).text)
        self._backend = backend

    def __lt__(self, other: _AnyJob) -> bool:
        return self.order < other.order

    def step(self) -> bool:
        self.vectors = self._backend.read_tokens(self._text)
        return False


class _Looking:
    """The vector of one image, in one step."""

    def __init__(self, request: Request, backend: ClipBackend) -> None:
        self.request = request
        self.done = 0
        self.order = (_LATER, request.number)
        self._backend = backend

    def __lt__(self, other: _AnyJob) -> bool:
        return self.order < other.order

    def step(self) -> bool:
        self.vectors = self._backend.look(EncodeImage.unpack(self.request.payload).data)
        return False


_AnyJob = _Job | _Reading | _Looking


def _job(request: Request, backend: AnyBackend) -> _AnyJob:
    if isinstance(backend, ClipBackend):
        looks = request.method == EncodeImage.METHOD
        return _Looking(request, backend) if looks else _Job(request, backend)
    if request.method == ReadTokens.METHOD and not isinstance(backend, _PAIR_BACKENDS):
        return _Reading(request, backend)
    return _Job(request, backend)


def _rows(backend: TextBackend, texts: Sequence[str], asked: EncodeTexts) -> Rows:
    """The vectors of `texts`, in their order as long as there is time if the request has an end."""
    if asked.seconds is None:
        yield from backend.encode(texts, asked.query)
        return
    deadline = time.monotonic() + asked.seconds
    for row, text in enumerate(texts):
        if time.monotonic() >= deadline:
            return
        for _, vectors in backend.encode([text], asked.query):
            yield [row], vectors


class Worker:
    """Answers the parent's requests until the parent ends."""

    def __init__(self, parent: Parent) -> None:
        self._parent = parent
        self._jobs: list[_AnyJob] = []
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

    def _accept(self, backend: AnyBackend) -> None:
        """Take the requests that have arrived; wait for one only if there is nothing to do."""
        request = self._parent.next_if_any() if self._jobs else self._parent.next()
        while request is not None:
            heapq.heappush(self._jobs, _job(request, backend))
            request = self._parent.next_if_any()

    def _work(self, job: _AnyJob) -> None:
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


def _load(load: LoadModel) -> AnyBackend:
    threads = load.threads or threads_to_use(os.cpu_count() or 1)
    if load.model == RERANK_SHIPPED:
        return BertPairs.own(threads)
    if isinstance(load.model, Path):
        require_full(f"The rerank model {load.model.name}")
        return CrossEncoderBackend(load.model, threads, "cpu" if load.device == "cpu" else None)
    if isinstance(load.model, ImageModel):
        require_full(f"The image model {load.model.name}")
        require_pictures(sys.executable)
        load.model.verify()
        return ClipBackend(load.model, threads, "cpu" if load.device == "cpu" else None)
    load.model.verify()
    return load_backend(load.model, threads, load.device, load.reference)


def _has_gpu() -> bool:
    """Whether torch can use a GPU here; torch is imported only where there may be one."""
    return _may_have_gpu() and is_full() and gpu_is_usable()


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
