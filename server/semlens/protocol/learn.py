"""The engine's requests for learners: what models are made of, their speed, and a word in context."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from semlens.protocol.editor import NetworksResult, SpeedResult, WordInContextResult
from semlens.protocol.request import Request, Requests
from semlens.types import Tier


@frozen
class DescribeNetworks(Request[NetworksResult]):
    """What the models of a folder are made of."""

    method: ClassVar[str] = "describe_networks"
    folder: str


@frozen
class MeasureSpeed(Request[SpeedResult]):
    """How fast does a model read chunks of a folder, now and here? It takes about a second."""

    method: ClassVar[str] = "measure_speed"
    folder: str
    tier: Tier
    """`instant` or `deep`, which may have to be loaded."""


@frozen
class WordInContext(Request[WordInContextResult]):
    """How alike are the vectors of one word in several texts?"""

    method: ClassVar[str] = "word_in_context"
    folder: str
    word: str
    texts: list[str]


LEARN_REQUESTS: Requests = {kind.method: kind for kind in (DescribeNetworks, MeasureSpeed, WordInContext)}
"""Method → request."""
