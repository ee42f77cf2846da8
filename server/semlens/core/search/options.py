"""How to answer a query: from which tiers, with which weights, and how many hits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass

import numpy as np
from numpy.typing import NDArray

from semlens.core.search.ranking.weights import WEIGHTS, Weights
from semlens.types import RelativePath, Tier

ALL_TIERS = frozenset(Tier)

DeepVector = NDArray[np.float32] | Callable[[], NDArray[np.float32] | None]
"""The query's vector of shape (dimensions,), or a function that waits for it and gives None if it is late."""


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """What a search is to do besides its query."""

    limit: int = 20
    """The number of hits."""
    tiers: frozenset[Tier] = ALL_TIERS
    deep_vector: DeepVector | None = None
    """None leaves the deep tier out."""
    _: KW_ONLY
    second_vector: DeepVector | None = None
    """The query's vector by the second model. None leaves its tier out."""
    image_vector: DeepVector | None = None
    """The query's vector by the image model. None leaves its tier out."""
    weights: Weights = WEIGHTS
    explain: bool = False
    """Say of each hit where the query's words stand in it."""
    at_hand: Sequence[RelativePath] = ()
    """The files that the user has open, then those that changed last: they come first among equal scores."""
