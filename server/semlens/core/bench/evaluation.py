"""Ask questions whose answers are known, and count how soon each answer comes.

Every question goes through the ranking of the editor's search, in an index of its own that is
thrown away afterwards.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from semlens.core.bench.corpus import Corpus, fill
from semlens.core.bench.docstring_queries import Known
from semlens.core.index.deep_tier import fill_deep_tier
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import Progress
from semlens.core.index.model_set import ModelSet
from semlens.core.query.query import Query, QueryKind
from semlens.core.search.searcher import Search, find
from semlens.core.util.deadline import Deadline
from semlens.errors import Cancelled, SemlensError
from semlens.types import CancelToken, Tier

LOOKED_AT = 10
"""Hits of each answer; the right one further down counts as not found."""

DEPTHS = (1, 5, 10)

PATIENCE = 120.0
"""Seconds to wait for a transformer to load."""

FAST: Mapping[str, frozenset[Tier]] = {
    "lexical": frozenset({Tier.LEXICAL}),
    "instant": frozenset({Tier.INSTANT}),
    "lexical+instant": frozenset({Tier.LEXICAL, Tier.INSTANT}),
}
"""Tiers that need no transformer."""

DEEP: Mapping[str, frozenset[Tier]] = {"deep": frozenset({Tier.DEEP}), "all": frozenset(Tier)}


@dataclass(frozen=True, slots=True)
class Result:
    """How well some tiers did, those without a transformer with no `model`."""

    tiers: str
    model: str | None
    mrr: float
    """The mean of 1 / rank of the answer."""
    recall_at_1: float
    """The share of questions whose answer is the first hit, or among the first so many."""
    recall_at_5: float
    recall_at_10: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came of one model; `problem` is the sentence that says why it has no results, if it has none."""

    model: str
    chunks: int
    seconds: float
    """That its vectors took, of which some may have been known."""
    results: tuple[Result, ...]
    problem: str | None = None


def evaluate_model(
    haystack: Corpus,
    models: ModelSet,
    folder: Path,
    seconds: float,
    cancel: CancelToken,
    progress: Progress = lambda done, total: None,
) -> Evaluation:
    """Ask every question of every tier. An index is made in the empty `folder`.

    The transformer has so many `seconds` to embed what is searched. Raises `Cancelled`.
    """
    index = FolderIndex(folder, folder, models)
    results: list[Result] = []
    problem: str | None = None
    started = time.monotonic()
    took = 0.0
    try:
        fill(index, haystack, models, cancel)
        results += _results(index, haystack.known, FAST, None, cancel)
        started = time.monotonic()
        fill_deep_tier(index, Deadline(seconds, cancel), progress)
        took = time.monotonic() - started
        results += _results(index, haystack.known, DEEP, models.deep.name, cancel)
    except Cancelled:
        cancel.check()
        share = index.coverage().deep
        problem = f"{share:.0%} of the chunks were embedded in the time given: allow more, or fewer files."
    except SemlensError as error:
        problem = str(error)
    finally:
        chunks = index.reader.counts().chunks
        index.close()
    return Evaluation(models.deep.name, chunks, took, tuple(results), problem)


def _results(
    index: FolderIndex,
    known: Sequence[Known],
    ways: Mapping[str, frozenset[Tier]],
    model: str | None,
    cancel: CancelToken,
) -> Iterator[Result]:
    for name, tiers in ways.items():
        ranks = [_rank(index, one, tiers, cancel) for one in known]
        recall = [sum(rank <= depth for rank in ranks) / len(ranks) for depth in DEPTHS]
        yield Result(name, model, sum(1 / rank for rank in ranks) / len(ranks), *recall)


def _rank(index: FolderIndex, known: Known, tiers: frozenset[Tier], cancel: CancelToken) -> float:
    """The rank of the first hit that holds lines of the answer, from 1; infinite if none does."""
    cancel.check()
    encoder = index.models.encoder
    vector = encoder.encode_query(known.question, PATIENCE) if Tier.DEEP in tiers else None
    question = Query(known.question, QueryKind.TEXT)
    chunks = (hit.chunk for hit in find(index, question, Search(LOOKED_AT, tiers, vector)))
    places = dict.fromkeys((chunk.path, chunk.start_line, chunk.end_line) for chunk in chunks)
    for rank, (path, start, end) in enumerate(islice(places, LOOKED_AT), 1):
        if path == known.path and start <= known.end_line and known.start_line <= end:
            return rank
    return math.inf
