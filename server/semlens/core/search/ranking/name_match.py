"""How well a query's words and names match the names in code: of definitions, files and folders."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from semlens.core.query.terms import alphanumeric_runs
from semlens.core.store.records import StoredChunk
from semlens.core.text.analyzer import code_terms
from semlens.core.text.word_families import is_related
from semlens.core.text.words import composed
from semlens.types import RelativePath

_CASE_CHANGE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
NAMED_AS_FOLDER = frozenset({"index", "init", "__init__", "mod"})
"""Names of files that stand for their folder."""

AMONG_OTHERS = 0.9
"""The match of a definition that shares its chunk with others."""

_OTHER_CASE = 0.6
"""The match of a definition whose name differs in case."""


def definition_match(chunk: StoredChunk, name: str) -> float:
    """1 if the chunk is the definition of `name`, less if it has others too, 0 if it does not define it.

    Composed and decomposed letters are the same; those of `name` are composed.
    """
    if chunk.symbol is not None and composed(chunk.symbol.name) == name:
        return 1.0
    defined = [composed(one) for one in chunk.defines]
    if name in defined:
        return AMONG_OTHERS
    lower = name.lower()
    return _OTHER_CASE if any(one.lower() == lower for one in defined) else 0.0


def qualifier_match(chunk: StoredChunk, qualifiers: Collection[str]) -> float:
    """The share of a name's qualifiers that enclose the chunk. A file or folder counts half of a type."""
    if not qualifiers:
        return 0.0
    around = {name.lower(): 0.5 for name in stem_and_folder(chunk.path)}
    if chunk.symbol is not None:  # A chunk of several small members has the symbol of their container.
        within = f"{chunk.symbol.container or ''}.{chunk.symbol.name}".lower()
        around.update(dict.fromkeys(within.split("."), 1.0))
    return sum(around.get(name.lower(), 0.0) for name in qualifiers) / len(qualifiers)


def matched_share(weights: Mapping[str, float], names: Sequence[str]) -> float:
    """The share, by weight, of the words that stand in names; words of one root count as one."""
    return weight_share(weights, matching_words(tuple(weights), names))


def weight_share(weights: Mapping[str, float], words: Collection[str]) -> float:
    """The weight of `words` as a share of all weights."""
    if not words:  # as for most names
        return 0.0
    matched = sum(weight for word, weight in weights.items() if word in words)
    return matched and matched / sum(weights.values())


def matching_words(words: tuple[str, ...], names: Sequence[str]) -> frozenset[str]:
    """Those of `words` that stand in at least one of `names`."""
    return frozenset().union(*(_matching_words(words, name) for name in names))


@lru_cache(maxsize=65_536)
def stem_and_folder(path: RelativePath) -> tuple[str, ...]:
    """The file's name without extensions and the name of its folder, which say most of its topic.

    A file that stands for its folder, such as `__init__.py`, has the folder's name as its stem.
    """
    *folders, name = path.split("/")
    stem = name.split(".", 1)[0]
    if folders and stem.lower() in NAMED_AS_FOLDER:
        stem = folders.pop()
    return (stem, *folders[-1:])


@lru_cache(maxsize=65_536)
def stem_words(path: RelativePath) -> tuple[str, ...]:
    """The words of the file's stem, as the lexical index spells them."""
    return tuple(code_terms(as_words(stem_and_folder(path)[:1])))


def has_whole_stem(weights: Mapping[str, float], path: RelativePath) -> bool:
    """Whether a query with these words has all words of the file's stem."""
    stem, words = stem_words(path), tuple(weights)
    return bool(stem) and all(_matching_words(words, word) for word in stem)


@lru_cache(maxsize=65_536)
def as_words(names: tuple[str, ...]) -> str:
    """The distinct words of names with spaces between them: `getUser` is `get User`."""
    words = (word for name in names for run in alphanumeric_runs(name) for word in _CASE_CHANGE.split(run))
    return " ".join(dict.fromkeys(words))


@lru_cache(maxsize=65_536)
def _matching_words(words: tuple[str, ...], name: str) -> frozenset[str]:
    """Cached, as the same names are candidates for every spelling of a query that is typed."""
    return frozenset(word for word in words if is_related(word, name))
