"""Scores that do not depend on the order in which documents were added.

tantivy sums float32 in an order that depends on the layout of its segments. So scores are rounded to steps,
and a score close to the middle between two steps is summed again, exactly.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import tantivy
from numpy.typing import NDArray

_STEPS = 64
"""Steps per unit for a query of few terms, whose scores are between 1 and 100."""
_FEW_TERMS = 90
"""Terms of such a query, three for each word. With more, scores and errors grow, and so do steps: to sum a
score of a thousand terms again takes 10 ms, and few should need it."""
_ROUNDING = 2.0**-24
"""The relative error of one addition in float32."""


@dataclass(frozen=True, slots=True)
class ScoredDocs:
    """Documents with their scores."""

    ids: NDArray[np.int64]
    """Shape (n,)."""
    scores: NDArray[np.float64]
    """Shape (n,)."""
    addresses: Sequence[tantivy.DocAddress]


def run_query(searcher: tantivy.Searcher, query: tantivy.Query, limit: int) -> ScoredDocs:
    """At most `limit` documents with tantivy's own scores, best first."""
    hits = searcher.search(query, limit, count=False).hits
    scores = np.array([score for score, _ in hits], dtype=np.float64)
    return ScoredDocs(chunk_ids(searcher, hits), scores, [address for _, address in hits])


def round_scores(
    searcher: tantivy.Searcher, query: tantivy.Query, found: ScoredDocs, terms: int
) -> ScoredDocs:
    """Round scores to steps, independent of the order of summation.

    :param terms: the number of terms of `query` at most, which bounds the rounding error of a sum
    """
    per_unit = _STEPS * min(1.0, 4.0 ** -math.ceil(math.log2(max(1.0, terms / _FEW_TERMS))))
    steps = found.scores * per_unit
    doubtful = np.abs(steps - np.floor(steps) - 0.5) <= steps * terms * _ROUNDING
    for row in np.flatnonzero(doubtful).tolist():
        steps[row] = _exact_sum(query.explain(searcher, found.addresses[row])) * per_unit
    return replace(found, scores=np.floor(steps + 0.5) / per_unit)


def _exact_sum(explanation: tantivy.Explanation) -> float:
    """The exact sum of the scores of a document's terms."""
    parsed = json.loads(explanation.to_json())
    return math.fsum(part["value"] for part in parsed.get("details", ())) or parsed["value"]


def filter_allowed(found: ScoredDocs, allowed: NDArray[np.int64] | None) -> ScoredDocs:
    """The documents whose id is in `allowed`; all of them if it is None."""
    if allowed is None:
        return found
    inside = np.flatnonzero(np.isin(found.ids, allowed))
    return ScoredDocs(
        found.ids[inside], found.scores[inside], [found.addresses[row] for row in inside.tolist()]
    )


def ranked(found: ScoredDocs) -> list[tuple[int, float]]:
    """Ids with their scores, best first; ties by id."""
    order = np.lexsort((found.ids, -found.scores))
    return list(zip(found.ids[order].tolist(), found.scores[order].tolist(), strict=True))


def top_with_ties(hits: Sequence[tuple[int, float]], k: int) -> list[tuple[int, float]]:
    """The first `k` of ranked `hits` with all ties of the last one, if these fit into `2 * k`.

    If they do not fit, all of the ties are left out, provided that at least half of `k` hits remain: which of
    the ties came first says only whose file was indexed first.
    """
    if len(hits) <= k:
        return list(hits)
    shown, last = hits[: 2 * k], hits[k - 1][1]
    above = [hit for hit in shown if hit[1] > last]
    if len(shown) == 2 * k and shown[-1][1] == last and 2 * len(above) >= k:
        return above
    return [hit for hit in shown if hit[1] >= last]


def chunk_ids(
    searcher: tantivy.Searcher, hits: Sequence[tuple[float, tantivy.DocAddress]]
) -> NDArray[np.int64]:
    """The id of each hit; shape (n,)."""
    return np.array(searcher.fast_field_values("chunk_id", [address for _, address in hits]), dtype=np.int64)
