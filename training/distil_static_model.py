"""Distil a static model from the bundled transformer. `training/fit.py` trains it into the instant model.

As in model2vec (Tulkens and van Dongen, https://github.com/MinishLab/model2vec): every token of
the vocabulary goes through the transformer alone, PCA reduces the outputs, and smooth inverse
frequency (Arora et al. 2017) weights each row, with a frequency by Zipf's law from the token's rank
in the vocabulary. Punctuation gets no vector. The result depends only on the transformer's weights.

    python training/distil_static_model.py --out START
"""

from __future__ import annotations

import argparse
import string
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "server"))

from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.static_model import save
from semlens.settings import PLAIN_MODEL

DIMENSIONS = 256
SIF = 1e-4
"""The constant a of Arora et al., with the value of model2vec."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Distil the start of the instant model.")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    started = time.monotonic()
    model = DeepModel.find(PLAIN_MODEL)
    model.verify()
    tokenizer = Tokenizer.from_file(str(model.tokenizer_json))
    content = _content_tokens(tokenizer)
    outputs = _transformer_outputs(model, tokenizer, content)
    reduced = _reduce(outputs, DIMENSIONS)
    vectors = np.zeros((tokenizer.get_vocab_size(), DIMENSIONS), np.float32)
    vectors[content] = reduced * _inverse_frequency(len(content))[:, None]
    punctuation = [i for token, i in tokenizer.get_vocab().items() if _is_punctuation(token)]
    vectors[punctuation] = 0
    card = {
        "name": "semlens-instant",
        "source": model.name,
        "source_weights_sha256": model.weights_sha256,
        "dimensions": DIMENSIONS,
        "tokens": int(vectors.any(axis=1).sum()),
        "sif": SIF,
        "method": "transformer output of each token alone, PCA, Zipf-SIF weights, no punctuation, int8 rows",
        "license": "Apache-2.0, as the source model",
    }
    save(arguments.out, vectors, tokenizer, card)
    seconds = time.monotonic() - started
    print(f"{card['tokens']} tokens, {DIMENSIONS} dimensions, {seconds:.0f} s: {arguments.out}")


def _content_tokens(tokenizer: Tokenizer) -> NDArray[np.intp]:
    """(tokens,): the ids of every token but the special ones, in the order of the vocabulary."""
    vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    return np.array([i for token, i in vocabulary if not (token.startswith("[") and token.endswith("]"))])


def _is_punctuation(token: str) -> bool:
    return all(character in string.punctuation for character in token.removeprefix("##"))


def _transformer_outputs(
    model: DeepModel, tokenizer: Tokenizer, content: NDArray[np.intp]
) -> NDArray[np.float32]:
    """(tokens, model dimension): the mean-pooled output of "[CLS] token [SEP]"."""
    import torch
    from transformers import AutoModel

    network = AutoModel.from_pretrained(model.folder, local_files_only=True, use_safetensors=True).eval()
    first, last = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    ids = np.stack([np.full_like(content, first), content, np.full_like(content, last)], axis=1)
    outputs = []
    with torch.inference_mode():
        for start in range(0, len(ids), 1024):
            batch = torch.from_numpy(ids[start : start + 1024])
            hidden = network(batch, attention_mask=torch.ones_like(batch)).last_hidden_state
            outputs.append(hidden.mean(dim=1).numpy())
    return np.concatenate(outputs)


def _reduce(vectors: NDArray[np.float32], dimensions: int) -> NDArray[np.float32]:
    """(tokens, dimensions): the first principal components. Fixed signs make a rebuild the same."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    leading = axes[:, ::-1][:, :dimensions]
    leading *= np.sign(leading[np.abs(leading).argmax(axis=0), np.arange(dimensions)])
    return (centred @ leading).astype(np.float32)


def _inverse_frequency(tokens: int) -> NDArray[np.float32]:
    """(tokens,): the weight of each token, the most frequent first."""
    frequency = 1 / np.arange(2, tokens + 2)
    frequency /= frequency.sum()
    return (SIF / (SIF + frequency)).astype(np.float32)


if __name__ == "__main__":
    main()
