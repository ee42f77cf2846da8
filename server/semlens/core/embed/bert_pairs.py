"""Semlens' own cross-encoder on OpenVINO: a question and a text, read together, become one score."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from semlens.core.embed.bert_graph import Network, Runtime, Unsupported, padded
from semlens.core.embed.weights import RERANK_SHIPPED, SHIPPED, verify_rerank_weights
from semlens.errors import ModelError
from semlens.settings import DEFAULT_RERANK_MODEL

TOKENS = 192
"""The most tokens of a pair: more code tells little more, and takes longer."""


class BertPairs:
    """A compiled cross-encoder. Use it from one thread."""

    dim = 1

    @classmethod
    def own(cls, threads: int) -> BertPairs:
        """The cross-encoder that comes with Semlens. Raises `ModelError`."""
        verify_rerank_weights()
        try:
            return cls(RERANK_SHIPPED, threads)
        except Unsupported as error:
            raise ModelError(f"The model {DEFAULT_RERANK_MODEL} cannot run here: {error}.") from error

    def __init__(self, folder: Path, threads: int, precision: str | None = None) -> None:
        """Raises `Unsupported` if OpenVINO is not there."""
        runtime = Runtime.start(threads, precision)
        self.name = runtime.name
        # The vocabulary of every uncased BERT.
        self._tokenizer = Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))
        self._tokenizer.no_padding()
        # Of a long question and long code, as much of either.
        self._tokenizer.enable_truncation(TOKENS, strategy="longest_first")
        graph = runtime.graph(Network.of_cross_encoder(folder))
        self._request = runtime.compiled(graph.scores())
        list(self.score("a first question", ["takes longer"], 0.0))

    def score(
        self, question: str, texts: Sequence[str], seconds: float
    ) -> Iterator[tuple[list[int], NDArray[np.float32]]]:
        """Yield [row] and its score, shape (1, 1), in the order of `texts`, while there is time for more."""
        start = time.monotonic()
        for row, pair in enumerate(self._tokenizer.encode_batch([(question, text) for text in texts])):
            begun = time.monotonic()
            length = len(pair.ids)
            ids, segments = np.zeros((2, 1, padded(length)), np.int32)
            ids[0, :length], segments[0, :length] = pair.ids, pair.type_ids
            yield [row], self._request.infer({0: ids, 1: np.array([length], np.int32), 2: segments})[0]
            now = time.monotonic()
            if now - start + (now - begun) > seconds:
                return
