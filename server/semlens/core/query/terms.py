"""The words and names of a question, and how they stand in the names of code. Pure functions."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from semlens.core.text.analyzer import code_terms

_STOP_WORDS = frozenset(
    "a an and are as at be by can do does for from has have how i if in into is it its not of on or that the"
    " their this to was what when where which who why will with code function method class file".split()
)
_WORD = re.compile(r"[A-Za-z_]\w+")
_PLAIN = re.compile(r"[A-Za-z0-9]+")
_NAME = re.compile(r"[A-Za-z_$@][\w$]*[?!]?")
_JOINED = 0.25
"""What a word made of two neighbours is worth beside the words themselves."""


def asked_names(text: str) -> tuple[str, ...]:
    """The names that a symbol question is about, the last part of a qualified name first."""
    names = _NAME.findall(text)
    return tuple(dict.fromkeys([names[-1], *names[:-1]])) if names else ()


def mentioned_names(text: str) -> tuple[str, ...]:
    """Identifiers inside prose: words with an inner capital or an underscore. A lone word is one too."""
    if is_name(text):
        return asked_names(text)
    return tuple(w for w in _WORD.findall(text) if "_" in w.strip("_") or re.search(r"[a-z][A-Z]", w))


def is_name(text: str) -> bool:
    """Whether a question may be but a name: `escape` is a topic, and a function where there is one."""
    return _NAME.fullmatch(text) is not None


@lru_cache(maxsize=1024)
def content_words(text: str) -> tuple[str, ...]:
    """The words of a question that carry its meaning, as the lexical index knows them."""
    words = (token for word in _WORD.findall(text) for token in code_terms(word))
    return tuple(dict.fromkeys(word for word in words if word not in _STOP_WORDS and len(word) > 2))


def lexical_query(text: str) -> dict[str, float]:
    """The question for BM25. Neighbours are joined too, because code writes `error handler` as one name."""
    weights: dict[str, float] = {}
    for first, second in pairwise(_PLAIN.findall(text.lower())):
        for joined in (first + second, f"{first}_{second}"):
            weights.update(dict.fromkeys(code_terms(joined)[:1], _JOINED))  # none if it is too long
    weights.update(dict.fromkeys(code_terms(text), 1.0))
    return weights
