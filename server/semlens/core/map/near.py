"""Why a point is where it is: the definitions that are most like it, and the words that both have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass

from semlens.core.compare.words import by_tokens
from semlens.core.index.folder import FolderIndex
from semlens.core.map.definitions import best_tier, definitions, title, vectors_of
from semlens.core.map.neighbours import nearest, unit
from semlens.core.store.records import StoredChunk
from semlens.core.text.analyzer import light_stem
from semlens.core.text.words import raw_words
from semlens.types import RelativePath

_COUNT = 6
_WORDS = 4
_LONGEST = 20_000
"""Characters of a definition whose words are compared."""
_SHORTEST_WORD = 3
_SAMPLE = 120
"""Definitions that tell which words are common."""
_COMMON = 0.25
"""Words in a larger share of the definitions, such as keywords, are no reason."""


@dataclass(frozen=True, slots=True)
class Near:
    """A definition near another one."""

    chunk: StoredChunk
    name: str
    cosine: float
    words: tuple[str, ...]
    """Words of both that make them alike, those that do most first."""


def near(index: FolderIndex, path: RelativePath, line: int) -> list[Near]:
    """The definitions most like the one whose first chunk begins at a 1-based line of `path`, best first.

    None if there is no such definition, as after an edit. Raises `StorageError`.
    """
    chunks = definitions(index)
    row = next((at for at, one in enumerate(chunks) if one.path == path and one.start_line == line), None)
    if row is None or len(chunks) < 2:
        return []
    hashes = [chunk.content_hash for chunk in chunks]
    vectors = unit(vectors_of(index, hashes, best_tier(index, sorted(set(hashes)))))
    rows, cosines = nearest(vectors[row : row + 1], vectors, min(_COUNT + 1, len(chunks)))
    text, common = _text(index, chunks[row]), _common_stems(index, chunks)
    found = []
    for other, cosine in zip(rows[0].tolist(), cosines[0].tolist(), strict=True):
        if other != row:
            chunk = chunks[other]
            words = _shared_words(index, text, _text(index, chunk), common)
            found.append(Near(chunk, title(chunk), float(cosine), words))
    return found[:_COUNT]


def _text(index: FolderIndex, chunk: StoredChunk) -> str:
    texts = index.reader.texts.lines_of(chunk.path)
    return texts[chunk.ordinal][:_LONGEST] if chunk.ordinal < len(texts) else ""


def _shared_words(index: FolderIndex, one: str, other: str, common: Set[str]) -> tuple[str, ...]:
    """The words of `one` that are in `other` too and add most to their cosine, without the common ones."""
    likeness = by_tokens(index.models.static, one, other)
    there = {light_stem(other[word.start : word.end].lower()) for word in likeness.other}
    shares: dict[str, float] = {}
    for word in likeness.one:
        text = one[word.start : word.end]
        stem = light_stem(text.lower())
        if stem in there and stem not in common and len(text) >= _SHORTEST_WORD and not text.isdigit():
            shares[stem] = shares.get(stem, 0.0) + word.share
    forms = _forms(one, [(word.start, word.end) for word in likeness.one])
    best = sorted((stem for stem in shares if shares[stem] > 0), key=lambda stem: (-shares[stem], stem))
    return tuple(forms[stem] for stem in best[:_WORDS])


def _common_stems(index: FolderIndex, chunks: Sequence[StoredChunk]) -> frozenset[str]:
    """The stems of words in so many definitions that they tell nothing."""
    sample = chunks[:: -(-len(chunks) // _SAMPLE)]
    seen: Counter[str] = Counter()
    for chunk in sample:
        seen.update({light_stem(word.lower()) for word in raw_words(_text(index, chunk))})
    return frozenset(stem for stem, count in seen.items() if count > max(2, _COMMON * len(sample)))


def _forms(text: str, places: Sequence[tuple[int, int]]) -> dict[str, str]:
    """A word of the text for each stem: the first one."""
    forms: dict[str, str] = {}
    for start, end in places:
        forms.setdefault(light_stem(text[start:end].lower()), text[start:end])
    return forms
