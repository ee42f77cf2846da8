"""What a lexical index answers: chunks by BM25, by words that stand together, and files by their words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from semlens.core.lexical.documents import BODY_FIELD, CHUNK_FIELDS, FILE_FIELD, FieldBoosts
from semlens.core.lexical.queries import bm25_query, files_query, telling
from semlens.core.lexical.scores import filter_allowed, ranked, round_scores, run_query, top_with_ties
from semlens.core.lexical.together import phrases_query, together_query
from semlens.core.query.literal import PlacedTerm
from semlens.core.store.layout import failure
from semlens.core.text.analyzer import code_terms

_WIDEN = 8
"""Factor for the limit of a query when too few of its hits are allowed."""
_LAST_ID = (1 << 63) - 1
_NO_BOOSTS = FieldBoosts()


class LexicalReader:
    """Searches an index as of its last commit. Every method raises `StorageError` if the disk fails."""

    def __init__(self, root: Path, schema: tantivy.Schema, searcher: tantivy.Searcher, stem: bool) -> None:
        """`root` is the folder that an error names; `stem` says whether terms are stemmed."""
        self._root = root
        self._schema = schema
        self._searcher = searcher
        self._stem = stem

    def terms(self, text: str) -> list[str]:
        """The terms of `text`, as this index stores them."""
        return code_terms(text, self._stem)

    def search(
        self,
        query: str | Mapping[str, float],
        k: int,
        boosts: FieldBoosts = _NO_BOOSTS,
        allowed: NDArray[np.int64] | None = None,
    ) -> list[tuple[int, float]]:
        """The `k` chunks that BM25 ranks highest for any of the query's terms, with their scores.

        Ties with the last one are included as `top_with_ties` says.

        :param query: a text, or terms with their weights
        :param allowed: the ids to choose from; None for all
        """
        weights = dict.fromkeys(self.terms(query), 1.0) if isinstance(query, str) else query
        weights = telling(weights, self.chunk_frequency, self._searcher.num_docs)
        searcher = self._searcher
        if not weights or not searcher.num_docs or k < 1:
            return []
        with tantivy_errors(self._root):
            parsed, limit = bm25_query(self._schema, weights, boosts), 2 * k
            found = run_query(searcher, parsed, limit)
            chosen = filter_allowed(found, allowed)
            while len(chosen.ids) < 2 * k and len(found.ids) == limit:
                limit *= _WIDEN
                found = run_query(searcher, parsed, limit)
                chosen = filter_allowed(found, allowed)
            terms = len(weights) * len(CHUNK_FIELDS)
            return top_with_ties(ranked(round_scores(searcher, parsed, chosen, terms)), k)

    def files(self, weights: Mapping[str, float], k: int) -> list[tuple[int, float]]:
        """The `k` files with the highest sum of the weights of their terms, with that sum.

        Each file is given as the id of its first chunk. Unlike BM25, this does not penalise a long file.

        :param weights: terms with their weights
        """
        with tantivy_errors(self._root):
            found = run_query(self._searcher, files_query(self._schema, weights), 2 * k)
        return top_with_ties(ranked(replace(found, ids=~found.ids)), k)

    def together(
        self,
        words: Sequence[PlacedTerm],
        weights: Mapping[str, float],
        k: int,
        allowed: NDArray[np.int64] | None = None,
    ) -> list[tuple[int, float]]:
        """The `k` chunks in which the weightiest pairs of words stand together, with `together_query`'s sum.

        :param words: the words of a text in order
        :param weights: the weight of each term; 0 leaves it out
        :param allowed: the ids to choose from; None for all
        """
        frequencies = {term: self.chunk_frequency(term) for term in weights}
        query = together_query(self._schema, words, weights, frequencies)
        if query is None or not self._searcher.num_docs:
            return []
        with tantivy_errors(self._root):
            found = run_query(self._searcher, query, 2 * k if allowed is None else 2 * k * _WIDEN)
        return top_with_ties(ranked(filter_allowed(found, allowed)), k)

    def with_phrases(
        self,
        phrases: Sequence[Sequence[PlacedTerm]],
        k: int,
        allowed: NDArray[np.int64] | None = None,
    ) -> list[int]:
        """Some `k` chunks in which each of `phrases` stands without gaps, by ascending id."""
        query = phrases_query(self._schema, phrases)
        if query is None or not self._searcher.num_docs:
            return []
        with tantivy_errors(self._root):
            found = run_query(self._searcher, query, 2 * k if allowed is None else 2 * k * _WIDEN)
        return sorted(number for number, _ in top_with_ties(ranked(filter_allowed(found, allowed)), k))

    def chunk_count(self, searcher: tantivy.Searcher | None = None) -> int:
        """The number of chunks, without the documents of files, whose ids are negative.

        :param searcher: what counts; by default the one that answers now
        """
        chunks = tantivy.Query.range_query(self._schema, "chunk_id", tantivy.FieldType.Integer, 0, _LAST_ID)
        with tantivy_errors(self._root):
            count: int = (searcher or self._searcher).search(chunks, 1, count=True).count
        return count

    def chunk_frequency(self, term: str) -> int:
        """The number of chunks that contain a term."""
        frequency: int = self._searcher.doc_freq(BODY_FIELD, term)
        return frequency

    def file_frequency(self, term: str) -> int:
        """The number of files that contain a term."""
        frequency: int = self._searcher.doc_freq(FILE_FIELD, term)
        return frequency


@contextmanager
def tantivy_errors(folder: Path) -> Iterator[None]:
    """Turn errors of tantivy about `folder` into a `StorageError` whose sentence says what to do."""
    try:
        yield
    except (ValueError, OSError) as error:
        raise failure("The lexical index", folder, str(error)) from error
