"""Which words share a root: `serializer`, `serialization` and `serializable` do.

The lexical index stems lightly, because these words mean different things in code. A file's name needs more
stemming: a query about the resolution of names wants `resolver.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from semlens.core.text.analyzer import code_terms

_MIN_PREFIX = 4
_MIN_ROOT = 4
_SUFFIXES = (
    *("ation", "ator", "ement", "ment", "ition", "ion", "er", "or", "abl", "ibl", "ativ", "iv"),
    *("ery", "y", "anc", "enc", "al", "ity", "iz"),
)
"""As `light_stem` leaves them, without a final e."""
_SUBSTITUTIONS = (
    ("sion", "t"),  # conversion, convert
    ("sion", "d"),  # extension, extend
    ("ption", "b"),  # subscription, subscribe
    ("ution", "v"),  # resolution, resolve
    ("ysis", "yz"),  # analysis, analyze
    ("yser", "yz"),
    ("icat", "y"),  # verification, verify
    ("ication", "y"),
)
"""A suffix, and what the root has in its place."""


def is_related(term: str, name: str) -> bool:
    """Whether `term`, a stemmed term of a query, shares a root with a term of the identifier `name`.

    A term is also related to a term that begins with it, and to one that it begins with.
    """
    terms, prefixes, roots = _of_name(name)
    if term in terms or term in prefixes:
        return True
    return not (_prefixes(term).isdisjoint(terms) and possible_roots(term).isdisjoint(roots))


@lru_cache(maxsize=65_536)
def possible_roots(term: str) -> frozenset[str]:
    """The roots that `term` may be derived from, and `term` itself."""
    shorter = (term[: -len(suffix)] for suffix in _SUFFIXES if term.endswith(suffix))
    changed = (term[: -len(old)] + new for old, new in _SUBSTITUTIONS if term.endswith(old))
    return frozenset((term, *(root for root in (*shorter, *changed) if len(root) >= _MIN_ROOT)))


@lru_cache(maxsize=65_536)
def _of_name(name: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The terms of a name, their prefixes and their possible roots."""
    terms = frozenset(code_terms(name))
    return terms, _union(map(_prefixes, terms)), _union(map(possible_roots, terms))


@lru_cache(maxsize=65_536)
def _prefixes(term: str) -> frozenset[str]:
    return frozenset(term[:size] for size in range(_MIN_PREFIX, len(term) + 1))


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)
