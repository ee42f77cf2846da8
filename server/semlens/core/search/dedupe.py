"""Near-identical code is one hit, with a list of where else it stands; and one place is one hit.

Versions of one file, vendored copies and generated variants would otherwise fill the page with what
the reader has just seen, and so would the parts of one long line.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from semlens.core.index.located import Located
from semlens.core.lexical import code_terms
from semlens.core.store.records import StoredChunk
from semlens.types import RelativePath

SAME = 0.9
"""Definitions of one name that share this much of their words, repetitions counted, say the same."""

FEWEST_WORDS = 30
"""Shorter code is alike by chance."""


def alike(one: Counter[str], other: Counter[str]) -> float:
    """The share of words that two texts have in common, repetitions counted."""
    union = sum((one | other).values())
    return sum((one & other).values()) / union if union else 0.0


@dataclass(slots=True)
class UniqueHit:
    """A chunk that is shown, and those that say the same."""

    chunk: StoredChunk
    text: str
    copies: list[StoredChunk] = field(default_factory=list)
    _words: Counter[str] | None = None

    @property
    def words(self) -> Counter[str]:
        if self._words is None:
            self._words = Counter(code_terms(self.text))
        return self._words


class Deduplicator:
    """Chunks in the order in which they are to be shown, each with its copies."""

    def __init__(self) -> None:
        self.shown: list[UniqueHit] = []
        self._by_name: dict[tuple[str, ...], list[UniqueHit]] = {}
        self._places: set[tuple[RelativePath, int, int]] = set()

    def add(self, chunk: StoredChunk, seen: Located) -> bool:
        """Whether the chunk is to be shown; else its place was there before, or it is a copy of one shown."""
        place = (chunk.path, seen.start_line, seen.end_line)
        if place in self._places:
            return False
        self._places.add(place)
        item = UniqueHit(chunk, seen.text)
        named = self._by_name.setdefault(_name(chunk), [])
        for other in named:
            if other.chunk.path != chunk.path and _same(other, item):
                other.copies.append(chunk)
                return False
        named.append(item)
        self.shown.append(item)
        return True


def _name(chunk: StoredChunk) -> tuple[str, ...]:
    """What copies have in common: a definition with what encloses it, or a file's name; and the language."""
    if chunk.symbol is not None:
        return (chunk.language, chunk.symbol.container or "", chunk.symbol.name)
    return (chunk.language, chunk.path.rsplit("/", 1)[-1])


def _same(one: UniqueHit, other: UniqueHit) -> bool:
    if one.chunk.content_hash == other.chunk.content_hash:
        return True
    sizes = one.words.total(), other.words.total()
    if min(sizes) < max(FEWEST_WORDS, SAME * max(sizes)):
        return False
    return alike(one.words, other.words) >= SAME
