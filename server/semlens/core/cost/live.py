"""Counts of a text while it is typed: after a change, only what is around the change is counted again.

A text is kept in blocks of lines. A block begins after a newline that no token spans, so that the counts of
the blocks add up to the count of the text. Tokenizers for which no such place is known count the text whole.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from semlens.core.cost.requests import CountLive, LiveCount
from semlens.core.cost.text import TextCosts
from semlens.core.text.tokenizers.byte_pair import BytePairTokenizer
from semlens.core.text.tokenizers.models import FACTS
from semlens.core.text.tokenizers.plain import CharacterTokenizer, WordTokenizer
from semlens.core.text.tokenizers.types import Tokenizer
from semlens.core.text.tokens import ModelTokenizer
from semlens.errors import SemlensError

BLOCK: Final = 16_384
"""Characters of a block, at least: some milliseconds of the slowest tokenizer."""

LARGEST_AT_ONCE: Final = 300_000
"""Characters that a slow tokenizer may have to count at once: others wait for it meanwhile."""

_FAST: Final = (BytePairTokenizer, WordTokenizer, CharacterTokenizer, ModelTokenizer)
"""Tokenizers that count some 20 MB a second."""

_KEPT_TEXTS: Final = 3

_MODEL: Final = ""
"""Stands for the embedding model among the names of tokenizers."""

_BEGINNING: Final = re.compile(r"\n(?=[ \t]*[!-.0-~])")
"""A newline that ends a token in every tokenizer of `FACTS`.

All of them part a run of white space behind its last newline. What follows is no "/", which o200k_base joins
with the newlines before it, and no mark, which could be composed with what is before it.
"""


@dataclass(slots=True)
class _Text:
    """A text in blocks, with what is known of each."""

    revision: int
    text: str
    sizes: list[int]
    """Characters of each block."""
    counts: dict[str, list[int | None]] = field(default_factory=dict)
    """Tokenizer → tokens of each block, None where they are not counted yet."""
    whole: dict[str, int] = field(default_factory=dict)
    """Tokenizer → tokens of the text, for those whose blocks do not add up."""


class LiveCounts:
    """Counts texts in steps, and keeps the blocks of the last ones."""

    def __init__(self, costs: TextCosts) -> None:
        self._costs = costs
        self._texts: OrderedDict[str, _Text] = OrderedDict()

    def step(self, request: CountLive) -> LiveCount:
        """Go on counting for some milliseconds; the counts, once they are complete."""
        if request.text is not None:
            self._take(request.key, request.revision, request.text)
        kept = self._texts.get(request.key)
        if kept is None or kept.revision != request.revision:
            return LiveCount(lost=True)
        self._texts.move_to_end(request.key)
        deadline = time.monotonic() + request.seconds
        found = []
        for name in (_MODEL, *request.tokenizers):
            try:
                tokenizer = self._costs.library.named(name) if name else self._costs.model(request.model)
                key = name or f"model {request.model}"
                tokens = _count(kept, key, tokenizer, deadline)
            except SemlensError as error:
                found.append(self._costs.failed(name, request.model, error))
                continue
            if tokens is None:
                return LiveCount()
            found.append(self._costs.described(tokenizer, name, tokens))
        return LiveCount(tuple(found))

    def _take(self, key: str, revision: int, text: str) -> None:
        """Keep the blocks that are as before, and make new ones of what is between them."""
        known = self._texts.pop(key, None) or _Text(0, "", [])
        self._texts[key] = _changed(known, revision, text)
        while len(self._texts) > _KEPT_TEXTS:
            self._texts.popitem(last=False)


def _count(kept: _Text, key: str, tokenizer: Tokenizer, deadline: float) -> int | None:
    """The tokens of the text, or None if the deadline passed before all blocks were counted.

    Raises `SemlensError`.
    """
    adds_up = tokenizer.word_pieces is not None if isinstance(tokenizer, ModelTokenizer) else key in FACTS
    largest = max(kept.sizes, default=0) if adds_up else len(kept.text)
    if largest > LARGEST_AT_ONCE and not isinstance(tokenizer, _FAST):
        raise SemlensError(f"This text is too long for {tokenizer.name} to be counted while it changes.")
    if not adds_up:
        if key not in kept.whole:
            kept.whole[key] = tokenizer.count(kept.text)
        return kept.whole[key]
    counts = kept.counts.setdefault(key, [None] * len(kept.sizes))
    newline = tokenizer.count("\n")
    total = at = 0
    for number, size in enumerate(kept.sizes):
        tokens = counts[number]
        if tokens is None:
            if time.monotonic() > deadline:
                return None
            # With the newline before it, for a tokenizer that marks the beginning of a text.
            tokens = tokenizer.count(kept.text[max(at - 1, 0) : at + size]) - (newline if at else 0)
            counts[number] = tokens
        total += tokens
        at += size
    return total


def _changed(known: _Text, revision: int, text: str) -> _Text:
    """The blocks of `text`, which `known` has become."""
    same = _common_start(known.text, text)
    head = head_size = 0
    while head < len(known.sizes) and head_size + known.sizes[head] <= same:
        head_size += known.sizes[head]
        head += 1
    while head and not _begins(text, head_size):
        head -= 1
        head_size -= known.sizes[head]
    same = _common_end(known.text, text, min(len(known.text), len(text)) - head_size)
    tail, tail_size = len(known.sizes), 0
    while tail > head and tail_size + known.sizes[tail - 1] < same:
        tail -= 1
        tail_size += known.sizes[tail]
    while tail < len(known.sizes) and not _begins(text, len(text) - tail_size):
        tail_size -= known.sizes[tail]
        tail += 1
    made = _blocks(text, head_size, len(text) - tail_size)
    counts = {
        name: [*counted[:head], *[None] * len(made), *counted[tail:]]
        for name, counted in known.counts.items()
    }
    return _Text(revision, text, [*known.sizes[:head], *made, *known.sizes[tail:]], counts)


def _blocks(text: str, start: int, end: int) -> list[int]:
    """The sizes of the blocks of a part of `text`, which begins and ends with a block."""
    sizes = []
    while start < end:
        found = _BEGINNING.search(text, start + BLOCK - 1, end)
        at = found.end() if found else end
        sizes.append(at - start)
        start = at
    return sizes


def _begins(text: str, at: int) -> bool:
    """Whether a block may begin at an index."""
    return at in (0, len(text)) or _BEGINNING.match(text, at - 1) is not None


def _common_start(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_end(one: str, other: str, most: int) -> int:
    """How many characters two texts have in common at their end, `most` at most."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle : len(one) - low] == other[len(other) - middle : len(other) - low]:
            low = middle
        else:
            high = middle - 1
    return low
