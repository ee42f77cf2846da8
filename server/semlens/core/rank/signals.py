"""What is known about code beyond the tiers' opinion: names, paths and neighbours. All pure functions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from semlens.core.lexical import code_tokens
from semlens.core.store.records import StoredChunk
from semlens.types import RelativePath

_STOP_WORDS = frozenset(
    "a an and are as at be by can do does for from has have how i if in into is it its not of on or that the"
    " their this to was what when where which who why will with code function method class file".split()
)
_WORD = re.compile(r"[A-Za-z_]\w+")
_NAME = re.compile(r"[A-Za-z_$]\w*")
_MIN_PREFIX = 4


def asked_names(text: str) -> tuple[str, ...]:
    """The names that a symbol question is about, the last part of a qualified name first."""
    names = _NAME.findall(text)
    return tuple(dict.fromkeys([names[-1], *names[:-1]])) if names else ()


def embedded_names(text: str) -> tuple[str, ...]:
    """Identifiers inside prose: words with an inner capital or an underscore."""
    return tuple(
        word for word in _WORD.findall(text) if "_" in word.strip("_") or re.search(r"[a-z][A-Z]", word)
    )


@lru_cache(maxsize=1024)
def content_words(text: str) -> tuple[str, ...]:
    """The words of a question that carry its meaning."""
    words = (token for word in _WORD.findall(text) for token in code_tokens(word))
    return tuple(dict.fromkeys(word for word in words if word not in _STOP_WORDS and len(word) > 2))


def defines(chunk: StoredChunk, name: str) -> float:
    """1 if the chunk is the definition of `name`, less if it holds it among others, 0 if it does not."""
    if chunk.symbol is not None and chunk.symbol.name == name:
        return 1.0
    if name in chunk.defines:
        return 0.9
    lower = name.lower()
    return 0.6 if any(one.lower() == lower for one in chunk.defines) else 0.0


def word_overlap(words: Sequence[str], names: Sequence[str]) -> float:
    """The share of the question's words that stand in names, forms of one word counted as one."""
    if not words:
        return 0.0
    parts = {part for name in names for part in code_tokens(name)}
    return sum(_matches(word, parts) for word in words) / len(words)


def path_words(path: RelativePath) -> tuple[str, ...]:
    """The file's stem and its folder's name, which say most of what it is about."""
    *folders, name = path.split("/")
    return (name.split(".", 1)[0], *folders[-1:])


def file_shares(scores: Mapping[int, float], files: Mapping[int, RelativePath]) -> dict[RelativePath, float]:
    """Each file's summed score against the best file's: several good chunks speak for their file."""
    sums: dict[RelativePath, float] = defaultdict(float)
    for chunk_id, score in scores.items():
        sums[files[chunk_id]] += score
    best = max(sums.values(), default=1.0) or 1.0
    return {path: total / best for path, total in sums.items()}


def _matches(word: str, parts: set[str]) -> bool:
    if word in parts:
        return True
    return any(_same_stem(word, part) for part in parts)


def _same_stem(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= _MIN_PREFIX and longer.startswith(shorter)
