"""The licence above a file's code: nearly every file has one, and few queries are about it."""

from __future__ import annotations

from semlens.core.store.records import StoredChunk
from semlens.core.text.languages import LANGUAGES
from semlens.types import ChunkKind

_FIRST_LINES = 3


def is_licence(chunk: StoredChunk) -> bool:
    """Whether a chunk is the comment at the top of a code file, before any definition."""
    if chunk.start_line > _FIRST_LINES or chunk.symbol is not None or chunk.kind is not ChunkKind.LINES:
        return False
    language = LANGUAGES.get(chunk.language)
    return language is not None and bool(language.grammar)
