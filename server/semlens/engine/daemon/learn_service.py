"""The handlers of the requests for learners: all figures are of the user's own models, code and machine."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final

import numpy as np

from semlens.core.compare.in_context import find_word, word_pairs
from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.model_card import ModelCard
from semlens.core.embed.network import NetworkShape, shape_of_deep, shape_of_instant
from semlens.core.index.model_set import ModelSet
from semlens.engine.daemon.compare_service import Held
from semlens.engine.models.cards import deep_card, instant_card
from semlens.engine.wire.connection import Connection
from semlens.engine.workspace.split_code import split_code
from semlens.engine.workspace.workspace import Workspace
from semlens.errors import ModelError, UsageError
from semlens.protocol.editor import Network, NetworksResult, SpeedResult, WordInContextResult, WordInTwo
from semlens.protocol.learn import DescribeNetworks, MeasureSpeed, WordInContext
from semlens.protocol.request import Request
from semlens.types import RelativePath, Tier

LOADING_SECONDS: Final = 90.0
"""The most time for the transformer to load."""
MEASURED_SECONDS: Final = 1.0
SAMPLE: Final = 2_000
"""Chunks that are read at most."""
STEP: Final = 64
"""Chunks that the instant tier's model reads between two looks at the clock."""


class LearnService:
    """Answers on threads, as a model may have to be loaded."""

    def __init__(self, held: Held) -> None:
        """`held` keeps the workspaces of folders open."""
        self._held = held
        self.handlers: Mapping[type[Request[Any]], Callable[[Any, Connection], Awaitable[object]]] = {
            DescribeNetworks: partial(self._run, _networks),
            MeasureSpeed: partial(self._run, _speed),
            WordInContext: partial(self._run, _in_context),
        }

    async def _run(
        self, work: Callable[[Workspace, Any], object], request: Any, connection: Connection
    ) -> object:
        async with self._held([request.folder]) as (workspace,):
            return await asyncio.to_thread(work, workspace, request)


def _networks(workspace: Workspace, request: DescribeNetworks) -> NetworksResult:
    models, deep = workspace.models, workspace.models.deep
    try:
        networks = [_network(instant_card(models.static), shape_of_instant(models.static.folder))]
        if isinstance(deep, DeepModel):  # of a server's nothing can be read
            card = deep_card(workspace.settings.model, deep, models.tokenizer)
            networks.append(_network(card, shape_of_deep(deep)))
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"The files of the model {deep.name} cannot be read ({error}).") from error
    split = split_code(workspace.index, RelativePath(""), 0).total
    return NetworksResult(networks, workspace.coverage().chunks, split)


def _network(card: ModelCard, shape: NetworkShape) -> Network:
    return Network(
        name=card.name,
        deep=card.tier is Tier.DEEP,
        parameters=shape.parameters,
        table=shape.table,
        dimension=card.dimension,
        vocabulary=card.vocabulary,
        tokenizer=card.tokenizer,
        pooling=card.pooling,
        size=card.size,
        layers=shape.layers,
        heads=shape.heads,
        window=card.window,
        licence=card.licence or None,
    )


def _speed(workspace: Workspace, request: MeasureSpeed) -> SpeedResult:
    """Reads chunks for `MEASURED_SECONDS`: always those with the smallest hashes, which are random ones."""
    models, index = workspace.models, workspace.index
    sample = heapq.nsmallest(SAMPLE, index.contents.every())
    texts = list(index.reader.texts.to_embed(sample).values())
    if not texts:
        raise UsageError("There is no indexed code to read yet: try again when the folder is indexed.")
    if request.tier is Tier.DEEP:
        _require_deep(workspace)
        models.encoder.encode_query(texts[0], LOADING_SECONDS)  # a model that loads is not measured
    read, seconds = (_read_deep if request.tier is Tier.DEEP else _read_instant)(models, texts)
    return SpeedResult(read, sum(map(models.tokenizer.count, texts[:read])), seconds)


def _read_deep(models: ModelSet, texts: list[str]) -> tuple[int, float]:
    """How many texts the transformer has read, and in how many seconds."""
    begun = time.perf_counter()
    vectors = models.encoder.encode_some(texts, MEASURED_SECONDS)
    return int(np.isfinite(vectors[:, 0]).sum()), time.perf_counter() - begun


def _read_instant(models: ModelSet, texts: list[str]) -> tuple[int, float]:
    begun, read = time.perf_counter(), 0
    while read < len(texts) and time.perf_counter() - begun < MEASURED_SECONDS:
        read += len(models.static.embed(texts[read : read + STEP]))
    return read, time.perf_counter() - begun


def _in_context(workspace: Workspace, request: WordInContext) -> WordInContextResult:
    _require_deep(workspace)
    models, word = workspace.models, request.word.strip()
    having = [row for row, text in enumerate(request.texts) if find_word(text, word) is not None]
    missing = [row for row in range(len(request.texts)) if row not in having]
    texts = [request.texts[row] for row in having]
    if any(models.tokenizer.count(text) > models.deep.limit for text in texts):
        raise UsageError("A sentence is longer than the transformer reads: take a shorter one.")
    read = partial(models.encoder.read_tokens, timeout=LOADING_SECONDS)
    pairs = word_pairs(models.static, models.tokenizer, read, texts, word)
    return WordInContextResult(
        [WordInTwo(having[pair.one], having[pair.other], pair.static, list(pair.layers)) for pair in pairs],
        missing,
    )


def _require_deep(workspace: Workspace) -> None:
    if workspace.settings.deep_tier == "off":
        raise UsageError("The deep tier is turned off in the settings (semlens.deepTier).")
