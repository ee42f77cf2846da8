"""What a network is made of, by its files alone, against the network itself."""

from __future__ import annotations

import pytest

from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.network import NetworkShape, shape_of_deep, shape_of_instant
from semlens.core.embed.static_model import SHIPPED
from semlens.core.embed.weights import load_weights
from semlens.settings import DEFAULT_MODEL, PLAIN_MODEL


@pytest.mark.model
@pytest.mark.parametrize("name", [DEFAULT_MODEL, PLAIN_MODEL])
def test_all_the_weights_of_a_transformer_are_counted(name: str) -> None:
    model = DeepModel.find(name)
    weights = load_weights(model.tokenizer_json.parent)
    shape = shape_of_deep(model)
    assert shape.parameters == sum(value.size for value in weights.values())
    assert shape.table == weights["embeddings.word_embeddings.weight"].size
    assert (shape.layers, shape.heads, shape.width) == (6, 12, 384)


def test_the_instant_model_is_a_table_alone() -> None:
    shape = shape_of_instant(SHIPPED)
    assert shape == NetworkShape(shape.table, shape.table, width=shape.width)
    assert shape.width is not None and shape.table % shape.width == 0
