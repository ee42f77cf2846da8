"""Why nothing matches: what was searched, what was not, and one thing to try."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from semlens.core.index.folder import FolderIndex
from semlens.core.query.filters import IMAGES, narrowed
from semlens.core.query.query import Query
from semlens.core.search.explain.effects import listed
from semlens.core.search.explain.words import question_words
from semlens.core.text.analyzer import code_terms
from semlens.types import Coverage, Hit, LeftOutCount, Scope, Shortfall

REASONS = 3
"""The reasons for leaving files out that are told."""

_UNKNOWN_SHOWN = 4
_COMPARED = 50_000
"""Names of definitions whose words a misspelt word is compared with."""
_ALIKE = 0.8
"""The least similarity, as `difflib` counts it, of what somebody may have meant."""
_SHORTEST = 5
"""Letters. Too many shorter words are spelled alike."""


@dataclass(frozen=True, slots=True)
class FolderFacts:
    """What one folder's index says of a query."""

    name: str
    files: int
    in_scope: int
    """The files that the query's filters leave."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Reason → how many files and folders."""
    unknown: frozenset[str] = frozenset()
    """The words of the query that stand in no file."""
    alike: Mapping[str, str] = field(default_factory=dict)
    """Unknown word → a word of the folder that is spelled like it."""


def facts_of(index: FolderIndex, query: Query) -> FolderFacts:
    """What `index` says of a query. Raises `StorageError`."""
    files = index.reader.files.languages()
    admits = query.scope_filter.admits
    frequency = index.lexical.file_frequency
    unknown = [word for word, terms in question_words(query).items() if not any(map(frequency, terms))]
    return FolderFacts(
        index.root.name,
        len(files),
        sum(admits(path, language) for path, language in files),
        Counter(one.reason for one in index.reader.files.skipped()),
        frozenset(unknown),
        _alike(index, [word for word in unknown if len(word) >= _SHORTEST]),
    )


def shortfall(
    query: Query, facts: Sequence[FolderFacts], coverage: Coverage, outside: Sequence[Hit] = ()
) -> Shortfall:
    """Why a query has no good hits; `outside` are good hits without its filters."""
    words = question_words(query) if _files(facts)[0] else ()
    unknown = [word for word in words if all(word in one.unknown for one in facts)]
    alike = {word: found for one in facts for word, found in one.alike.items() if word in unknown}
    left_out = sum((Counter(one.left_out) for one in facts), Counter[str]())
    limits = _limits_of(query)
    advice, instead = _advice(query, facts, coverage, unknown, alike, limits, bool(outside))
    return Shortfall(
        _searched(facts, coverage, limits),
        _progress(facts, coverage),
        tuple(LeftOutCount(reason, count) for reason, count in left_out.most_common(REASONS)),
        tuple(unknown),
        tuple(outside),
        advice,
        instead,
    )


@dataclass(frozen=True, slots=True)
class _Limits:
    """What a search is limited to."""

    text: str
    """As a sentence names it."""
    typed: tuple[str, ...]
    """The filters in the question."""
    are_typed: bool
    """Whether nothing else limits it: a question without them is about all files."""


def _limits_of(query: Query) -> _Limits:
    narrowing = [one for one in query.filters if one.name != "kind" or one.value == IMAGES]
    typed = tuple(one.text for one in narrowing)
    are_typed = bool(typed) and narrowed(Scope(), narrowing) == query.scope
    return _Limits(listed(typed) if are_typed else "what the search is limited to", typed, are_typed)


def _searched(facts: Sequence[FolderFacts], coverage: Coverage, limits: _Limits) -> str:
    names = listed([one.name for one in facts])
    files, left = _files(facts)
    if not files:
        if coverage.instant < 1:
            return f"Nothing is indexed in {names} yet."
        return f"No file of {names} can be searched."
    if left == files:
        return (
            f"Searched all {files:,} files of {names}." if files > 1 else f"Searched the one file of {names}."
        )
    if not left:
        return f"No file of {names} matches {limits.text}, so none was searched."
    return f"Searched {left:,} of {files:,} files of {names}: those that match {limits.text}."


def _progress(facts: Sequence[FolderFacts], coverage: Coverage) -> str:
    """How far the index is; nothing if no model could find more."""
    if coverage.instant < 1:
        return f"{int(coverage.instant * 100)}% of the code is read so far."
    if not _files(facts)[1]:
        return ""
    done, shared = int(coverage.deep * 100), int(coverage.shared * 100)
    if shared > done:
        return (
            "All of the code is read; the thorough search by meaning asks the team's server for "
            f"{shared}% of it."
        )
    if coverage.deep < 1:
        return f"All of the code is read; the thorough search by meaning covers {done}% of it."
    return "All code has been read by both models."


def _advice(
    query: Query,
    facts: Sequence[FolderFacts],
    coverage: Coverage,
    unknown: Sequence[str],
    alike: Mapping[str, str],
    limits: _Limits,
    better_outside: bool,
) -> tuple[str, str | None]:
    """One thing to try, and the question for it if it is one."""
    files, left = _files(facts)
    if coverage.instant < 1:
        if not files:
            return "Wait until files are indexed, or see which ones are left out.", None
        return "Ask again in a moment, when all of the code is read.", None
    if not files:
        if any(one.left_out for one in facts):
            return "See which files are left out, and why.", None
        return "Search a folder that has files.", None
    without = query.text if limits.are_typed else None
    if not left:
        return f"Leave out {limits.text}, or correct the spelling.", without
    if better_outside:
        return f"Leave out {limits.text}: other files match better.", without
    for word, meant in alike.items():
        return f"Ask for “{meant}” instead of “{word}”.", " ".join(
            [*limits.typed, query.text.replace(word, meant)]
        )
    if unknown:
        words = listed([f"“{word}”" for word in unknown[:_UNKNOWN_SHOWN]])
        return f"No file has {words}: use words that the code has.", None
    if len(question_words(query)) < 3:
        return "Add a few words that say what the code does.", None
    return "Say it in other words, or name a function or a file.", None


def _files(facts: Sequence[FolderFacts]) -> tuple[int, int]:
    """How many files there are, and how many the limits leave."""
    return sum(one.files for one in facts), sum(one.in_scope for one in facts)


def _alike(index: FolderIndex, unknown: Sequence[str]) -> dict[str, str]:
    """For each of these words the one most like it in the names of the folder's definitions, if any is."""
    if not unknown:
        return {}
    names = " ".join(index.reader.chunks.names_with_prefix("", _COMPARED))
    words = sorted({term for term in code_terms(names, stem=False) if len(term) >= _SHORTEST})
    found = {word: get_close_matches(word.lower(), words, 1, _ALIKE) for word in unknown}
    return {word: close[0] for word, close in found.items() if close}
