"""Read a question by the files to search: a filter that leaves none of them is named and left out.

So is text beyond the longest question that is read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from semlens.core.query.filters import replaced
from semlens.core.query.query import EVERYWHERE, MAX_CHARACTERS, Query, parse_query
from semlens.core.query.report import MAX_CHARACTERS as MAX_REPORT_CHARACTERS
from semlens.core.query.unmatched import IndexedFile, Unmatched, empty_scope, unmatched_filters
from semlens.types import Scope

_MOSTLY = 0.8
"""The share of a text that is as good as all of it: the rest are filters and marks."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What the user should know about how a question was read."""

    text: str
    instead: str | None = None
    """Another question that may be meant."""


def read_query(
    text: str, kind: str, scope: Scope, files: Callable[[], Sequence[IndexedFile]]
) -> tuple[Query, list[Remark]]:
    """The query of a text, and remarks about filters that leave no file and about what is not read.

    :param scope: what the search is narrowed to besides; it is kept even if it leaves no file
    :param files: gives the files to search, and is asked only if something narrows the search
    :raises UsageError: nothing but filters is left
    """
    query = parse_query(text, kind, scope)
    too_long = [Remark(sentence) for sentence in _about_length(text, query)]
    if query.scope == EVERYWHERE:
        return query, too_long
    known = files()
    empty = empty_scope(scope, known)
    if empty is not None:
        return query, [Remark(empty), *too_long]
    unmatched: list[Unmatched] = []
    while more := unmatched_filters(query, known):
        unmatched += more
        query = parse_query(text, kind, scope, [one for found in unmatched for one in found.filters])
    if query.filters and empty_scope(query.scope, known) is not None:
        unmatched.append(Unmatched(query.filters, "No file that is searched is left by the filters."))
        query = parse_query(text, kind, scope, [one for found in unmatched for one in found.filters])
    return query, [*(_remark(one, text, query) for one in unmatched), *too_long]


def _about_length(text: str, query: Query) -> list[str]:
    """What is read of a long text."""
    said: list[str] = []
    if query.report is not None and len(query.text) < _MOSTLY * len(text):
        said.append("Long question: searched by its beginning, and by the names and files in it.")
    if query.unread:
        read = MAX_CHARACTERS if query.report is None else MAX_REPORT_CHARACTERS
        said.append(f"Of {read + query.unread:,} characters the first {read:,} are read.")
    return said


def _remark(found: Unmatched, text: str, query: Query) -> Remark:
    if len(found.filters) != 1:
        return Remark(f"{found.sentence} These hits are without them.")
    (one,) = found.filters
    as_words = one.name == "path" and one.value in query.text
    consequence = "It is read as words." if as_words else "These hits are without this filter."
    instead = replaced(text, one, found.instead) if found.instead is not None else None
    return Remark(" ".join(filter(None, (found.sentence, consequence, found.present))), instead)
