"""Near copies: groups of definitions that are the same code but for names and small changes.

Vectors propose pairs, and the words that both have decide: a vector says that two definitions mean the same,
which many do that are written anew.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semlens.core.index.folder import FolderIndex
from semlens.core.query.scope import ScopeFilter
from semlens.core.search.dedupe import MIN_WORDS, shared_words
from semlens.core.store.records import StoredChunk
from semlens.core.text.analyzer import code_terms
from semlens.types import ChunkKind, Symbol

SIMILARITY = 0.8
"""Definitions that share this much of their words are copies, whatever was renamed in them."""

MIN_LINES = 5
"""Shorter definitions are alike by chance."""

_COSINE = 0.8
"""The least cosine of a pair that is compared word by word: of 2,170 pairs of copies in five repositories
all but one are above it."""

_BLOCK = 512
"""Rows whose cosines to all others are computed at once: 40 MB for 20,000 definitions."""


@dataclass(frozen=True, slots=True)
class CopyGroup:
    """Definitions of which each is nearly the same as another one."""

    chunks: tuple[StoredChunk, ...]
    """By path and line."""
    similarity: float
    """The least share of words in common of the pairs that make the group, from 0 to 1."""

    @property
    def repeated_lines(self) -> int:
        """The lines that all but the longest of them have."""
        lines = [chunk.end_line - chunk.start_line + 1 for chunk in self.chunks]
        return sum(lines) - max(lines)


@dataclass(slots=True)
class _Definition:
    chunks: list[StoredChunk]
    """Those with this very text."""
    words: Counter[str]


def find_duplicates(
    index: FolderIndex,
    scope: ScopeFilter,
    min_lines: int = MIN_LINES,
    similarity: float = SIMILARITY,
    check: Callable[[], None] = lambda: None,
) -> list[CopyGroup]:
    """The groups of near copies in an index, those with the most repeated lines first.

    :param similarity: the least share of words that two copies have in common, from 0 to 1
    :param check: called between steps; what it raises ends the work
    :raises StorageError: the index cannot be read
    """
    found = _definitions(index, scope, min_lines)
    parents = list(range(len(found)))
    least = [1.0] * len(found)
    sizes = np.array([one.words.total() for one in found], np.float32)
    for one, other in _near(_unit_vectors(index, found), sizes, similarity, check):
        share = _copied(found[one], found[other], similarity)
        if share:
            _join(parents, least, one, other, share)
    members: dict[int, list[StoredChunk]] = defaultdict(list)
    for row, definition in enumerate(found):
        members[_root(parents, row)] += definition.chunks
    groups = [
        CopyGroup(tuple(sorted(chunks, key=lambda chunk: (chunk.path, chunk.start_line))), least[root])
        for root, chunks in members.items()
        if len(chunks) > 1
    ]
    return sorted(groups, key=lambda group: (-group.repeated_lines, group.chunks[0].path))


def is_whole(chunk: StoredChunk, symbol: Symbol) -> bool:
    """Whether a chunk has all lines of its definition, as far as they are known."""
    is_part = chunk.start_line > symbol.start_line or chunk.end_line < symbol.end_line
    return not (symbol.end_line and is_part)


def _definitions(index: FolderIndex, scope: ScopeFilter, min_lines: int) -> list[_Definition]:
    """The definitions in scope that are long enough, each text once."""
    by_content: dict[str, _Definition] = {}
    for chunks in index.reader.texts.documents():
        for chunk, text in chunks:
            if chunk.kind is not ChunkKind.DEFINITION or chunk.end_line - chunk.start_line + 1 < min_lines:
                continue
            if not scope.admits(chunk.path, chunk.language):
                break
            known = by_content.get(chunk.content_hash)
            if known is not None:
                known.chunks.append(chunk)
                continue
            words = Counter(code_terms(text.text))
            if words.total() >= MIN_WORDS:
                by_content[chunk.content_hash] = _Definition([chunk], words)
    return list(by_content.values())


def _unit_vectors(index: FolderIndex, found: Sequence[_Definition]) -> NDArray[np.float32]:
    """Shape (definitions, dimension), each of length 1; 0 where the index has none yet."""
    known = index.reader.instant.vectors_of(one.chunks[0].content_hash for one in found)
    dimension = next((len(codes) for codes in known.values()), 0)
    vectors = np.zeros((len(found), dimension), np.float32)
    for row, one in enumerate(found):
        codes = known.get(one.chunks[0].content_hash)
        if codes is not None:
            vectors[row] = codes
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)


def _near(
    vectors: NDArray[np.float32],
    sizes: NDArray[np.float32],
    similarity: float,
    check: Callable[[], None],
) -> Iterator[tuple[int, int]]:
    """The pairs of rows that may be copies, each once; `sizes` has the words of each row."""
    for start in range(0, len(vectors), _BLOCK):
        check()
        block = slice(start, start + _BLOCK)
        near = vectors[block] @ vectors[start:].T >= _COSINE
        ratios = sizes[block, None] / sizes[None, start:]
        rows, columns = np.nonzero(near & (ratios >= similarity) & (ratios <= 1 / similarity))
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            if row < column:
                yield start + row, start + column


def _copied(one: _Definition, other: _Definition, similarity: float) -> float:
    """The share of words that two definitions have in common, or 0 if they are no copies."""
    first, second = one.chunks[0], other.chunks[0]
    if first.path == second.path and first.symbol == second.symbol:  # parts of one definition
        return 0.0
    share = shared_words(one.words, other.words)
    return share if share >= similarity else 0.0


def _root(parents: list[int], row: int) -> int:
    while parents[row] != row:
        parents[row] = parents[parents[row]]
        row = parents[row]
    return row


def _join(parents: list[int], least: list[float], one: int, other: int, share: float) -> None:
    first, second = _root(parents, one), _root(parents, other)
    parents[second] = first
    least[first] = min(least[first], least[second], share)
