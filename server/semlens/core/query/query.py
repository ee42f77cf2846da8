"""A query, and everything that its text says, worked out once when a step of the search asks for it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path

from semlens.core.files.role import Role
from semlens.core.query import intents, terms
from semlens.core.query.filters import IMAGES, Filter, Typed, narrowed, typed_filters
from semlens.core.query.literal import LiteralText, literal_text
from semlens.core.query.report import MAX_CHARACTERS as MAX_REPORT_CHARACTERS
from semlens.core.query.report import Report, read_report
from semlens.core.query.scope import ScopeFilter
from semlens.core.text.words import composed, without_surrogates
from semlens.errors import UsageError
from semlens.types import RelativePath, Scope, Span

MAX_CHARACTERS = 20_000
"""More than a screenful of code; a longer one only slows the answer. Of a report more is read."""

EVERYWHERE = Scope()

_RUNTIME = re.compile(
    r"^(?:thread (?:'[^'\n]*' )?panicked at (?=['\"`])|Uncaught (?:\(in promise\) )?(?=\S)"
    r"|Exception in thread \"[^\"\n]*\" )(?!.*\n)"
)
"""What a runtime writes before the message of one line: Rust, JavaScript, Java."""
_QUOTED = re.compile(r"(?P<quote>['\"])(?P<text>.+)(?P=quote)")


class QueryKind(str, Enum):
    """How a query is worded. The kind decides how far ranking trusts each tier."""

    SYMBOL = "symbol"
    TEXT = "text"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Origin:
    """The lines that a query for similar code was taken from. They are no answer to it."""

    folder: Path
    """The root of the workspace folder."""
    path: RelativePath
    lines: Span


@dataclass(frozen=True)
class Query:
    """What to search for and where. Make one with `parse_query` or `parse_similar`.

    The properties below the fields are lazy, and each is computed once. They need a `__dict__`, so the
    class has no slots.
    """

    text: str
    """Without the inline filters."""
    kind: QueryKind
    scope: Scope = EVERYWHERE
    origin: Origin | None = None
    """Set for similar code only."""
    filters: tuple[Filter, ...] = ()
    """The inline filters that narrowed the scope."""
    report: Report | None = None
    """The parts of a long text, whose gist `text` is."""
    unread: int = 0
    """Characters of the question beyond `MAX_CHARACTERS`, or for a report `MAX_REPORT_CHARACTERS`."""

    @cached_property
    def scope_filter(self) -> ScopeFilter:
        """The compiled scope."""
        return ScopeFilter(self.scope)

    @cached_property
    def is_name(self) -> bool:
        """Whether the text is a single identifier. It may still be a topic: `escape`."""
        return terms.is_name(self.text)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names that the query asks for or mentions, the most important first; none for code."""
        if self.kind is QueryKind.CODE:
            return ()
        if self.kind is QueryKind.SYMBOL:
            return terms.requested_names(self.text)
        return terms.mentioned_names(self.text)

    @cached_property
    def title(self) -> str | None:
        """The whole text of a question as a name with spaces or signs in it."""
        return terms.title(self.text) if self.kind is QueryKind.TEXT else None

    @cached_property
    def content_words(self) -> tuple[str, ...]:
        """The words that carry meaning, as the lexical index spells them."""
        return terms.content_words(self.text)

    @cached_property
    def telling_words(self) -> frozenset[str]:
        """The words and numbers that tell one line of code from another, as the lexical index spells them."""
        return terms.telling_words(self.text)

    @cached_property
    def phrase(self) -> str:
        """The text in lower case, if it may stand in a line of code as it is; else ""."""
        return terms.phrase(self.text) if self.kind is not QueryKind.SYMBOL else self.text.lower()

    @cached_property
    def is_quoted(self) -> bool:
        """Whether all of the text stands in quotes."""
        return terms.is_quoted(self.text)

    @cached_property
    def meaning_terms(self) -> tuple[str, ...]:
        """Every term that carries meaning, in any script."""
        return terms.meaning_terms(self.text)

    @cached_property
    def bm25_terms(self) -> Mapping[str, float]:
        """The terms for the lexical index, with their weights."""
        return terms.bm25_terms(self.text)

    @cached_property
    def literal(self) -> LiteralText:
        """The text as it may stand in the code, word for word."""
        return literal_text(self.text)

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The kinds of files that the query asks for in words, such as tests, or by a filter."""
        requested = intents.requested_roles(self.text)
        return requested | {Role.IMAGE} if self.scope.images else requested

    @cached_property
    def asks_for_version(self) -> bool:
        return intents.asks_for_version(self.text)

    @cached_property
    def asks_for_licence(self) -> bool:
        return intents.asks_for_licence(self.text)


_IDENTIFIER = r"[A-Za-z_$@][\w$]*[?!]?"
_SYMBOL = re.compile(
    rf"^(?:{_IDENTIFIER}(?:(?:::|\\|->|\.|#|/){_IDENTIFIER})+"  # qualified
    r"|_\w*"
    r"|\w*[a-z0-9][A-Z]\w*"  # camelCase inside
    r"|\w+_\w*"
    r"|[A-Z][A-Za-z0-9]*"
    r")(?:\(\))?$"
)
_CODE_MARKS = re.compile(
    r"[;{}]|\w\(|=>|==|!=|&&|\|\||^\s*(?:def|class|func|fn|import|return|if|for)\b.*[:({]", re.M
)


def parse_query(
    text: str, kind: str = "auto", scope: Scope = EVERYWHERE, ignored: Collection[Filter] = ()
) -> Query:
    """Read a query with its inline filters: `path:src/**`, `-path:docs`, `lang:python`, `-lang:go`,
    `is:test`, `-is:test`, `kind:symbol`, `kind:image`, `-kind:image`.

    `kind` is a value of `QueryKind`, or `auto` to tell it from the text. The filters narrow `scope`, but the
    `ignored` ones do not: a path among these counts as words. Raises `UsageError` if only filters are left.
    """
    text = composed(without_surrogates(text))
    typed = typed_filters(text)
    filters = [one for part in typed for one in part.filters if one not in ignored]
    for one in filters:
        if one.name == "kind" and one.value != IMAGES:
            kind = one.value
    rest, with_paths = (_without(text, typed, keeps).strip() for keeps in ((), ignored))
    if not rest:
        raise UsageError("Type what the code does, or a name.")
    if kind == "auto":
        rest, with_paths = _message_of(rest), _message_of(with_paths)
    scope = narrowed(scope, filters)
    report = read_report(with_paths) if kind == "auto" else None
    if report is not None:
        unread = max(0, len(with_paths) - MAX_REPORT_CHARACTERS)
        return Query(report.gist, QueryKind.TEXT, scope, filters=tuple(filters), report=report, unread=unread)
    asked_kind = _kind_of(rest[:MAX_CHARACTERS]) if kind == "auto" else QueryKind(kind)
    # A name stays a name: words beside it would make prose of it.
    prose = asked_kind is QueryKind.TEXT and not terms.is_name(rest)
    asked = with_paths if prose else rest
    unread = max(0, len(asked) - MAX_CHARACTERS)
    return Query(asked[:MAX_CHARACTERS], asked_kind, scope, filters=tuple(filters), unread=unread)


def parse_similar(code: str, origin: Origin, scope: Scope = EVERYWHERE) -> Query:
    """A query for code like `code`, which stands at `origin`. The text keeps all of the code.

    Nothing in code is a filter. Raises `UsageError` if `code` is blank.
    """
    if not code.strip():
        raise UsageError("Type what the code does, or a name.")
    return Query(without_surrogates(code), QueryKind.CODE, scope, origin)


def _message_of(text: str) -> str:
    """The message of an error without what a runtime writes before the program's own words; else the text."""
    bare = _RUNTIME.sub("", text, count=1)
    in_quotes = _QUOTED.fullmatch(bare) if bare != text else None
    return (in_quotes["text"] if in_quotes else bare).strip() or text


def _without(text: str, typed: Sequence[Typed], keeps: Collection[Filter]) -> str:
    """The text without its filters, but with those paths that it is to keep."""
    parts, at = [], 0
    for part in typed:
        parts.append(text[at : part.start])
        if any(one in keeps and one.name == "path" and not one.excludes for one in part.filters):
            parts.append(text[part.start : part.end])
        at = part.end
    return " ".join([*parts, text[at:]])


def _kind_of(text: str) -> QueryKind:
    if _SYMBOL.match(text) or terms.quoted_parts(text):
        return QueryKind.SYMBOL
    marks = len(_CODE_MARKS.findall(text))
    if marks >= 2 or ("\n" in text and marks):
        return QueryKind.CODE
    return QueryKind.TEXT
