"""What is asked: its text, its kind, and where to look."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum

from semlens.errors import UsageError
from semlens.types import Scope

MAX_CHARACTERS = 20_000
"""More than a screenful of code; longer questions only slow the answer."""


EVERYWHERE = Scope()


class QueryKind(str, Enum):
    """How a question is worded, which decides how far each tier is trusted."""

    SYMBOL = "symbol"
    TEXT = "text"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Query:
    text: str
    kind: QueryKind
    scope: Scope = EVERYWHERE


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
_INLINE = re.compile(r"(?:(?<=\s)|^)(-?)(path|lang|kind|is):(\"[^\"]+\"|\S+)")


def parse_query(text: str, kind: str = "auto", scope: Scope = EVERYWHERE) -> Query:
    """Read a question with its inline scopes: `path:src/**`, `-path:docs`, `lang:python`, `is:test`,
    `-is:test`, `kind:symbol`.

    Raises `UsageError` if nothing is asked.
    """
    for sign, name, raw in _INLINE.findall(text):
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
    asked = _INLINE.sub(" ", text).strip()[:MAX_CHARACTERS]
    if not asked:
        raise UsageError("Type what the code does, or a name.")
    return Query(asked, _kind_of(asked) if kind == "auto" else QueryKind(kind), scope)


def _kind_of(text: str) -> QueryKind:
    if _SYMBOL.match(text):
        return QueryKind.SYMBOL
    marks = len(_CODE_MARKS.findall(text))
    if marks >= 2 or ("\n" in text and marks):
        return QueryKind.CODE
    return QueryKind.TEXT
