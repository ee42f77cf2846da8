"""What documents score: always the same, in whatever order they came into the index.

tantivy sums float32 in an order that depends on how the documents lie on the disk. So scores are told
in steps, and one that is near the middle between two steps is summed again, exactly.
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
"""To 1. Scores lie between 1 and 100."""
_ROUNDING = 2.0**-24
"""The relative error of one addition in float32."""


@dataclass(frozen=True, slots=True)
class Found:
    """Documents by their numbers, with their scores."""

    ids: NDArray[np.int64]
    scores: NDArray[np.float64]
    places: Sequence[tantivy.DocAddress]


def scored(searcher: tantivy.Searcher, query: tantivy.Query, width: int) -> Found:
    hits = searcher.search(query, width, count=False).hits
    scores = np.array([score for score, _ in hits], dtype=np.float64)
    return Found(chunk_ids(searcher, hits), scores, [place for _, place in hits])


def settled(searcher: tantivy.Searcher, query: tantivy.Query, found: Found, terms: int) -> Found:
    """The scores in steps, whatever the order in which each was summed up from so many `terms` at most."""
    steps = found.scores * _STEPS
    doubtful = np.abs(steps - np.floor(steps) - 0.5) <= steps * terms * _ROUNDING
    for row in np.flatnonzero(doubtful).tolist():
        steps[row] = _exact_sum(query.explain(searcher, found.places[row])) * _STEPS
    return replace(found, scores=np.floor(steps + 0.5) / _STEPS)


def _exact_sum(explanation: tantivy.Explanation) -> float:
    """A document's score from what each term gave to it, which is always the same."""
    told = json.loads(explanation.to_json())
    return math.fsum(part["value"] for part in told.get("details", ())) or told["value"]


def admitted(found: Found, allowed: NDArray[np.int64] | None) -> Found:
    if allowed is None:
        return found
    inside = np.flatnonzero(np.isin(found.ids, allowed))
    return Found(found.ids[inside], found.scores[inside], [found.places[row] for row in inside.tolist()])


def ranked(found: Found) -> list[tuple[int, float]]:
    """Best first, ties in the order of their numbers."""
    order = np.lexsort((found.ids, -found.scores))
    return list(zip(found.ids[order].tolist(), found.scores[order].tolist(), strict=True))


def first(hits: Sequence[tuple[int, float]], k: int) -> list[tuple[int, float]]:
    """The first `k`, and all that tie with the last of them, as far as `2 * k` hold these.

    If they do not, those before these, if they are half of `k`: which of equals came first says only
    whose file came in first.
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
    return np.array(searcher.fast_field_values("chunk_id", [address for _, address in hits]), dtype=np.int64)
