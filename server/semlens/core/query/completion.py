"""How the filter that a user is typing may go on. Pure functions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from semlens.core.files.images import IMAGE
from semlens.core.query.filters import IMAGES, KINDS, Filter
from semlens.core.query.scope import names_of
from semlens.core.query.unmatched import IndexedFile
from semlens.core.text.languages import TEXT
from semlens.core.text.words import composed

MAX_COMPLETIONS = 8

_UNFINISHED = re.compile(r"(?<!\S)(?P<sign>-?)(?P<name>path|lang|is|kind):(?P<value>\"[^\"]*|[^\s\"]*)$")
_KIND_DETAILS = {"symbol": "a name", "text": "words", "code": "a piece of code", IMAGES: "only images"}


@dataclass(frozen=True, slots=True)
class FilterCompletion:
    """One way to complete a filter."""

    label: str
    """The filter."""
    detail: str
    """What it leaves."""
    query: str
    """The question with the completed filter."""


def completions(query: str, files: Sequence[IndexedFile]) -> list[FilterCompletion]:
    """The likeliest values for the filter at the end of `query`, at most `MAX_COMPLETIONS`."""
    match = _UNFINISHED.search(query)
    if match is None:
        return []
    name, excludes, typed = match["name"], match["sign"] == "-", composed(match["value"].lstrip('"'))
    before = query[: match.start()]
    if name == "lang":
        found = [(Filter("lang", value, excludes), count) for value, count in _languages(typed, files)]
        return [_completion(before, one, _files(count), " ") for one, count in found]
    if name == "path":
        paths = [(Filter("path", value, excludes), count) for value, count in _paths(typed, files)]
        return [
            _completion(before, one, _files(count), "" if one.value.endswith("/") else " ")
            for one, count in paths
            if one.value != typed
        ]
    if name == "is":
        tests = Filter("is", "test", excludes)
        return [_completion(before, tests, "no tests" if excludes else "only tests", " ")]
    has_images = any(language == IMAGE for _, language in files)
    if excludes:
        found_kinds = [IMAGES] if has_images else []
    else:
        found_kinds = [kind for kind in KINDS if kind != IMAGES or has_images]
    return [
        _completion(
            before, Filter("kind", kind, excludes), "no images" if excludes else _KIND_DETAILS[kind], " "
        )
        for kind in found_kinds
        if kind.startswith(typed.lower())
    ]


def _completion(before: str, one: Filter, detail: str, after: str) -> FilterCompletion:
    return FilterCompletion(one.text, detail, f"{before}{one.text}{after}")


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"


def _languages(typed: str, files: Iterable[IndexedFile]) -> list[tuple[str, int]]:
    """The languages of the files, with their number, that the last part of `typed` begins."""
    *_, last = typed.lower().split(",")
    counts = Counter(language or TEXT for _, language in files)
    fitting = [
        (name, count)
        for name, count in counts.most_common()
        if any(other.startswith(last) for other in names_of(name))
    ]
    return fitting[:MAX_COMPLETIONS]


def _paths(typed: str, files: Iterable[IndexedFile]) -> list[tuple[str, int]]:
    """What lies in the typed folder and begins with the rest; or else folders at any depth that do so."""
    lead = "/" if typed.startswith("/") else ""
    folder, slash, rest = typed.removeprefix("/").rpartition("/")
    inside = folder + slash
    counts: Counter[str] = Counter()
    deeper: Counter[str] = Counter()
    for path, _ in files:
        path_ = composed(path)
        if path_.startswith(inside):
            name, below, _rest = path_[len(inside) :].partition("/")
            if name.lower().startswith(rest.lower()):
                counts[lead + inside + name + below] += 1
        if not lead and not slash and rest:
            parts = path_.split("/")[:-1]
            for depth, part in enumerate(parts[1:], 1):
                if part.lower().startswith(rest.lower()):
                    deeper["/".join(parts[: depth + 1]) + "/"] += 1
    found = counts.most_common(MAX_COMPLETIONS)
    return [*found, *deeper.most_common(MAX_COMPLETIONS - len(found))]
