"""A query, and everything that its text says, worked out once when a step of the search asks for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from pathlib import Path

from semlens.core.files.role import Role
from semlens.core.query import intents, terms
from semlens.core.query.scope import ScopeFilter
from semlens.errors import UsageError
from semlens.types import RelativePath, Scope, Span

MAX_CHARACTERS = 20_000
"""More than a screenful of code; a longer query only slows the answer."""

EVERYWHERE = Scope()


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
    def bm25_terms(self) -> Mapping[str, float]:
        """The terms for the lexical index, with their weights."""
        return terms.bm25_terms(self.text)

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The kinds of files that the query asks for in words, such as tests."""
        return intents.requested_roles(self.text)

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
_TESTS = frozenset({"test", "tests"})
_FILTER = re.compile(r"(?:(?<=\s)|^)(-?)(path|lang|kind|is):(\"[^\"]+\"|\S+)")


def parse_query(text: str, kind: str = "auto", scope: Scope = EVERYWHERE) -> Query:
    """Read a query with its inline filters: `path:src/**`, `-path:docs`, `lang:python`, `is:test`,
    `-is:test`, `kind:symbol`.

    `kind` is a value of `QueryKind`, or `auto` to tell it from the text. The filters narrow `scope`.
    Raises `UsageError` if nothing but filters is left.
    """
    for sign, name, raw in _FILTER.findall(text):
        value = raw.strip('"')
        if name == "kind" and not sign and value in {item.value for item in QueryKind}:
            kind = value
        elif name == "lang" and not sign:
            scope = replace(scope, languages=(*scope.languages, *value.lower().split(",")))
        elif name == "is" and value.lower() in _TESTS:
            scope = replace(scope, tests=not sign)
        elif name == "path" and sign:
            scope = replace(scope, exclude=(*scope.exclude, value))
        elif name == "path":
            scope = replace(scope, include=(*scope.include, value))
    rest = _FILTER.sub(" ", text).strip()[:MAX_CHARACTERS]
    if not rest:
        raise UsageError("Type what the code does, or a name.")
    return Query(rest, _kind_of(rest) if kind == "auto" else QueryKind(kind), scope)


def parse_similar(code: str, origin: Origin, scope: Scope = EVERYWHERE) -> Query:
    """A query for code like `code`, which stands at `origin`. The text keeps all of the code.

    Raises `UsageError` if `code` is blank.
    """
    return Query(code, QueryKind.CODE, parse_query(code, "code", scope).scope, origin)


def _kind_of(text: str) -> QueryKind:
    if _SYMBOL.match(text) or terms.quoted_parts(text):
        return QueryKind.SYMBOL
    marks = len(_CODE_MARKS.findall(text))
    if marks >= 2 or ("\n" in text and marks):
        return QueryKind.CODE
    return QueryKind.TEXT
