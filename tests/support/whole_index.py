"""What an index must hold, whatever befell it: every row of the truth, and each text's vector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.encoder import State
from semlens.core.embed.static_model import StaticModel
from semlens.core.files.source import source_of
from semlens.core.index.folder import FolderIndex
from semlens.core.index.model_set import ModelSet
from semlens.core.index.prepare import chunks_of
from semlens.core.store.records import ChunkText
from semlens.core.text.tokens import ModelTokenizer
from semlens.types import CancelToken, Chunk, ContentHash, FileStamp, RelativePath
from support.fast_engine import hash_of, vector_of


class HasModels(Protocol):
    models: ModelSet


class OnceEncoder:
    """Refuses to embed what is known already."""

    state: State = "loaded"
    message: str | None = None

    def __init__(self, owner: HasModels | None, dim: int) -> None:
        """`owner` is None where nothing may be embedded at all."""
        self._owner = owner
        self._dim = dim

    def encode(self, texts: Sequence[str], cancel: CancelToken | None = None) -> NDArray[np.float32]:
        assert self._owner is not None, "nothing is to be embedded"
        models = self._owner.models
        known = models.vectors.get(models.deep_fingerprint, [ContentHash(hash_of(text)) for text in texts])
        assert not known, "embedded again"
        return np.stack([vector_of(text, self._dim) for text in texts])

    def encode_some(self, texts: Sequence[str], seconds: float) -> NDArray[np.float32]:
        return self.encode(texts)

    def encode_query(self, text: str, timeout: float = 0.0) -> NDArray[np.float32]:
        return vector_of(text, self._dim)

    def read_tokens(self, text: str, timeout: float) -> NDArray[np.float32]:
        raise NotImplementedError

    def use_cpu_only(self) -> None:
        """It runs on nothing else."""

    def close(self) -> None:
        """Nothing is open."""


@cache
def real_models() -> tuple[ModelTokenizer, StaticModel, tuple[DeepModel, ...]]:
    deep = DeepModel.find()
    other = replace(deep, name="other", weights_sha256="0" * 64)
    return ModelTokenizer(deep.tokenizer_json, deep.limit), StaticModel.load(), (deep, other)


@cache
def chunks_in(path: RelativePath, text: str) -> list[tuple[object, ...]]:
    """What `content` says of a file."""
    source = source_of(path, FileStamp(0, 0), text, ContentHash(""))
    return [
        (one.start_line, one.end_line, one.content_hash, one.defines, said_by(one))
        for one in chunks_of(source, real_models()[0])[1]
    ]


def said_by(chunk: Chunk) -> ChunkText:
    return ChunkText(chunk.text, chunk.embedding_text, chunk.signature, chunk.docstring)


def content(index: FolderIndex) -> dict[str, object]:
    """Everything that the truth says, but for its numbers."""
    return {
        path: [
            (chunk.start_line, chunk.end_line, chunk.content_hash, chunk.defines, text)
            for chunk, text in zip(
                index.reader.chunks.of_file(path), index.reader.texts.of_file(path), strict=True
            )
        ]
        for path in sorted(index.reader.files.stamps())
    }


def every_text_finds_itself(index: FolderIndex) -> None:
    store, dim = index.deep.open(), index.models.deep.dim
    for key, text in index.reader.texts.to_embed(index.reader.chunks.content_hashes()).items():
        [(found, similarity)] = store.query(vector_of(text, dim), 1)
        assert found == key and similarity > 0.99
