"""The filters that stand in a question's text, such as `lang:python`. Pure functions.

Only a filter that exists is one: pasted log lines and code have words like `kind:Pod` too.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final, Literal

from semlens.types import Scope

FilterName = Literal["path", "lang", "is", "kind"]

IMAGES: Final = "image"
"""The value of `kind:` that says what is looked for, and not how the question is worded."""

KINDS: Final = ("symbol", "text", "code", IMAGES)
"""The values of `kind:`: those of `QueryKind`, and `IMAGES`."""

TESTS: Final = ("test", "tests")
"""The values of `is:`."""

MAX_FILTERS = 32
"""A text with more words like filters is no question that someone typed; the further ones stay text."""

_QUOTED = r"\"[^\"\n]+\"(?!\S)|'[^'\n]+'(?!\S)"
_FILTER = re.compile(rf"(?<!\S)(?P<sign>-?)(?P<name>path|lang|kind|is):(?P<value>{_QUOTED}|\S+)")


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter. `lang:python,go` is two of them."""

    name: FilterName
    value: str
    """Without quotes."""
    excludes: bool = False

    @property
    def text(self) -> str:
        """The filter as it is typed."""
        quote = '"' if any(mark.isspace() for mark in self.value) else ""
        return f"{'-' if self.excludes else ''}{self.name}:{quote}{self.value}{quote}"


@dataclass(frozen=True, slots=True)
class Typed:
    """A part of a question that is one filter, or several with a comma."""

    start: int
    end: int
    filters: tuple[Filter, ...]


def typed_filters(text: str) -> tuple[Typed, ...]:
    """The filters of a question, in order.

    In a text of several lines, which nobody types, filters stand at its beginning and at its end alone.
    """
    found = [typed for match in _FILTER.finditer(text) if (typed := _typed(match)) is not None]
    if "\n" in text.strip():
        found = _at_the_edges(text, found)
    return tuple(found[:MAX_FILTERS])


def narrowed(scope: Scope, filters: Collection[Filter]) -> Scope:
    """The part of `scope` that the filters leave. Filters of one kind are alternatives."""
    for one in filters:
        match one.name, one.excludes:
            case "path", False:
                scope = replace(scope, include=(*scope.include, one.value))
            case "path", True:
                scope = replace(scope, exclude=(*scope.exclude, one.value))
            case "lang", False:
                scope = replace(scope, languages=(*scope.languages, one.value))
            case "lang", True:
                scope = replace(scope, exclude_languages=(*scope.exclude_languages, one.value))
            case "is", excludes:
                scope = replace(scope, tests=not excludes)
            case "kind", excludes if one.value == IMAGES:
                scope = replace(scope, images=not excludes)
    return scope


def replaced(text: str, old: Filter, new: Filter) -> str:
    """The question `text` with another filter in the place of one."""
    parts, at = [], 0
    for typed in typed_filters(text):
        if old in typed.filters:
            others = [one.text for one in typed.filters if one != old]
            parts += [text[at : typed.start], " ".join([*others, new.text])]
            at = typed.end
    return "".join([*parts, text[at:]])


def _typed(match: re.Match[str]) -> Typed | None:
    """The filters of one match, or None if no such filter exists."""
    name, excludes = match["name"], match["sign"] == "-"
    value = match["value"]
    if value[0] in "\"'" and value[-1] == value[0]:
        value = value[1:-1]
    values = [value]
    if name == "lang":
        values = [part.strip().lower() for part in value.split(",")]
    elif name == "is":
        values = [value.lower()] if value.lower() in TESTS else []
    elif name == "kind":
        known = (IMAGES,) if excludes else KINDS
        values = [value.lower()] if value.lower() in known else []
    filters = tuple(Filter(_NAMES[name], one, excludes) for one in values if one.strip(" /."))
    return Typed(match.start(), match.end(), filters) if filters else None


_NAMES: Final[dict[str, FilterName]] = {"path": "path", "lang": "lang", "is": "is", "kind": "kind"}


def _at_the_edges(text: str, found: list[Typed]) -> list[Typed]:
    """Those of `found` with nothing but filters before them, or nothing but filters behind them."""

    def is_blank(start: int, end: int) -> bool:
        return not _FILTER.sub("", text[start:end]).strip()

    few = found if len(found) <= 2 * MAX_FILTERS else [*found[:MAX_FILTERS], *found[-MAX_FILTERS:]]
    return [one for one in few if is_blank(0, one.start) or is_blank(one.end, len(text))]
