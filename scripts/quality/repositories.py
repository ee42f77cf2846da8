"""Search indexed repositories as the editor does, with any tiers and without any ranking signal."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quality.scoring import LIMIT, Location
from semlens.core.embed.encoder import Encoder, EncoderOptions
from semlens.core.files.membership import Membership
from semlens.core.index.deep_tier import fill_deep_tier
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import reconcile
from semlens.core.index.model_set import ModelSet
from semlens.core.index.second_tier import fill_second_tier
from semlens.core.query.query import parse_query
from semlens.core.search import Searcher, SearchOptions
from semlens.core.search.ranking.weights import WEIGHTS, Weights
from semlens.core.store.layout import index_dir
from semlens.engine.models.registry import ModelRegistry
from semlens.engine.models.reranking import Reranking, Reranks
from semlens.private_files import private_dir
from semlens.settings import DEFAULT_MODEL, Settings
from semlens.types import CancelToken, Hit, Tier

DEEP_VECTOR_SECONDS = 120.0
"""How long a query waits for its deep vector: the first one waits for the transformer to load."""

TIERS: Mapping[str, frozenset[Tier]] = {
    "lexical": frozenset({Tier.LEXICAL}),
    "instant": frozenset({Tier.INSTANT}),
    "deep": frozenset({Tier.DEEP}),
    "lexical+instant": frozenset({Tier.LEXICAL, Tier.INSTANT}),
    "all": frozenset(Tier),
    "reranked": frozenset(Tier),
}
"""By its name a choice of tiers; `reranked` has the first hits read by the cross-encoder besides."""

RERANKS = replace(Reranks.of(Settings()), milliseconds=600_000)

LITERAL_OFF = replace(WEIGHTS, literal=0)
"""The weights without the signal of literal text."""

ABLATIONS: Mapping[str, Weights] = {
    "literal text": LITERAL_OFF,
    "definitions": replace(WEIGHTS, definition=0, only_definition=0, mentioned_definition=0),
    "crowds": replace(WEIGHTS, crowding=0),
    "trust by nearness": replace(WEIGHTS, familiar=-1, strange=-2),
    "trust by words": replace(WEIGHTS, gathered=-1, scattered=-2),
    "words in paths": replace(WEIGHTS, path=0, stem=0),
    "whole and short names": replace(WEIGHTS, title=0, brief=0),
    "words in files": replace(WEIGHTS, file_words=0),
    "meaning of paths": replace(WEIGHTS, path_meaning=0),
    "meaning of symbols": replace(WEIGHTS, symbol_meaning=0),
    "coherence of files": replace(WEIGHTS, coherence=0),
    "saturation of files": replace(WEIGHTS, saturation=1, file_saturation=1),
    "roles of files": replace(WEIGHTS, roles=False),
    "depth of files": replace(WEIGHTS, depth=1),
    "all of these": Weights(
        crowding=0,
        familiar=-1,
        strange=-2,
        gathered=-1,
        scattered=-2,
        literal=0,
        definition=0,
        only_definition=0,
        mentioned_definition=0,
        path=0,
        stem=0,
        title=0,
        brief=0,
        path_meaning=0,
        symbol_meaning=0,
        file_words=0,
        coherence=0,
        saturation=1,
        file_saturation=1,
        depth=1,
        roles=False,
    ),
}
"""The signal that is left out → the weights without it."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant of the search: the tiers that answer, and the weight of each ranking signal."""

    tiers: frozenset[Tier]
    weights: Weights = WEIGHTS
    reranked: bool = False
    """Whether Semlens' own cross-encoder orders the first hits, with as much time as it takes."""

    @classmethod
    def named(cls, name: str, weights: Weights = WEIGHTS) -> Variant:
        """The one with the tiers of that name."""
        return cls(TIERS[name], weights, name == "reranked")


def listed_repositories(annotations: Path, names: str) -> list[dict[str, Any]]:
    """The entries of a folder's `repos.json`; if `names` has any, with commas between them, those alone."""
    listed: list[dict[str, Any]] = json.loads((annotations / "repos.json").read_text(encoding="utf-8"))
    return [spec for spec in listed if not names or spec["name"] in names.split(",")]


class IndexedRepositories:
    """A folder of repositories and the data folder of their indexes. Call `close` when done."""

    def __init__(
        self, repositories: Path, indexes: Path, reference: bool = False, model: str = DEFAULT_MODEL
    ) -> None:
        self._repositories = repositories
        self._index_dir = private_dir(indexes)
        options = EncoderOptions(reference=reference)
        self._registry = ModelRegistry(self._index_dir, lambda model, where: Encoder(model, where, options))
        self._models = self._registry.models(Settings(model=model))
        self._vectors: dict[tuple[str, str], NDArray[np.float32] | None] = {}
        self._reranking = Reranking(self._index_dir)

    @property
    def models(self) -> str:
        """The fingerprints of the instant and the deep model."""
        return f"{self._models.instant_fingerprint}, {self._models.deep_fingerprint}"

    def close(self) -> None:
        self._reranking.close()
        self._registry.close()

    @contextmanager
    def open(self, name: str, deep: bool) -> Iterator[FolderIndex]:
        """The index of the repository `name`, up to date; with every deep vector if `deep`."""
        root = (self._repositories / name).resolve()
        index = FolderIndex(
            root, index_dir(self._index_dir, root, self._models.deep_fingerprint), self._models
        )
        try:
            reconcile(index, Membership(root, Settings()), CancelToken())
            if deep:
                started = time.perf_counter()
                done = fill_deep_tier(index, CancelToken())
                if done.embedded:
                    seconds = time.perf_counter() - started
                    print(f"  {name}: {done.embedded} chunks embedded in {seconds:.0f} s", file=sys.stderr)
            yield index
        finally:
            index.close()

    def use_second(self, index: FolderIndex, model: str) -> None:
        """Have a second model, as the setting calls it, read all of an index in words."""
        index.added.use_second(self._registry.models(Settings(model=model)))
        if index.added.second is not None:
            started = time.perf_counter()
            done = fill_second_tier(index.added.second, CancelToken())
            if done:
                seconds = time.perf_counter() - started
                print(f"  {index.root.name}: {done} texts embedded in {seconds:.0f} s", file=sys.stderr)

    def ask(self, index: FolderIndex, query: str, variant: Variant, limit: int = LIMIT) -> list[Hit]:
        """The first `limit` hits."""
        asked = parse_query(query)
        if not variant.reranked or not RERANKS.wanted_for(asked):
            return Searcher(index).search(asked, self.options(index, query, variant, limit))
        hits = Searcher(index).search(asked, self.options(index, query, variant, max(limit, RERANKS.hits)))
        return self._reranking.apply(RERANKS, asked, hits, DEEP_VECTOR_SECONDS, _fail)[:limit]

    def locations(
        self, index: FolderIndex, query: str, variant: Variant, limit: int = LIMIT
    ) -> list[Location]:
        """The locations of the first `limit` hits."""
        return [(hit.path, hit.start_line, hit.end_line) for hit in self.ask(index, query, variant, limit)]

    def options(self, index: FolderIndex, query: str, variant: Variant, limit: int) -> SearchOptions:
        """How to search, with the query's vector by each model that answers."""
        first = self.vector(query) if Tier.DEEP in variant.tiers else None
        second = None
        if index.added.second is not None and Tier.SECOND in variant.tiers:
            second = self._vector(index.added.second.models, query)
        return SearchOptions(limit, variant.tiers, first, second_vector=second, weights=variant.weights)

    def vector(self, query: str) -> NDArray[np.float32] | None:
        """The query's vector by the first model, shape (dimensions,)."""
        return self._vector(self._models, query)

    def _vector(self, models: ModelSet, query: str) -> NDArray[np.float32] | None:
        """The query's vector, shape (dimensions,)."""
        key = models.deep_fingerprint, query
        if key not in self._vectors:
            self._vectors[key] = self._registry.deep_vector(models, query, DEEP_VECTOR_SECONDS)
        return self._vectors[key]


def _fail(problem: str) -> None:
    raise RuntimeError(problem)
