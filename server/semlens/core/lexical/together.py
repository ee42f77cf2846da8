"""Find the chunks in which words of a text stand together, as they do in the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import tantivy

from semlens.core.lexical.documents import BODY_FIELD
from semlens.core.query.literal import PlacedTerm

MAX_CLAUSES = 96
"""Pairs and rare terms that are looked for; of a longer text the weightiest."""

RARE_CHUNKS = 8
"""A term in at most so many chunks counts without a neighbour."""

_STEPS = 1024
"""Weights are multiples of its inverse, so that float32 sums them exactly, in any order."""
_SECOND_NEIGHBOUR = 0.5
"""The weight of a pair with a term between them, which a message may fill in, relative to neighbours."""
_MAX_DISTANCE = 12
"""Terms from one of a pair to the other."""
_SLOP = 1
"""Further terms between the two of a pair: a placeholder is one or none."""


def together_query(
    schema: tantivy.Schema,
    words: Sequence[PlacedTerm],
    weights: Mapping[str, float],
    frequencies: Mapping[str, int],
) -> tantivy.Query | None:
    """A query whose score is the sum of the weights of pairs of near words, and of rare words; None if empty.

    :param words: the words of a text in order
    :param weights: the weight of each term, half of which a pair has of either. 0 leaves the term out
    :param frequencies: the number of chunks with each term
    """
    weighty = [(word.place, word.term) for word in words if weights[word.term]]
    clauses: dict[tuple[str, ...], tuple[float, int]] = {}
    for apart, share in ((1, 1.0), (2, _SECOND_NEIGHBOUR)):
        for (start, first), (end, second) in zip(weighty, weighty[apart:], strict=False):
            if end - start <= _MAX_DISTANCE:
                weight = share * (weights[first] + weights[second]) / 2
                clauses.setdefault((first, second), (weight, end - start))
    for _, term in weighty:
        if frequencies[term] <= RARE_CHUNKS:
            clauses[(term,)] = weights[term], 0
    chosen = sorted(clauses.items(), key=lambda clause: -clause[1][0])[:MAX_CLAUSES]
    scored = [
        tantivy.Query.const_score_query(_near(schema, terms, distance), round(weight * _STEPS) / _STEPS)
        for terms, (weight, distance) in chosen
    ]
    return (
        tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in scored]) if scored else None
    )


def _near(schema: tantivy.Schema, terms: Sequence[str], distance: int) -> tantivy.Query:
    """A query for one term, or for two that are `distance` terms apart or little more."""
    if len(terms) == 1:
        return tantivy.Query.term_query(schema, BODY_FIELD, terms[0], index_option="freq")
    return tantivy.Query.phrase_query(schema, BODY_FIELD, [(0, terms[0]), (distance, terms[1])], _SLOP)


def phrases_query(schema: tantivy.Schema, phrases: Sequence[Sequence[PlacedTerm]]) -> tantivy.Query | None:
    """A query for chunks in which every phrase stands without gaps; None if there are no words."""
    queries = []
    for phrase in filter(None, phrases):
        start = phrase[0].place
        if len(phrase) == 1:
            query = tantivy.Query.term_query(schema, BODY_FIELD, phrase[0].term, index_option="freq")
        else:
            placed = [(word.place - start, word.term) for word in phrase]
            query = tantivy.Query.phrase_query(schema, BODY_FIELD, placed, 0)
        queries.append((tantivy.Occur.Must, query))
    return tantivy.Query.boolean_query(queries) if queries else None
