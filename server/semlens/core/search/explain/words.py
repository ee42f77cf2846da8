"""Where in a hit the words of the question stand. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set

from semlens.core.files.images import IMAGE
from semlens.core.query.query import Query, QueryKind
from semlens.core.search.ranking.name_match import stem_and_folder
from semlens.core.text.analyzer import code_terms
from semlens.core.text.languages import LANGUAGES
from semlens.core.text.word_families import is_related
from semlens.core.text.words import raw_words, split_raw_word
from semlens.types import Hit, Place, WordMatch

MAX_WORDS = 24
"""A longer question is a report or a log, of which a list of words tells nothing."""


def question_words(query: Query) -> dict[str, frozenset[str]]:
    """The query's words as they are typed, each with its terms that carry meaning; none for code."""
    if query.kind is QueryKind.CODE:
        return {}
    telling = frozenset(query.meaning_terms)
    found: dict[str, frozenset[str]] = {}
    seen: set[frozenset[str]] = set()
    for word in (one for raw in raw_words(query.text) for one in split_raw_word(raw)):
        terms = telling.intersection(code_terms(word))
        if terms and terms not in seen:
            seen.add(terms)
            found[word] = terms
    return found


def word_places(query: Query, hit: Hit, comments: Sequence[tuple[int, int]]) -> tuple[WordMatch, ...]:
    """Where each of the query's words stands in a hit.

    :param comments: the first and the last row of each comment and docstring in the hit's preview, 0-based
    """
    words = question_words(query)
    if len(words) > MAX_WORDS:
        return ()
    symbol = hit.symbol
    names = () if symbol is None else (symbol.name, *(symbol.container or "").split("."))
    path = (*stem_and_folder(hit.path), *hit.path.rsplit("/", 1)[-1:])
    comment, body = _parted(hit.preview, comments)
    rest: Place = "text" if _is_text(hit.language) else "body"
    parts: dict[Place, frozenset[str]] = {
        "comment": frozenset(code_terms(comment)),
        rest: frozenset(code_terms(body)),
    }
    return tuple(WordMatch(word, tuple(_places(terms, names, path, parts))) for word, terms in words.items())


def _is_text(language: str) -> bool:
    """Whether files of a language are documents or images."""
    known = LANGUAGES.get(language)
    return language == IMAGE or (known is not None and known.prose)


def _places(
    terms: Set[str], names: Sequence[str], path: Sequence[str], parts: Mapping[Place, Set[str]]
) -> Iterator[Place]:
    if any(is_related(term, name) for term in terms for name in names if name):
        yield "name"
    if any(is_related(term, name) for term in terms for name in path):
        yield "path"
    for place, words in parts.items():
        if terms & words:
            yield place


def _parted(preview: str, comments: Sequence[tuple[int, int]]) -> tuple[str, str]:
    """The comments of a text, and the rest of it."""
    rows = {row for first, last in comments for row in range(first, last + 1)}
    parts: tuple[list[str], list[str]] = ([], [])
    for row, line in enumerate(preview.split("\n")):
        parts[row not in rows].append(line)
    return "\n".join(parts[0]), "\n".join(parts[1])
