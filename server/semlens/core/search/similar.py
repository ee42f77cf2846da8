"""Similar code: leave out the lines that the query was taken from, and put near copies last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from semlens.core.query.query import Origin, Query
from semlens.core.search.dedupe import shared_words
from semlens.core.text.analyzer import code_terms
from semlens.types import Hit, Reason, Span

COPY = 0.8
"""Code that shares this much of its words with the query is a copy, whatever was renamed in it."""

SPARE_HITS = 10
"""Hits to search for beyond the limit, since the origin is among them, perhaps in pieces."""

_COPY_REASON = "copy"


def copies_last(hits: Sequence[Hit], query: Query, origin: Origin, limit: int) -> list[Hit]:
    """The first `limit` hits outside `origin`, near copies of the query's code after the others.

    A copy gains a reason `copy`, whose value is the share of words in common.
    """
    others: list[Hit] = []
    copies: list[Hit] = []
    words = Counter(code_terms(query.text))
    for hit in hits:
        if _is_origin(hit, origin):
            continue
        share = shared_words(words, Counter(code_terms(hit.preview)))
        if share >= COPY:
            copies.append(replace(hit, reasons=(*hit.reasons, Reason(_COPY_REASON, share))))
        else:
            others.append(hit)
    return [*others[: max(0, limit - len(copies))], *copies][:limit]


def is_copy(hit: Hit) -> bool:
    """Whether a hit is a near copy of the query's code."""
    return any(reason.name == _COPY_REASON for reason in hit.reasons)


def _is_origin(hit: Hit, origin: Origin) -> bool:
    """Whether a hit has lines of the origin."""
    if hit.path != origin.path or hit.folder != str(origin.folder):
        return False
    return origin.lines.overlaps(Span(hit.start_line, hit.end_line))
