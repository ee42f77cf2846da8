"""Search one folder's index: query → candidates → ranking → hits, with the tiers that are ready now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from semlens.core.index.folder import FolderIndex
from semlens.core.query.query import Query, QueryKind
from semlens.core.query.scope import ScopeFilter
from semlens.core.search import symbols
from semlens.core.search.caches import SearchCaches
from semlens.core.search.candidates import (
    CandidatePool,
    nearest_contents,
    nearest_images,
    nearest_in_words,
)
from semlens.core.search.evidence import is_weak
from semlens.core.search.helpers import ALONE, Helpers
from semlens.core.search.hits import to_hits
from semlens.core.search.options import DeepVector, SearchOptions
from semlens.core.search.ranking import Ranked, prepare_ranking, rank, with_pictures
from semlens.core.search.ranking.pictures import ALIKE
from semlens.core.search.ranking_context import gather_context
from semlens.core.search.reports import rank_report, title_of
from semlens.core.search.similar import SPARE_HITS, copies_last
from semlens.core.search.symbols import OutlineFile
from semlens.core.util.background import in_background
from semlens.types import Hit, RelativePath, Tier


class _Found(NamedTuple):
    """The ranking of one folder."""

    ranked: list[Ranked]
    nearest: Mapping[Tier, float]
    """The best score of each tier that answered."""
    literal: float
    """How far the query stands in the code word for word, from 0 to 1."""
    alike: frozenset[RelativePath] = frozenset()
    """The images that look like the question: no words need match."""


class Searcher:
    """Answers queries from one open index, and owns the caches for it. Safe for many threads."""

    def __init__(self, index: FolderIndex) -> None:
        self.index = index
        self._caches = SearchCaches(index.models.static)

    def search(
        self,
        query: Query,
        options: SearchOptions,
        helpers: Helpers = ALONE,
    ) -> list[Hit]:
        """The best hits, at most `options.limit`. Equal queries on equal indexes give equal hits.

        For similar code the hits exclude the query's origin, and near copies of the code come last.
        Raises `StorageError` if the index cannot be read.
        """
        limit = options.limit if query.origin is None else options.limit + SPARE_HITS
        found = self._ranked(query, options, helpers)
        hits = to_hits(self.index, self._caches.places, query, found.ranked, limit, options.explain)
        if is_weak(self.index, query, hits, found.nearest, found.literal):
            hits = [replace(hit, weak=hit.path not in found.alike) for hit in hits]
        return hits if query.origin is None else copies_last(hits, query, query.origin, options.limit)

    def definitions_of(self, name: str, scope: ScopeFilter) -> symbols.FoundDefinitions:
        """The definitions of a name, plain or qualified, as they are on disk now, the likeliest first."""
        return symbols.find_definitions(self.index, self._caches.places, name, scope)

    def outline(self, path: RelativePath, as_indexed: bool) -> OutlineFile:
        """The definitions of an indexed file, from the index alone or as it is on disk now."""
        if as_indexed:
            return symbols.indexed_outline(self.index, path)
        return symbols.outline_of_file(self.index, self._caches.places, path)

    def rank(self, query: Query, options: SearchOptions) -> list[Ranked]:
        """Every candidate chunk, best first, as it was indexed. Raises `StorageError`."""
        return self._ranked(query, options).ranked

    def _ranked(
        self,
        query: Query,
        options: SearchOptions,
        helpers: Helpers = ALONE,
    ) -> _Found:
        """As `rank`, with what else is known of the answer."""
        found = self._rank_text(query, options, helpers)
        if query.report is not None:
            title = title_of(query, query.report)
            without_models = replace(options, deep_vector=None, second_vector=None, image_vector=None)
            of_title = found.ranked if title is None else self._rank_text(title, without_models).ranked
            parts = {"gist": found.ranked, "title": of_title}
            return found._replace(ranked=rank_report(self.index, query, query.report, parts, options))
        return found

    def _rank_text(
        self,
        query: Query,
        options: SearchOptions,
        helpers: Helpers = ALONE,
    ) -> _Found:
        """As `_ranked`, by the query's text alone."""
        index, tiers = self.index, options.tiers
        vector = _vector(options.deep_vector, Tier.DEEP, options)
        second, second_vector = index.added.second, _vector(options.second_vector, Tier.SECOND, options)
        wait_for_neighbours = wait_for_second = None
        if vector is not None:
            wait_for_neighbours = in_background(partial(nearest_contents, index, query, vector, helpers.team))
        if second is not None and second_vector is not None and query.kind is not QueryKind.CODE:
            wait_for_second = in_background(partial(nearest_in_words, second, query, second_vector))
        wait_for_images = self._asked_for_images(query, options)
        instant = index.models.static.embed([query.text])[0] if Tier.INSTANT in tiers else None
        context = gather_context(index, query, options, instant, self._caches)
        pool = CandidatePool(index, query, instant)
        pool.add_fast_tiers(lexical=Tier.LEXICAL in tiers)
        pool.add({*context.literal.strengths, *context.literal.holding})
        question = None
        if vector is not None and wait_for_neighbours is not None:
            prepare_ranking(query, context, pool.chunks.values())  # while the transformer reads the query
            neighbours = wait_for_neighbours()
            if neighbours is not None:
                pool.add_deep_tier(neighbours)
                question = vector()
        if wait_for_second is not None and (in_words := wait_for_second()) is not None:
            pool.add_second_tier(in_words)

        def order() -> list[Ranked]:
            return rank(query, pool.candidates(context.literal.holding), context, options.weights)

        literal = max(context.literal.strengths.values(), default=0.0)
        reader = helpers.reader
        ranked = order() if reader is None or question is None else reader.order(order, pool, question)
        if wait_for_images is not None and not context.literal.holding:
            images, near = pool.images(wait_for_images())
            ranked = with_pictures(ranked, near, images, query, options.weights)
            alike = frozenset(image.path for image in images if near[image.id] >= ALIKE)
            return _Found(ranked, pool.nearest, literal, alike)
        return _Found(ranked, pool.nearest, literal)

    def _asked_for_images(
        self, query: Query, options: SearchOptions
    ) -> Callable[[], list[tuple[RelativePath, float]]] | None:
        """What waits for the images that look like the query; None if it is not asked for how they look."""
        tier, vector = self.index.added.images, _vector(options.image_vector, Tier.IMAGE, options)
        unasked = query.kind is QueryKind.CODE or query.report is not None or query.scope.images is False
        if tier is None or vector is None or unasked:
            return None
        return in_background(partial(nearest_images, tier, query, vector))


def _vector(
    given: DeepVector | None, tier: Tier, options: SearchOptions
) -> Callable[[], NDArray[np.float32] | None] | None:
    """What waits for the query's vector; None if the tier is not asked."""
    if tier not in options.tiers or given is None:
        return None
    return given if callable(given) else partial(np.asarray, given)
