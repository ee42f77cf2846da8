"""What turns text into numbers for an index, and where those numbers are kept for good."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from semlens.core.chunk import CHUNKER_VERSION
from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.encoder import State
from semlens.core.embed.static_model import StaticModel
from semlens.core.index.word_table import WordTable
from semlens.core.index.worker_pool import Workers
from semlens.core.store.quantized import Codes
from semlens.core.text.tokens import ModelTokenizer
from semlens.types import CancelToken, ContentHash, Fingerprint


class DeepEncoder(Protocol):
    """The transformer, wherever it runs."""

    @property
    def state(self) -> State: ...
    @property
    def message(self) -> str | None: ...
    def encode(self, texts: Sequence[str], cancel: CancelToken | None = None) -> NDArray[np.float32]: ...
    def encode_query(self, text: str, timeout: float = 0.0) -> NDArray[np.float32]: ...
    def keep_to_cpu(self) -> None: ...
    def close(self) -> None: ...


class EmbeddingCache(Protocol):
    """Vectors by what was embedded, durable once `put` returns."""

    def get(
        self, fingerprint: Fingerprint, hashes: Iterable[ContentHash]
    ) -> dict[ContentHash, NDArray[np.float16]]: ...
    def get_codes(
        self, fingerprint: Fingerprint, hashes: Iterable[ContentHash]
    ) -> dict[ContentHash, Codes]: ...
    def put(
        self,
        fingerprint: Fingerprint,
        hashes: Sequence[ContentHash],
        vectors: NDArray[np.float16] | NDArray[np.float32] | Codes,
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class ModelSet:
    """The models of one setting, shared by every folder that has it."""

    measure: ModelTokenizer
    static: StaticModel
    deep: DeepModel
    encoder: DeepEncoder
    vectors: EmbeddingCache
    workers: Workers | None = None
    """Processes that prepare files; without them it is done where it is asked for."""
    lexicon: WordTable = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lexicon", WordTable(self.measure, self.static))

    @property
    def deep_fingerprint(self) -> Fingerprint:
        return self.deep.fingerprint(CHUNKER_VERSION)

    @property
    def instant_fingerprint(self) -> Fingerprint:
        return Fingerprint(f"{self.static.fingerprint}/{CHUNKER_VERSION}/bytes")
