"""The models of an index, and the cache of their vectors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from semlens.core.chunk import CHUNKER_VERSION, WORDS_VERSION
from semlens.core.embed.deep_model import in_words_fingerprint
from semlens.core.embed.encoder import State
from semlens.core.embed.static_model import SHIPPED, StaticModel
from semlens.core.index.word_table import WordTable
from semlens.core.index.worker_pool import Workers
from semlens.core.store.paces import Paces
from semlens.core.store.quantized import Codes
from semlens.core.team.link import TeamLink
from semlens.core.team.team import Model
from semlens.core.text.tokens import ModelTokenizer
from semlens.types import CancelToken, ContentHash, Fingerprint


class EmbeddingModel(Protocol):
    """The transformer, as far as an index knows it: one on the disk, or a server's."""

    @property
    def name(self) -> str: ...
    @property
    def dim(self) -> int: ...
    @property
    def limit(self) -> int: ...
    @property
    def tokenizer_json(self) -> Path: ...
    def fingerprint(self, chunker_version: int) -> Fingerprint: ...


class DeepEncoder(Protocol):
    """The transformer, as a client of the process that runs it."""

    @property
    def state(self) -> State: ...
    @property
    def message(self) -> str | None: ...
    def encode(self, texts: Sequence[str], cancel: CancelToken | None = None) -> NDArray[np.float32]: ...
    def encode_some(self, texts: Sequence[str], seconds: float) -> NDArray[np.float32]: ...
    def encode_query(self, text: str, timeout: float = 0.0) -> NDArray[np.float32]: ...
    def read_tokens(self, text: str, timeout: float) -> NDArray[np.float32]: ...
    def use_cpu_only(self) -> None: ...
    def close(self) -> None: ...


class EmbeddingCache(Protocol):
    """Vectors by model fingerprint and content hash, as `VectorCache` keeps them."""

    @property
    def notice(self) -> str | None: ...
    @property
    def replaced(self) -> int: ...
    def sizes(self) -> dict[Fingerprint, tuple[int, int]]: ...
    def missing(self, fingerprint: Fingerprint, hashes: Iterable[ContentHash]) -> list[ContentHash]: ...
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
    """The models of one model setting, shared by every folder with this setting."""

    tokenizer: ModelTokenizer
    static: StaticModel
    deep: EmbeddingModel
    encoder: DeepEncoder
    vectors: EmbeddingCache
    workers: Workers | None = None
    """Processes that prepare files; without them the calling thread prepares them."""
    team: TeamLink = field(default_factory=TeamLink)
    """Whose vectors are shared."""
    paces: Paces = field(default_factory=Paces)
    """How fast the models of this machine embed."""
    word_table: WordTable = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "word_table", WordTable(self.tokenizer, self.static))

    @property
    def deep_fingerprint(self) -> Fingerprint:
        """The fingerprint of deep vectors: the model and the chunker's version."""
        return self.deep.fingerprint(CHUNKER_VERSION)

    @property
    def words_fingerprint(self) -> Fingerprint:
        """The fingerprint of deep vectors of code in words, as the second model of a folder reads it."""
        return in_words_fingerprint(self.deep.name, self.deep.dim, self.deep_fingerprint, WORDS_VERSION)

    @property
    def index_fingerprint(self) -> Fingerprint:
        """Which index of a folder belongs to these models: another model of either tier has another one."""
        if self.static.folder == SHIPPED:
            return self.deep_fingerprint
        return Fingerprint(f"{self.deep_fingerprint}+{self.static.fingerprint}")

    @property
    def team_model(self) -> Model:
        """The deep model as a team's server knows it."""
        return Model(self.deep_fingerprint, self.deep.dim, self.vectors)

    @property
    def instant_fingerprint(self) -> Fingerprint:
        """The fingerprint of instant vectors: the model, the chunker's version and the quantization."""
        return instant_fingerprint(self.static)


def instant_fingerprint(model: StaticModel) -> Fingerprint:
    """The fingerprint of an instant model's vectors, with the chunker's version and the quantization."""
    return Fingerprint(f"{model.fingerprint}/{CHUNKER_VERSION}/bytes")
