"""Find the chunks in which a query's words stand together, as they do in a pasted message or log line."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

from semlens.core.index.folder import FolderIndex
from semlens.core.query.literal import placed_words
from semlens.core.query.query import Query
from semlens.core.search.ranking.inputs import Literal
from semlens.core.search.ranking.word_runs import holds, strengths
from semlens.core.search.scoped import allowed_ids
from semlens.core.store.records import StoredChunk
from semlens.core.util.caches import LruCache
from semlens.types import RelativePath

MAX_READ = 8
"""Chunks whose text is compared with the query: of 800 copied texts none was below the seventh."""

MAX_DEMANDED = 200
"""Chunks with the words of a query in quotes that may be hits."""

MAX_COMPARED = 20
"""The same that are compared sign by sign with the quotes. For more it is enough that the words are there."""

_WORTH_READING = 0.65
"""The least sum of a chunk's pairs, relative to the best chunk's, for its text to be read."""

_MIN_SUM = 0.25
"""The least sum of the best chunk's pairs, relative to the weight of the query's plain words: many questions
have less, and no text is read for them. A word that stands in one chunk alone is always enough."""


def find_literal(index: FolderIndex, query: Query, known: LruCache[int, str]) -> Literal:
    """Find where the query stands word for word. Raises `StorageError` if the index cannot be read.

    :param known: remembers the texts of chunks by id
    """
    literal = query.literal
    chunks = index.reader.counts().chunks
    weights = _term_weights(index, (word.term for word in literal.words), chunks)
    once = math.log2(1 + chunks)
    allowed = allowed_ids(index, query)
    found = index.lexical.together(literal.words, weights, MAX_READ, allowed)
    best = found[0][1] if found else 0.0
    worth_reading = [number for number, total in found if total >= _WORTH_READING * best]
    plain = sum(weights[term] for term in {word.term for word in literal.words if word.is_plain})
    if best < min(once, _MIN_SUM * max(once, plain)):
        worth_reading = []
    demanded = index.lexical.with_phrases(list(map(placed_words, literal.demanded)), MAX_DEMANDED, allowed)
    few = demanded if len(demanded) <= MAX_COMPARED else []
    texts = _texts(index, known, index.reader.chunks.by_id({*worth_reading, *few}).values())
    holding = frozenset(number for number in few if holds(texts.get(number, ""), literal.demanded))
    read = {number: texts[number] for number in (holding or worth_reading) if number in texts}
    return Literal(strengths(literal, read, weights, once), holding if few else frozenset(demanded))


def _term_weights(index: FolderIndex, terms: Iterable[str], chunks: int) -> dict[str, float]:
    """The bits that each term tells: how rare it is among the chunks; 0 for one that stands nowhere."""
    weights = {}
    for term in dict.fromkeys(terms):
        frequency = index.lexical.chunk_frequency(term)
        weights[term] = math.log2((1 + chunks) / frequency) if 0 < frequency <= chunks else 0.0
    return weights


def _texts(index: FolderIndex, known: LruCache[int, str], chunks: Iterable[StoredChunk]) -> dict[int, str]:
    """The text of each chunk when it was indexed, by id."""
    texts: dict[int, str] = {}
    by_file: dict[RelativePath, list[StoredChunk]] = defaultdict(list)
    for chunk in chunks:
        text = known.get(chunk.id)
        if text is None:
            by_file[chunk.path].append(chunk)
        else:
            texts[chunk.id] = text
    for path, members in by_file.items():
        of_file = index.reader.texts.lines_of(path)
        for one in members:
            if one.ordinal < len(of_file):
                texts[one.id] = of_file[one.ordinal]
                known.put(one.id, texts[one.id])
    return texts
