"""How the words and names of a query stand in the names of code."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from semlens.core.store.records import StoredChunk
from semlens.core.text.analyzer import code_terms
from semlens.core.text.word_families import is_related
from semlens.types import RelativePath

_PLAIN = re.compile(r"[A-Za-z0-9]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OF_FOLDERS = frozenset({"index", "init", "__init__", "mod"})
AMONG_OTHERS = 0.9
"""What a definition is worth that shares its chunk with others."""


def defines(chunk: StoredChunk, name: str) -> float:
    """1 if the chunk is the definition of `name`, less if it holds it among others, 0 if it does not."""
    if chunk.symbol is not None and chunk.symbol.name == name:
        return 1.0
    if name in chunk.defines:
        return AMONG_OTHERS
    lower = name.lower()
    return 0.6 if any(one.lower() == lower for one in chunk.defines) else 0.0


def encloses(chunk: StoredChunk, qualifiers: Collection[str]) -> float:
    """The share of a name's qualifiers that enclose the chunk. A file or folder counts half of a type."""
    if not qualifiers:
        return 0.0
    around = {name.lower(): 0.5 for name in stem_and_folder(chunk.path)}
    if chunk.symbol is not None:  # Of several small members in one chunk it is what they are members of.
        within = f"{chunk.symbol.container or ''}.{chunk.symbol.name}".lower()
        around.update(dict.fromkeys(within.split("."), 1.0))
    return sum(around.get(name.lower(), 0.0) for name in qualifiers) / len(qualifiers)


def overlap(weights: Mapping[str, float], names: Sequence[str]) -> float:
    """The share, by weight, of the words that stand in names; words of one root count as one."""
    return share(weights, standing(tuple(weights), names))


def share(weights: Mapping[str, float], words: Collection[str]) -> float:
    """What some of the words weigh of them all."""
    if not words:  # as of most names
        return 0.0
    there = sum(weight for word, weight in weights.items() if word in words)
    return there and there / sum(weights.values())


def standing(asked: tuple[str, ...], names: Sequence[str]) -> frozenset[str]:
    """Those of the words asked for that stand in names."""
    return frozenset().union(*(_standing(asked, name) for name in names))


@lru_cache(maxsize=65_536)
def stem_and_folder(path: RelativePath) -> tuple[str, ...]:
    """The file's name without endings and its folder's name, which say most of what it is about.

    A file that has its name from what it is to its folder is called as the folder.
    """
    *folders, name = path.split("/")
    stem = name.split(".", 1)[0]
    if folders and stem.lower() in _OF_FOLDERS:
        stem = folders.pop()
    return (stem, *folders[-1:])


@lru_cache(maxsize=65_536)
def title(path: RelativePath) -> tuple[str, ...]:
    """The words of the file's name."""
    return tuple(code_terms(spoken(stem_and_folder(path)[:1])))


def asks_for_title(weights: Mapping[str, float], path: RelativePath) -> bool:
    """Whether a question has all the words of the file's name."""
    words, asked = title(path), tuple(weights)
    return bool(words) and all(_standing(asked, word) for word in words)


@lru_cache(maxsize=65_536)
def spoken(names: tuple[str, ...]) -> str:
    """Names as words with spaces between them, each once, as a person would say them."""
    words = (word for name in names for run in _PLAIN.findall(name) for word in _HUMP.split(run))
    return " ".join(dict.fromkeys(words))


@lru_cache(maxsize=65_536)
def _standing(asked: tuple[str, ...], name: str) -> frozenset[str]:
    """Those of the words asked for that stand in a name. The same names are candidates again and again."""
    return frozenset(word for word in asked if is_related(word, name))
