"""Search one folder's index: query → candidates → ranking → hits, with the tiers that are ready now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from semlens.core.index.folder import FolderIndex
from semlens.core.query.query import Query
from semlens.core.query.scope import ScopeFilter
from semlens.core.search import symbols
from semlens.core.search.caches import SearchCaches
from semlens.core.search.candidates import CandidatePool, Neighbours, nearest_contents
from semlens.core.search.evidence import is_weak
from semlens.core.search.hits import to_hits
from semlens.core.search.options import SearchOptions
from semlens.core.search.ranking import Ranked, prepare_ranking, rank
from semlens.core.search.ranking_context import gather_context
from semlens.core.search.reports import parts_of, rank_report
from semlens.core.search.similar import SPARE_HITS, copies_last
from semlens.core.search.symbols import OutlineFile
from semlens.core.util.background import in_background
from semlens.types import Hit, RelativePath, Tier


class Searcher:
    """Answers queries from one open index, and owns the caches for it. Safe for many threads."""

    def __init__(self, index: FolderIndex) -> None:
        self.index = index
        self._caches = SearchCaches(index.models.static)

    def search(self, query: Query, options: SearchOptions) -> list[Hit]:
        """The best hits, at most `options.limit`. Equal queries on equal indexes give equal hits.

        For similar code the hits exclude the query's origin, and near copies of the code come last.
        Raises `StorageError` if the index cannot be read.
        """
        limit = options.limit if query.origin is None else options.limit + SPARE_HITS
        ranked, nearest = self._ranked(query, options)
        hits = to_hits(self.index, self._caches.located, query, ranked, limit)
        if is_weak(self.index, query, hits, nearest):
            hits = [replace(hit, weak=True) for hit in hits]
        return hits if query.origin is None else copies_last(hits, query, query.origin, options.limit)

    def definitions_of(self, name: str, scope: ScopeFilter, limit: int) -> list[Hit]:
        """The definitions of a name, plain or qualified, as they are on disk now, the likeliest first."""
        return symbols.find_definitions(self.index, self._caches.located, name, scope, limit)

    def outline(self, path: RelativePath, limit: int) -> list[OutlineFile]:
        """The definitions of an indexed file, or of the first `limit` indexed files below a folder."""
        if self.index.reader.content_hash(path) is not None:
            return [symbols.outline_of_file(self.index, self._caches.located, path)]
        return list(symbols.outline_of_folder(self.index, path, limit))

    def rank(self, query: Query, options: SearchOptions) -> list[Ranked]:
        """Every candidate chunk, best first, as it was indexed. Raises `StorageError`."""
        return self._ranked(query, options)[0]

    def _ranked(self, query: Query, options: SearchOptions) -> tuple[list[Ranked], Mapping[Tier, float]]:
        """As `rank`, with the best score of each tier that answered."""
        ranked, nearest = self._rank_text(query, options)
        if query.report is not None:
            fast = replace(options, deep_vector=None)
            parts = {part: self._rank_text(asked, fast)[0] for part, asked in parts_of(query)}
            ranked = rank_report(self.index, query, query.report, {"gist": ranked, **parts}, options)
        return ranked, nearest

    def _rank_text(self, query: Query, options: SearchOptions) -> tuple[list[Ranked], Mapping[Tier, float]]:
        """As `_ranked`, by the query's text alone."""
        index, tiers = self.index, options.tiers
        wait_for_neighbours = _begin_deep_tier(index, query, options)
        instant = index.models.static.embed([query.text])[0] if Tier.INSTANT in tiers else None
        context = gather_context(index, query, options, instant, self._caches.name_vectors)
        pool = CandidatePool(index, query, instant)
        pool.add_fast_tiers(lexical=Tier.LEXICAL in tiers)
        pool.add({*context.literal.strengths, *context.literal.holding})
        if wait_for_neighbours is not None:
            prepare_ranking(query, context, pool.chunks.values())  # while the transformer reads the query
            neighbours = wait_for_neighbours()
            if neighbours is not None:
                pool.add_deep_tier(neighbours)
        candidates = pool.candidates(context.literal.holding)
        return rank(query, candidates, context, options.weights), pool.nearest


def _begin_deep_tier(
    index: FolderIndex, query: Query, options: SearchOptions
) -> Callable[[], Neighbours | None] | None:
    """Look for the deep tier's neighbours on another thread. The function that comes back waits for them."""
    if Tier.DEEP not in options.tiers or options.deep_vector is None:
        return None
    given = options.deep_vector
    vector = given if callable(given) else partial(np.asarray, given)
    return in_background(partial(nearest_contents, index, query, vector))
