"""Trains a transformer with sentence-transformers' `MultipleNegativesRankingLoss`. Only this file and
`core/embed/torch_backends.py` import torch.

The loop is Semlens's own: sentence-transformers' trainer needs datasets, with pyarrow and pandas, and
accelerate, which the full stage does without. The embeddings of tokens, most of the weights, stay as they are
(as in `training/fit_deep.py`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.full_packages import require_full
from semlens.core.embed.torch_backends import OFFLINE, load_network
from semlens.core.text.words import without_surrogates
from semlens.core.train.pairs import Pair

RATE: Final = 5e-5
"""Of AdamW (Loshchilov and Hutter 2017)."""
DECAY: Final = 0.01
TOKENS: Final = 128
"""The most tokens of a text in training, which costs half as much as a window of 256; exams read all."""
SCALE: Final = 20.0
"""1 / temperature."""
KEPT: Final = 0.5
"""The share of the learned change that the model keeps. Docstrings ask like docstrings: with all of the
change, a model can answer the questions of people worse than its base does."""
_EMBEDDINGS: Final = ("word_embeddings", "embed_tokens", "shared.weight", "tok_embeddings", "wte.")
_NORM: Final = 1.0
_EXAM_BATCH: Final = 16


class DeepLearner:
    """A transformer while it is trained. As `learning.Learner`."""

    batch = 32
    epochs = 3

    def __init__(self, model: DeepModel, threads: int, gpu: bool, seed: int) -> None:
        """Load the network of `model`.

        :param gpu: use a GPU if there is one
        :raises ModelError: torch is not installed, or the model cannot be loaded
        """
        require_full("Training a transformer")
        os.environ.update(OFFLINE)
        import torch
        from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

        torch.set_num_threads(threads)
        torch.manual_seed(seed)
        self._torch: Any = torch
        self._model = model
        self._network = load_network(model, None if gpu else "cpu")
        # No dropout: so few steps do not overfit, and a resumed training goes on as it would have gone.
        self._network.eval()
        self._whole = int(self._network.max_seq_length)
        for name, value in self._network.named_parameters():
            value.requires_grad_(not any(part in name for part in _EMBEDDINGS))
        self._learning = {
            name: value for name, value in self._network.named_parameters() if value.requires_grad
        }
        self._base = {name: value.detach().clone() for name, value in self._learning.items()}
        self._optimizer = torch.optim.AdamW(self._learning.values(), lr=RATE, weight_decay=DECAY)
        self._loss = MultipleNegativesRankingLoss(
            self._network,
            scale=SCALE,
            directions=("query_to_doc", "doc_to_query"),
            partition_mode="per_direction",
        )
        self.device = f"sentence-transformers on {self._network.device.type}"

    def embed(self, texts: Sequence[str], query: bool) -> NDArray[np.float32]:
        encode = self._network.encode_query if query else self._network.encode_document
        with self._halves():
            vectors = encode(
                [without_surrogates(text) for text in texts],
                batch_size=_EXAM_BATCH,
                show_progress_bar=False,
                convert_to_numpy=False,
                convert_to_tensor=True,
                normalize_embeddings=True,
            )
        return np.asarray(vectors.float().cpu(), np.float32)

    def learn(self, pairs: Sequence[Pair], rate: float) -> float:
        torch = self._torch
        self._network.max_seq_length = min(TOKENS, self._whole)
        try:
            features = [
                self._features([pair.question for pair in pairs], self._model.query_prompt),
                self._features([pair.code for pair in pairs], self._model.document_prompt),
            ]
        finally:
            self._network.max_seq_length = self._whole
        for group in self._optimizer.param_groups:
            group["lr"] = rate * RATE
        with self._halves():
            vectors = [self._network(part)["sentence_embedding"] for part in features]
        loss = self._loss.compute_loss_from_embeddings([part.float() for part in vectors], None)
        self._optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(self._learning.values()), _NORM)
        self._optimizer.step()
        return float(loss.detach())

    def save(self, path: Path) -> None:
        state = {"weights": self._weights(), "optimizer": self._optimizer.state_dict()}
        self._torch.save(state, path)

    def restore(self, path: Path) -> None:
        state = self._torch.load(path, map_location=self._network.device, weights_only=True)
        self._take(state["weights"])
        self._optimizer.load_state_dict(state["optimizer"])

    def save_weights(self, path: Path) -> None:
        self._torch.save(self._weights(), path)

    def use_weights(self, path: Path | None) -> None:
        """The learned weights go back towards the base's (Wortsman et al. 2022), to keep what it knew."""
        if path is None:
            self._take(self._base)
            return
        learned = self._torch.load(path, map_location=self._network.device, weights_only=True)
        self._take({name: self._torch.lerp(base, learned[name], KEPT) for name, base in self._base.items()})

    def write_model(self, folder: Path) -> None:
        self._network.save_pretrained(str(folder), create_model_card=False)

    def _features(self, texts: Sequence[str], prompt: str) -> dict[str, Any]:
        found = self._network.preprocess([prompt + without_surrogates(text) for text in texts])
        device = self._network.device
        return {key: value.to(device) if hasattr(value, "to") else value for key, value in found.items()}

    def _halves(self) -> AbstractContextManager[Any]:
        """Computes in bfloat16 where that is faster; the loss and the weights stay in float32."""
        kind = self._network.device.type
        if kind == "cuda" or (kind == "cpu" and self._torch.ops.mkldnn._is_mkldnn_bf16_supported()):
            autocast: AbstractContextManager[Any] = self._torch.autocast(kind, dtype=self._torch.bfloat16)
            return autocast
        return nullcontext()

    def _weights(self) -> dict[str, Any]:
        return {name: value.detach() for name, value in self._learning.items()}

    def _take(self, weights: dict[str, Any]) -> None:
        with self._torch.no_grad():
            for name, value in self._learning.items():
                value.copy_(weights[name])
