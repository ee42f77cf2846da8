"""`fast_engine.py DATA_DIR`: the real engine and service, with a deep tier that needs no transformer.

Its vectors depend on the text alone, so that a text finds itself. Every text that it embeds is
written down first: a test can see what was embedded twice.
"""

from __future__ import annotations

import hashlib
import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

sys.path.insert(0, str(Path(__file__).parents[1]))

from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.encoder import State
from semlens.core.index import worker_pool as workers
from semlens.engine.daemon import server as process
from semlens.engine.daemon.service import Service
from semlens.engine.jobs import file_guard, retry
from semlens.engine.models.registry import ModelRegistry
from semlens.engine.models.reranking import Reranking
from semlens.engine.workspace import file_indexing
from semlens.errors import EncoderError
from semlens.types import CancelToken, Report
from support import crashing_worker


def vector_of(text: str, dim: int) -> NDArray[np.float32]:
    """A unit vector that nothing else has."""
    seed = int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], "big")
    vector = np.random.default_rng(seed).standard_normal(dim).astype(np.float32)
    return vector / np.linalg.norm(vector)


def hash_of(text: str) -> str:
    """As `Chunk.content_hash`."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class FastEncoder:
    """Embeds by hashing; `SEMLENS_TEST_ENCODE_SECONDS` a text, for a test that wants it slow.

    Files in the data folder say what befalls it: while `encoder-loads` is there it is loading, with
    `encoder-fails` it fails, and while `encoder-waits` is there it embeds no document.
    """

    message: str | None = None

    def __init__(self, model: DeepModel, data_dir: Path) -> None:
        self.dim = model.dim
        self._tokenizer = Tokenizer.from_file(str(model.tokenizer_json))
        self._tokenizer.no_padding()
        self._log = data_dir / "embedded.log"
        self._pause = float(os.environ.get("SEMLENS_TEST_ENCODE_SECONDS", 0))
        self._lock = threading.Lock()

    @property
    def state(self) -> State:
        return "loading" if (self._log.parent / "encoder-loads").exists() else "loaded"

    def encode(self, texts: Sequence[str], cancel: CancelToken | None = None) -> NDArray[np.float32]:
        if (self._log.parent / "encoder-fails").exists():
            raise EncoderError("The deep model's process cannot be started: test.")
        while (self._log.parent / "encoder-waits").exists():
            if cancel is not None:
                cancel.check()
            time.sleep(0.005)
        for _ in texts:
            if cancel is not None:
                cancel.check()
            time.sleep(self._pause)
        with self._lock, self._log.open("a", encoding="ascii") as log:
            log.writelines(f"{hash_of(text)}\n" for text in texts)
        return np.stack([vector_of(text, self.dim) for text in texts])

    def encode_some(self, texts: Sequence[str], seconds: float) -> NDArray[np.float32]:
        if self.state == "loading":
            raise EncoderError("The deep model is being loaded.")
        vectors = np.full((len(texts), self.dim), np.nan, np.float32)
        deadline = time.monotonic() + seconds
        for row, text in enumerate(texts):
            if (self._log.parent / "encoder-waits").exists() or time.monotonic() > deadline:
                break
            vectors[row] = self.encode([text])[0]
        return vectors

    def encode_query(self, text: str, timeout: float = 0.0) -> NDArray[np.float32]:
        if self.state == "loading":
            raise EncoderError("The deep model is being loaded.")
        return vector_of(text, self.dim)

    def read_tokens(self, text: str, timeout: float) -> NDArray[np.float32]:
        """Two layers: each token by its place, then all of them as one."""
        places = [vector_of(str(place), self.dim) for place in range(len(self._tokenizer.encode(text)))]
        return np.stack([np.stack(places), np.tile(vector_of(text, self.dim), (len(places), 1))])

    def use_cpu_only(self) -> None:
        """It runs on nothing else."""

    def close(self) -> None:
        """Nothing is open."""


def read_late(data_dir: Path) -> None:
    """Read no folder while `reading-waits` is in the data folder."""
    reconcile = file_indexing.reconcile

    def late(*arguments: Any) -> Report:
        while (data_dir / "reading-waits").exists():
            time.sleep(0.005)
        return reconcile(*arguments)

    patched: Any = file_indexing
    patched.reconcile = late


def load_service(data_dir: Path) -> Service:
    read_late(data_dir)
    if "SEMLENS_TEST_CRASH" in os.environ:
        crashing_worker.make_crash()
        patched: Any = workers
        patched.start_child = crashing_worker.start_crashing
    retry.RETRY_SECONDS = (0.5, 0.5, 0.5)
    file_guard.LOOK_SECONDS = float(os.environ.get("SEMLENS_TEST_LOOK_SECONDS", file_guard.LOOK_SECONDS))
    reranking = Reranking(data_dir, own="SEMLENS_TEST_RERANK" in os.environ)
    return Service(data_dir, ModelRegistry(data_dir, FastEncoder), reranking)


def main() -> int:
    return process.run(Path(sys.argv[1]), load_service)


if __name__ == "__main__":
    sys.exit(main())
