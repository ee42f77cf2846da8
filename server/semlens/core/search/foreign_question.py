"""A question in another language, read by what stands in the code of one folder."""

from __future__ import annotations

from dataclasses import replace

from semlens.core.index.folder import FolderIndex
from semlens.core.query.foreign import Translation, translate
from semlens.core.query.query import Query, QueryKind
from semlens.core.text.analyzer import code_terms

_AT_HOME = 0.6
"""A question that has this share of its terms in the code is in a language of the code."""


def in_english(index: FolderIndex, query: Query) -> tuple[Query, Translation | None]:
    """The query with English words for its own, and how they were found.

    A query in English or in a language of the code stays as it is, and so do code, names and quotes.
    """
    terms = query.meaning_terms
    if query.kind is not QueryKind.TEXT or query.origin is not None or query.is_quoted or not terms:
        return query, None
    found = translate(query.text, lambda word: _known_share(index, code_terms(word)) == 1)
    if found is None or _known_share(index, terms) >= _AT_HOME:
        return query, None
    return replace(query, text=found.english), found


def _known_share(index: FolderIndex, terms: tuple[str, ...] | list[str]) -> float:
    """The share of terms that stand in some file."""
    return sum(index.lexical.file_frequency(term) > 0 for term in terms) / len(terms) if terms else 0.0
