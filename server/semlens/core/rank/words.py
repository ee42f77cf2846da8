"""The words and names of a question, and how they stand in the names of code. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from semlens.core.lexical import code_tokens
from semlens.core.rank.kinship import stands_in
from semlens.core.store.records import StoredChunk
from semlens.types import RelativePath

_STOP_WORDS = frozenset(
    "a an and are as at be by can do does for from has have how i if in into is it its not of on or that the"
    " their this to was what when where which who why will with code function method class file".split()
)
_WORD = re.compile(r"[A-Za-z_]\w+")
_PLAIN = re.compile(r"[A-Za-z0-9]+")
_NAME = re.compile(r"[A-Za-z_$@][\w$]*[?!]?")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OF_FOLDERS = frozenset({"index", "init", "__init__", "mod"})
AMONG_OTHERS = 0.9
"""What a definition is worth that shares its chunk with others."""
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
    words = (token for word in _WORD.findall(text) for token in code_tokens(word))
    return tuple(dict.fromkeys(word for word in words if word not in _STOP_WORDS and len(word) > 2))


def lexical_query(text: str) -> dict[str, float]:
    """The question for BM25. Neighbours are joined too, because code writes `error handler` as one name."""
    weights: dict[str, float] = {}
    for first, second in pairwise(_PLAIN.findall(text.lower())):
        for joined in (first + second, f"{first}_{second}"):
            weights.update(dict.fromkeys(code_tokens(joined)[:1], _JOINED))  # none if it is too long
    weights.update(dict.fromkeys(code_tokens(text), 1.0))
    return weights


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
    return tuple(code_tokens(spoken(stem_and_folder(path)[:1])))


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
    return frozenset(word for word in asked if stands_in(word, name))
