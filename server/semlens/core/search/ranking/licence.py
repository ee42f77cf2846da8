"""The licence above a file's code: every file has one, and no query is about it."""

from __future__ import annotations

import re

from semlens.core.store.records import StoredChunk
from semlens.core.text.languages import LANGUAGES
from semlens.types import ChunkKind

_FIRST_LINES = 3
_LICENCE = re.compile(r"licen[cs]e|copyright", re.I)


def is_licence(chunk: StoredChunk) -> bool:
    """Whether a chunk is the licence above a file's code, which every file has and no question is about."""
    if chunk.start_line > _FIRST_LINES or chunk.symbol is not None or chunk.kind is not ChunkKind.LINES:
        return False
    language = LANGUAGES.get(chunk.language)
    return language is not None and bool(language.grammar)


def asks_for_licence(question: str) -> bool:
    return _LICENCE.search(question) is not None
