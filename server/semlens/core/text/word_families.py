"""Which words are kin: `serializer`, `serialization` and `serializable` are of one root.

The index stems lightly, because what makes a word another word tells code apart. A file's name is another
matter: who asks about the resolution of names wants `resolver.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from semlens.core.text.analyzer import code_tokens

_MIN_PREFIX = 4
_MIN_ROOT = 4
_ENDINGS = (
    *("ation", "ator", "ement", "ment", "ition", "ion", "er", "or", "abl", "ibl", "ativ", "iv"),
    *("ery", "y", "anc", "enc", "al", "ity", "iz"),
)
"""As `light_stem` leaves them, without a final e."""
_CHANGES = (
    ("sion", "t"),  # conversion, convert
    ("sion", "d"),  # extension, extend
    ("ption", "b"),  # subscription, subscribe
    ("ution", "v"),  # resolution, resolve
    ("ysis", "yz"),  # analysis, analyze
    ("yser", "yz"),
    ("icat", "y"),  # verification, verify
    ("ication", "y"),
)


@lru_cache(maxsize=65_536)
def roots(word: str) -> frozenset[str]:
    """What a word of the index may be derived from, itself included."""
    shorter = (word[: -len(ending)] for ending in _ENDINGS if word.endswith(ending))
    changed = (word[: -len(old)] + new for old, new in _CHANGES if word.endswith(old))
    return frozenset((word, *(root for root in (*shorter, *changed) if len(root) >= _MIN_ROOT)))


def stands_in(word: str, name: str) -> bool:
    """Whether a name has a word of this root, or one that begins with it, or that it begins with."""
    parts, beginnings, origins = _of_name(name)
    if word in parts or word in beginnings:
        return True
    return not (_beginnings(word).isdisjoint(parts) and roots(word).isdisjoint(origins))


@lru_cache(maxsize=65_536)
def _of_name(name: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The words of a name, what they begin with, and their roots."""
    parts = frozenset(code_tokens(name))
    return parts, _union(map(_beginnings, parts)), _union(map(roots, parts))


@lru_cache(maxsize=65_536)
def _beginnings(word: str) -> frozenset[str]:
    return frozenset(word[:size] for size in range(_MIN_PREFIX, len(word) + 1))


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)
