"""Models on sentence-transformers, which only a full installation has.

Every import of torch is inside a function: the process that loads a plain BERT must do without.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.deep_model import DeepModel, plain_folder
from semlens.core.embed.image_model import ImageModel
from semlens.core.embed.pictures import UnreadablePictureError, read_picture
from semlens.core.embed.weights import SHIPPED, load_weights

Rows = Iterator[tuple[list[int], NDArray[np.float32]]]
"""Vectors step by step: which texts they belong to, and the vectors, shape (rows, dimension)."""

_REFERENCE_BATCH = 8
"""Texts in a step on a CPU: larger batches are no faster there, and questions would wait longer."""
_DEVICE_BATCH = 128
"""Texts in a step on a GPU."""
_PAIRS = 4
"""Pairs of question and text in a step of a cross-encoder: it overruns its time by a step at most."""

_INPUTS = ("input_ids", "attention_mask", "token_type_ids")

OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}


class SentenceTransformersBackend:
    """Runs any sentence-transformers folder, in its own precision, on a GPU if there is one."""

    def __init__(self, model: DeepModel, threads: int, device: str | None) -> None:
        os.environ.update(OFFLINE)
        import torch

        torch.set_num_threads(threads)
        self._network = load_network(model, device)
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

    def read_tokens(self, text: str) -> NDArray[np.float32]:
        """As `ReadTokens` says."""
        import torch

        transformer = self._network[0]
        features = transformer.preprocess([text])
        inputs = {key: value.to(self._network.device) for key, value in features.items() if key in _INPUTS}
        with torch.no_grad():
            states = transformer.auto_model(**inputs, output_hidden_states=True).hidden_states
        return np.concatenate([state.float().cpu().numpy() for state in states])


class ClipBackend:
    """Runs a CLIP model, which looks at images and reads texts."""

    def __init__(self, model: ImageModel, threads: int, device: str | None) -> None:
        os.environ.update(OFFLINE)
        import torch

        torch.set_num_threads(threads)
        self._network = _open_folder(model.folder, device)
        self.name = f"CLIP on {self._network.device.type}"
        self.dim = model.dim

    def encode(self, texts: Sequence[str], query: bool) -> Rows:
        """The unit vectors of texts, one by one; their beginnings, as far as the window goes."""
        for row, text in enumerate(texts):
            yield [row], self._vectors(text)

    def look(self, data: bytes) -> NDArray[np.float32]:
        """The unit vector of an image, shape (1, dimension); NaN if it cannot be decoded."""
        try:
            picture = read_picture(data)
        except UnreadablePictureError:
            return np.full((1, self.dim), np.nan, np.float32)
        return self._vectors(picture)

    def _vectors(self, seen: Any) -> NDArray[np.float32]:
        vectors = self._network.encode([seen], show_progress_bar=False, normalize_embeddings=True)
        return np.asarray(vectors, np.float32)


class CrossEncoderBackend:
    """Runs any sentence-transformers cross-encoder that gives one score a pair."""

    dim = 1

    def __init__(self, folder: Path, threads: int, device: str | None) -> None:
        os.environ.update(OFFLINE)
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


def load_network(model: DeepModel, device: str | None) -> Any:
    """The `SentenceTransformer` of a model; Semlens' own is MiniLM's network with the shipped weights.

    :raises NeedsFullError: MiniLM's network is not installed.
    :raises ValueError: there is a weight that the network lacks.
    """
    own = model.folder == SHIPPED
    network = _open_folder(plain_folder() if own else model.folder, device)
    if own:
        import torch

        weights = {name: torch.from_numpy(value) for name, value in load_weights(SHIPPED).items()}
        unknown = network[0].auto_model.load_state_dict(weights, strict=False).unexpected_keys
        if unknown:
            raise ValueError(f"{model.name} has weights that the network lacks: {unknown[0]}")
    return network


def _open_folder(folder: Path, device: str | None) -> Any:
    """The `SentenceTransformer` of a folder, from nothing else, and without running anything in it."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(
        str(folder),
        device=device,
        local_files_only=True,
        trust_remote_code=False,
        model_kwargs={"use_safetensors": True},
    )


def gpu_is_usable() -> bool:
    """Whether torch, which must be installed, finds a GPU."""
    import torch

    return bool(torch.cuda.is_available() or torch.backends.mps.is_available())
