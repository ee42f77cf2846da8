"""Decides the language of a text where neither its name nor a sign does: by the grammar that can read it."""

from __future__ import annotations

from semlens.core.chunk.trees import suits
from semlens.core.text.languages import LANGUAGES, TEXT, candidates
from semlens.types import RelativePath

_READ_CHARACTERS = 20_000


def recognize(path: RelativePath, text: str) -> str:
    """The name of the language of a file, "text" if none is known.

    Of several languages that share the file's ending, the first one whose grammar reads the text wins.
    """
    names = candidates(path, text)
    if len(names) > 1:
        start = text[:_READ_CHARACTERS]
        return next((name for name in names if _reads(name, start)), TEXT)
    return names[0] if names else TEXT


def _reads(name: str, text: str) -> bool:
    language = LANGUAGES.get(name)
    return language is not None and bool(language.grammar) and suits(text, language)
