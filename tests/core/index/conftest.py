"""The models of a folder's index, with an encoder that reads at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.static_model import StaticModel
from semlens.core.index.model_set import ModelSet
from semlens.core.store.vector_cache import VectorCache
from semlens.core.text.tokens import ModelTokenizer
from support.fast_engine import FastEncoder


@pytest.fixture
def models(tmp_path: Path) -> Iterator[ModelSet]:
    deep = DeepModel.find()
    vectors = VectorCache(tmp_path / "vectors.db")
    tokenizer = ModelTokenizer(deep.tokenizer_json, deep.limit)
    yield ModelSet(tokenizer, StaticModel.load(), deep, FastEncoder(deep, tmp_path), vectors)
    vectors.close()
