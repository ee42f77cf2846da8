"""The vectors of names are the model's own, however many were asked for before."""

from __future__ import annotations

import random

import numpy as np

from semlens.core.embed.static_model import StaticModel
from semlens.core.search.caches import NameVectors


def test_names_have_the_models_vectors_whatever_was_forgotten_between() -> None:
    model = StaticModel.load()
    vectors = NameVectors(model, max_rows=20)
    names = [f"name number {n}" for n in range(60)]
    expected = dict(zip(names, model.embed(names), strict=True))
    chance = random.Random(0)
    for _ in range(50):
        asked = chance.choices(names, k=chance.randrange(1, 25))
        assert np.array_equal(vectors.of(asked), np.stack([expected[name] for name in asked]))
