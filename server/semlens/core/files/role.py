"""The role of a file in its project, read from its path: source, test, document and the like."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache

from semlens.core.files.images import IMAGE_EXTENSIONS
from semlens.types import RelativePath


class Role(str, Enum):
    """The part that a file plays in its project."""

    SOURCE = "source"
    TEST = "test"
    EXAMPLE = "example"
    DECLARATION = "declaration"
    VENDORED = "vendored"
    REEXPORT = "reexport"
    ENTRY = "entry"
    DOCUMENT = "document"
    IMAGE = "image"
    SETTINGS = "settings"


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
    (Role.IMAGE, re.compile(rf"\.({'|'.join(sorted(IMAGE_EXTENSIONS))})$", re.I)),
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


@lru_cache(maxsize=65_536)
def role_of(path: RelativePath) -> Role:
    """The role of the file at `path`; `SOURCE` if no pattern matches."""
    for role, pattern in _PATTERNS:
        if pattern.search(path):
            return role
    return Role.SOURCE
