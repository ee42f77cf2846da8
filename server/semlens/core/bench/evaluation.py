"""Measures search: the ranks of known answers, as recall and mean reciprocal rank.

Every query is ranked as in the editor's search, over a temporary index of the corpus.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from semlens.core.bench.corpus import Corpus, index_corpus
from semlens.core.bench.statistics import Estimate, estimate
from semlens.core.index.deep_tier import fill_deep_tier
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import Progress
from semlens.core.index.model_set import ModelSet
from semlens.core.query.query import Query, QueryKind
from semlens.core.search import Searcher, SearchOptions
from semlens.core.util.deadline import Deadline
from semlens.errors import Cancelled, SemlensError
from semlens.types import CancelToken, RelativePath, Tier

DEPTH = 10
"""Hits of each query; an answer below them counts as not found."""

RECALL_DEPTHS = (1, 5, 10)

ENCODER_TIMEOUT = 120.0
"""Seconds to wait for the transformer to load."""

LIGHT_TIERS: Mapping[str, frozenset[Tier]] = {
    "lexical": frozenset({Tier.LEXICAL}),
    "instant": frozenset({Tier.INSTANT}),
    "lexical+instant": frozenset({Tier.LEXICAL, Tier.INSTANT}),
}
"""Sets of tiers that need no transformer, by name."""

DEEP_TIERS: Mapping[str, frozenset[Tier]] = {"deep": frozenset({Tier.DEEP}), "all": frozenset(Tier)}


class KnownAnswer(Protocol):
    """A query with the lines that answer it."""

    @property
    def text(self) -> str: ...
    @property
    def places(self) -> tuple[tuple[RelativePath, int, int], ...]:
        """Path, first and last line of each answer; one of them is enough."""


@dataclass(frozen=True, slots=True)
class Result:
    """The figures of one set of tiers. `model` is None if no transformer takes part."""

    tiers: str
    model: str | None
    mrr: Estimate
    """Mean reciprocal rank of the answers."""
    recall: tuple[Estimate, ...]
    """The share of queries with an answer among the first hits, for each of `RECALL_DEPTHS`."""
    reciprocal: tuple[float, ...]
    """1 / rank of each query's answer, 0 if it was not found."""

    @staticmethod
    def of(tiers: str, model: str | None, ranks: Sequence[float]) -> Result:
        """The figures of ranks, from 1; infinite for what was not found."""
        recall = tuple(estimate([float(rank <= depth) for rank in ranks]) for depth in RECALL_DEPTHS)
        reciprocal = tuple(1 / rank for rank in ranks)
        return Result(tiers, model, estimate(reciprocal), recall, reciprocal)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The results of one model. If some are missing, the sentence `problem` says why."""

    model: str
    chunks: int
    seconds: float
    """Seconds to embed the corpus, without the chunks whose vectors were stored already."""
    results: tuple[Result, ...]
    problem: str | None = None


def evaluate_model(
    corpus: Corpus,
    models: ModelSet,
    folder: Path,
    seconds: float,
    cancel: CancelToken,
    progress: Progress = lambda done, total: None,
) -> Evaluation:
    """Search for every query of `corpus` with each set of tiers. The index is made in the empty `folder`.

    The transformer has `seconds` to embed the corpus. Raises `Cancelled`.
    """
    index = FolderIndex(folder, folder, models)
    results: list[Result] = []
    problem: str | None = None
    embedding_seconds = 0.0
    try:
        index_corpus(index, corpus, models, cancel)
        results += _results(index, corpus.queries, LIGHT_TIERS, None, cancel)
        started = time.monotonic()
        fill_deep_tier(index, Deadline(seconds, cancel), progress)
        embedding_seconds = time.monotonic() - started
        results += _results(index, corpus.queries, DEEP_TIERS, models.deep.name, cancel)
    except Cancelled:
        cancel.check()
        share = index.coverage().deep
        problem = f"{share:.0%} of the chunks were embedded in the time given: allow more, or fewer files."
    except SemlensError as error:
        problem = str(error)
    finally:
        chunks = index.reader.counts().chunks
        index.close()
    return Evaluation(models.deep.name, chunks, embedding_seconds, tuple(results), problem)


def rank(searcher: Searcher, query: KnownAnswer, tiers: frozenset[Tier], cancel: CancelToken) -> float:
    """The rank (from 1) of the first hit that overlaps an answer; infinite if none does."""
    cancel.check()
    encoder = searcher.index.models.encoder
    vector = encoder.encode_query(query.text, ENCODER_TIMEOUT) if Tier.DEEP in tiers else None
    ranked = searcher.rank(Query(query.text, QueryKind.TEXT), SearchOptions(DEPTH, tiers, vector))
    chunks = (item.chunk for item in ranked)
    places = dict.fromkeys((chunk.path, chunk.start_line, chunk.end_line) for chunk in chunks)
    for number, (path, start, end) in enumerate(islice(places, DEPTH), 1):
        if any(path == its and start <= last and first <= end for its, first, last in query.places):
            return number
    return math.inf


def _results(
    index: FolderIndex,
    queries: Sequence[KnownAnswer],
    tier_sets: Mapping[str, frozenset[Tier]],
    model: str | None,
    cancel: CancelToken,
) -> Iterator[Result]:
    searcher = Searcher(index)
    for name, tiers in tier_sets.items():
        yield Result.of(name, model, [rank(searcher, query, tiers, cancel) for query in queries])
