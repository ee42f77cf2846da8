"""Add what images show to a ranking that is made: what is no image keeps its score and its order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from semlens.core.query.query import Query
from semlens.core.search.ranking.roles import role_factors
from semlens.core.search.ranking.score_table import Column, Ranked, ScoreTable
from semlens.core.search.ranking.weights import WEIGHTS, Weights
from semlens.core.store.records import StoredChunk
from semlens.types import Tier

UNLIKE: Final = 0.2
"""The cosine up to which likeness counts for nothing. A guess: no model was measured (docs/images.md)."""

ALIKE: Final = 0.28
"""The cosine from which a text and an image belong together: from it on, LAION-5B keeps pairs, by ViT-B/32
(Schuhmann et al., 2022). An image that is nearest, and less near, gains less."""


def with_pictures(
    ranked: Sequence[Ranked],
    near: Mapping[int, float],
    images: Sequence[StoredChunk],
    query: Query,
    weights: Weights = WEIGHTS,
) -> list[Ranked]:
    """The ranking with images that look like the question, each raised by how near it is, best first.

    :param near: the cosine similarity of an image to the question, by the id of its chunk
    :param images: the chunks of `near`; those that the ranking lacks are added
    """
    known = {item.chunk.id for item in ranked}
    new = [chunk for chunk in images if chunk.id not in known and near[chunk.id] > UNLIKE]
    table = ranked[0].table.extended(new) if ranked else ScoreTable(new)
    signal = weights.picture * _likeness(table, near)
    signal = signal * table.files.spread(np.array(role_factors(table.files.keys, query.roles)))
    table.add(Tier.IMAGE.value, signal)
    first = len(table.chunks) - len(new)
    added = [Ranked(chunk, 0.0, table, row) for row, chunk in enumerate(new, first)]
    found = [
        item._replace(score=item.score + float(signal[item.row]), table=table) for item in [*ranked, *added]
    ]
    return sorted(found, key=lambda item: -item.score)  # Stable: equal scores keep their order.


def _likeness(table: ScoreTable, near: Mapping[int, float]) -> Column:
    """How near each row's image is, relative to the nearest one, from 0 to 1."""
    cosines = np.array([near.get(chunk.id, 0.0) for chunk in table.chunks], dtype=np.float64)
    most = max(float(cosines.max(initial=0.0)), ALIKE)
    return np.maximum(cosines - UNLIKE, 0.0) / (most - UNLIKE)
