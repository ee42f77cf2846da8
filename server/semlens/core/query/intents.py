"""What a query's words ask for besides a topic: a kind of file, a version, a licence. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from semlens.core.files.role import Role

_ROLE_WORDS: Mapping[Role, re.Pattern[str]] = {
    Role.TEST: re.compile(r"\b(tests?|testing|tested|specs?|fixtures?|benchmarks?|mock(ed|s)?)\b", re.I),
    Role.EXAMPLE: re.compile(r"\b(examples?|samples?|demos?|tutorials?)\b", re.I),
    Role.DOCUMENT: re.compile(r"\b(docs?|documentation|readme|changelog|guide)\b", re.I),
    Role.IMAGE: re.compile(
        r"\b(images?|pictures?|screenshots?|diagrams?|drawings?|icons?|logos?|photos?|illustrations?|figures?)\b",
        re.I,
    ),
    Role.SETTINGS: re.compile(
        r"\b(config(ured|uration)?|settings?|options?|manifest|dependenc(y|ies)|packag(e|es|ing)|builds?|versions?"
        r"|pipelines?|deploy(s|ed|ment)?|ci|json|ya?ml|toml|xml)\b",
        re.I,
    ),
    Role.DECLARATION: re.compile(r"\b(declarations?|typings?|stubs?|d\.ts)\b", re.I),
    Role.VENDORED: re.compile(r"\b(vendor(ed)?|third.party)\b", re.I),
}
_VERSION_WORDS = re.compile(r"\bv\d|\b(versions?|legacy|old(er)?|compat\w*|migrat\w*|deprecated)\b", re.I)
_LICENCE_WORDS = re.compile(r"licen[cs]e|copyright", re.I)


def requested_roles(text: str) -> frozenset[Role]:
    """The roles of files that the text asks for: ranking does not weigh these down."""
    return frozenset(role for role, words in _ROLE_WORDS.items() if words.search(text))


def asks_for_version(text: str) -> bool:
    """Whether the text is about versions, so that older ones are wanted too."""
    return _VERSION_WORDS.search(text) is not None


def asks_for_licence(text: str) -> bool:
    """Whether the text is about licences, so that the one above a file's code is wanted."""
    return _LICENCE_WORDS.search(text) is not None
