"""BERT encoders on OpenVINO: the vectors of sentence-transformers, several times faster on a CPU.

The graph is built from the weights (`bert_graph.py`), so the model is ready in under a second. It computes in
bf16 where the CPU has it, else with int8 weights and activations quantised on the fly. A test compares the
vectors with those of sentence-transformers, which runs the models of other kinds.

The network runs on one text at a time, padded to a length that depends on the text alone. So a text's
vector is the same to the last bit in any order and on any processor: in a larger batch, kernels for AVX2
sum a row in another order. On two cores batches were no faster.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from semlens.core.embed.bert_graph import Network, Runtime, padded
from semlens.core.embed.deep_model import DeepModel


class BertEncoder:
    """A compiled model. Use it from one thread."""

    def __init__(self, model: DeepModel, threads: int, precision: str | None = None) -> None:
        """Raises `Unsupported` for a model of another kind."""
        self._runtime = runtime = Runtime.start(threads, precision)
        self.name = runtime.name
        self.dim = model.dim
        self._model = model
        self._tokenizer = Tokenizer.from_file(str(model.tokenizer_json))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(model.max_length)
        self._query_prompt, self._document_prompt = model.query_prompt, model.document_prompt
        self._request = runtime.compiled(runtime.graph(Network.of_encoder(model.folder)).vectors())
        self._layers: Any = None
        """A network that gives every layer, made when it is asked for first."""

    def encode(self, texts: Sequence[str], query: bool) -> Iterator[tuple[list[int], NDArray[np.float32]]]:
        """Embed texts one by one, longest first: yields [row] and its unit vector, shape (1, dim)."""
        prompt = self._query_prompt if query else self._document_prompt
        tokens = [
            encoding.ids for encoding in self._tokenizer.encode_batch([prompt + text for text in texts])
        ]
        # Longest first, so that memory peaks at once.
        for row in sorted(range(len(tokens)), key=lambda row: -len(tokens[row])):
            length = len(tokens[row])
            ids = np.zeros((1, padded(length)), np.int32)
            ids[0, :length] = tokens[row]
            yield [row], self._request.infer({0: ids, 1: np.array([length], np.int32)})[0]

    def read_tokens(self, text: str) -> NDArray[np.float32]:
        """As `ReadTokens` says."""
        if self._layers is None:
            graph = self._runtime.graph(Network.of_encoder(self._model.folder))
            self._layers = self._runtime.compiled(graph.layers())
        ids = np.array([self._tokenizer.encode(text).ids], np.int32)
        found = self._layers.infer({0: ids, 1: np.array([ids.shape[1]], np.int32)})
        return np.concatenate([found[layer] for layer in range(len(found))])
