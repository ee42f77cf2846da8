"""Show near-identical code as one hit with its copies, and the same lines of a file as one hit.

Otherwise versions of one file, vendored copies and generated variants would fill the page with the same
code, and so would the parts of one long line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from semlens.core.files.role import Role, role_of
from semlens.core.search.caches import LocatedChunk
from semlens.core.store.records import StoredChunk
from semlens.core.text.analyzer import code_terms
from semlens.types import RelativePath, Span

SAME_CODE = 0.9
"""Definitions of one name that share this much of their words, counting repetitions, are copies."""

MIN_WORDS = 30
"""Shorter code is alike by chance."""


def shared_words(one: Counter[str], other: Counter[str]) -> float:
    """The share of words that two texts have in common, from 0 to 1, counting repetitions."""
    union = sum((one | other).values())
    return sum((one & other).values()) / union if union else 0.0


@dataclass(slots=True)
class UniqueChunk:
    """A chunk to show, and the chunks that are copies of it."""

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
    """The chunks to show, in the order in which they were added."""

    def __init__(self) -> None:
        self.chunks: list[UniqueChunk] = []
        self._by_name: dict[tuple[str, ...], list[UniqueChunk]] = {}
        self._lines: set[tuple[RelativePath, Span]] = set()

    def add(self, chunk: StoredChunk, located: LocatedChunk) -> bool:
        """Whether the chunk is to be shown: neither its lines nor a copy of it were added before."""
        lines = (chunk.path, Span(located.start_line, located.end_line))
        if lines in self._lines:
            return False
        self._lines.add(lines)
        added = UniqueChunk(chunk, located.text)
        same_name = self._by_name.setdefault(_name(chunk), [])
        for other in same_name:
            if other.chunk.path != chunk.path and _is_copy(other, added):
                other.copies.append(chunk)
                return False
        same_name.append(added)
        self.chunks.append(added)
        return True


def highest_copy(unique: UniqueChunk, equal: Sequence[StoredChunk]) -> StoredChunk:
    """The copy of a chunk that is highest in the tree, where people look for the original; mostly itself.

    It has the same text, or the same path below the folder that holds the other copy. A copy with another
    role, such as an example, does not stand for source code.

    :param equal: the chunks with the same text.
    """
    best = unique.chunk
    for chunk in [*unique.copies, *equal]:
        is_same = chunk.content_hash == best.content_hash or best.path.endswith("/" + chunk.path)
        is_higher = chunk.path.count("/") < best.path.count("/") and _name(chunk) == _name(best)
        if is_same and is_higher and role_of(chunk.path) in (role_of(best.path), Role.SOURCE):
            best = chunk
    return best


def _name(chunk: StoredChunk) -> tuple[str, ...]:
    """The name that copies share: of the definition with its container, or of the file; with the language."""
    if chunk.symbol is not None:
        return (chunk.language, chunk.symbol.container or "", chunk.symbol.name)
    return (chunk.language, chunk.path.rsplit("/", 1)[-1])


def _is_copy(one: UniqueChunk, other: UniqueChunk) -> bool:
    if one.chunk.content_hash == other.chunk.content_hash:
        return True
    sizes = one.words.total(), other.words.total()
    if min(sizes) < max(MIN_WORDS, SAME_CODE * max(sizes)):
        return False
    return shared_words(one.words, other.words) >= SAME_CODE
