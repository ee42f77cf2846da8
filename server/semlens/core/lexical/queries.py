"""Build the queries that score chunks by BM25, and files by the words that they have."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import tantivy

from semlens.core.lexical.documents import FILE_FIELD, FieldBoosts

MAX_TERMS = 512
"""Terms of a query that are looked for; of more, those that tell most."""

_WEIGHT_STEPS = 1024
"""Weights are multiples of its inverse, so that float32 sums them exactly, in any order."""


def telling(
    weights: Mapping[str, float], frequency: Callable[[str], int], chunks: int
) -> Mapping[str, float]:
    """At most `MAX_TERMS` of the terms, those that weigh most by how rare they are.

    :param weights: the weight of each term
    :param frequency: the number of chunks with a term
    :param chunks: the number of all chunks
    """
    if len(weights) <= MAX_TERMS:
        return weights

    def told(term: str) -> float:
        found = frequency(term)
        return weights[term] * math.log(max(1.0, chunks / found)) if found else 0.0

    chosen = sorted(weights, key=lambda term: (-told(term), term))[:MAX_TERMS]
    return {term: weights[term] for term in chosen}


def bm25_query(schema: tantivy.Schema, weights: Mapping[str, float], boosts: FieldBoosts) -> tantivy.Query:
    """A query for chunks with any of the terms, in any field."""
    fields = {"body": boosts.body, "symbol": boosts.symbol, "path": boosts.path}
    clauses = [
        (tantivy.Occur.Should, tantivy.Query.boost_query(_term(schema, name, term), boost * weight))
        for term, weight in weights.items()
        for name, boost in fields.items()
        if boost * weight > 0
    ]
    return tantivy.Query.boolean_query(clauses)


def files_query(schema: tantivy.Schema, weights: Mapping[str, float]) -> tantivy.Query:
    """A query whose score is the sum of the weights of the terms that a file has."""
    rounded = {term: round(weight * _WEIGHT_STEPS) / _WEIGHT_STEPS for term, weight in weights.items()}
    clauses = [
        (tantivy.Occur.Should, tantivy.Query.const_score_query(_term(schema, FILE_FIELD, term), weight))
        for term, weight in rounded.items()
    ]
    return tantivy.Query.boolean_query(clauses)


def _term(schema: tantivy.Schema, field: str, term: str) -> tantivy.Query:
    return tantivy.Query.term_query(schema, field, term, index_option="freq")
