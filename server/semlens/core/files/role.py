"""What part a file plays, read from its path: most questions are about the code that does the work."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from functools import lru_cache

from semlens.types import RelativePath


class Role(str, Enum):
    SOURCE = "source"
    TEST = "test"
    EXAMPLE = "example"
    DECLARATION = "declaration"
    VENDORED = "vendored"
    REEXPORT = "reexport"
    ENTRY = "entry"
    DOCUMENT = "document"
    SETTINGS = "settings"


FACTORS: Mapping[Role, float] = {
    Role.SOURCE: 1.0,
    Role.TEST: 0.5,
    Role.EXAMPLE: 0.4,
    Role.DECLARATION: 0.7,
    Role.VENDORED: 0.5,
    Role.REEXPORT: 0.6,
    Role.ENTRY: 1.15,
    Role.DOCUMENT: 0.6,
    Role.SETTINGS: 0.6,
}

_PATTERNS: tuple[tuple[Role, re.Pattern[str]], ...] = (
    (Role.VENDORED, re.compile(r"(^|/)(vendor|third[_-]?party|external|node_modules|deps)/", re.I)),
    (
        Role.TEST,
        re.compile(
            r"(^|/)(tests?|__tests__|spec|specs|testing|testdata|fixtures|e2e|benchmarks?)/"
            r"|(^|/)(test_[^/]*|[^/]*[._-](test|tests|spec|unittest)\.[^/.]+|conftest\.py)$",
            re.I,
        ),
    ),
    (Role.TEST, re.compile(r"[a-z0-9](Tests?|Spec|Suite)\.[^/.]+$")),
    (Role.EXAMPLE, re.compile(r"(^|/)_?(examples?|samples?|demos?|docs?_src|tutorials?)/", re.I)),
    (Role.DECLARATION, re.compile(r"\.(d\.ts|pyi)$")),
    (Role.REEXPORT, re.compile(r"(^|/)(__init__\.py|package-info\.java)$")),
    (Role.ENTRY, re.compile(r"(^|/)(mod\.rs|index\.[jt]sx?)$")),
    (
        Role.SETTINGS,
        re.compile(
            r"\.(json|jsonc|ya?ml|toml|ini|cfg|conf|properties|xml|mod|gradle|cabal|editorconfig)$", re.I
        ),
    ),
    (Role.DOCUMENT, re.compile(r"\.(md|rst|txt|adoc|org)$|(^|/)docs?/", re.I)),
)

_ASKS_FOR: Mapping[Role, re.Pattern[str]] = {
    Role.TEST: re.compile(r"\b(tests?|testing|tested|specs?|fixtures?|benchmarks?|mock(ed|s)?)\b", re.I),
    Role.EXAMPLE: re.compile(r"\b(examples?|samples?|demos?|tutorials?)\b", re.I),
    Role.DOCUMENT: re.compile(r"\b(docs?|documentation|readme|changelog|guide)\b", re.I),
    Role.SETTINGS: re.compile(
        r"\b(config(ured|uration)?|settings?|options?|manifest|dependenc(y|ies)|packag(e|es|ing)|builds?|versions?"
        r"|pipelines?|deploy(s|ed|ment)?|ci|json|ya?ml|toml|xml)\b",
        re.I,
    ),
    Role.DECLARATION: re.compile(r"\b(declarations?|typings?|stubs?|d\.ts)\b", re.I),
    Role.VENDORED: re.compile(r"\b(vendor(ed)?|third.party)\b", re.I),
}


SUPERSEDED = 0.6
"""What a candidate's score is multiplied by in `v1` where `v2` beside it has candidates too."""

_VERSION = re.compile(r"((?:.*[-_.])?)v(\d{1,3})", re.I)  # not ipv4 beside ipv6
_ASKS_FOR_VERSION = re.compile(r"\bv\d|\b(versions?|legacy|old(er)?|compat\w*|migrat\w*|deprecated)\b", re.I)


@lru_cache(maxsize=65_536)
def role_of(path: RelativePath) -> Role:
    for role, pattern in _PATTERNS:
        if pattern.search(path):
            return role
    return Role.SOURCE


def role_factors(paths: Sequence[RelativePath], question: str) -> list[float]:
    """What a candidate's score is multiplied by; 1 where the question asks for that kind of file."""
    asked = {role for role, asks in _ASKS_FOR.items() if asks.search(question)}
    roles = map(role_of, paths)
    return [1.0 if role in asked else FACTORS[role] for role in roles]


def superseded(paths: Iterable[RelativePath], question: str) -> frozenset[RelativePath]:
    """The paths through a folder of an older version: who names no version asks about the current one."""
    if _ASKS_FOR_VERSION.search(question):
        return frozenset()
    versions = {path: _versions(path) for path in paths}
    newest: dict[str, int] = defaultdict(int)
    for found in versions.values():
        for series, number in found:
            newest[series] = max(newest[series], number)
    return frozenset(
        path for path, found in versions.items() if any(number < newest[series] for series, number in found)
    )


@lru_cache(maxsize=65_536)
def _versions(path: RelativePath) -> tuple[tuple[str, int], ...]:
    """(what has versions, its number) for each folder on the way that is named like `v2`."""
    folders = path.split("/")[:-1]
    matches = map(_VERSION.fullmatch, folders)
    return tuple(
        ("/".join([*folders[:depth], match[1].lower()]), int(match[2]))
        for depth, match in enumerate(matches)
        if match
    )
