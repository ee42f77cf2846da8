"""One word in several texts: its vector is always the same to the static model, never to a transformer."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.static_model import StaticModel
from semlens.core.text.tokenizers.types import Tokenizer

ReadTokens = Callable[[str], NDArray[np.float32]]
"""A text → the state of each token, special ones included, before and after each layer of a transformer:
shape (layers + 1, tokens, width)."""


@dataclass(frozen=True, slots=True)
class WordPair:
    """How alike the vectors of a word are in two texts, as cosines."""

    one: int
    """The place of the text among those that have the word."""
    other: int
    static: float
    layers: tuple[float, ...]
    """What goes into the transformer, where the place of the word in its text counts too, and what each of
    its layers makes of that."""


def find_word(text: str, word: str) -> tuple[int, int] | None:
    """Where a word stands first, in code points, whatever its case; None if it does not stand there."""
    edges = [r"(?<!\w)" if word[:1].isalnum() else "", r"(?!\w)" if word[-1:].isalnum() else ""]
    found = re.search(f"{edges[0]}{re.escape(word)}{edges[1]}", text, re.IGNORECASE)
    return found.span() if found and word else None


def word_pairs(
    static: StaticModel, tokenizer: Tokenizer, read: ReadTokens, texts: Sequence[str], word: str
) -> list[WordPair]:
    """How alike a word is in each two of `texts`, all of which have it and fit the transformer's window.

    A word of several tokens is their mean. Raises `SemlensError`, as `read` does.
    """
    found = [(text, span) for text in texts if (span := find_word(text, word)) is not None]
    fixed = _unit(static.embed([text[slice(*span)] for text, span in found]))
    contextual = [_state_of_word(tokenizer, read, text, span) for text, span in found]
    return [
        WordPair(
            one,
            other,
            float(fixed[one] @ fixed[other]),
            tuple(np.einsum("ij,ij->i", contextual[one], contextual[other]).tolist()),
        )
        for one, other in combinations(range(len(texts)), 2)
    ]


def _state_of_word(
    tokenizer: Tokenizer, read: ReadTokens, text: str, span: tuple[int, int]
) -> NDArray[np.float64]:
    """The unit vector of a word after each layer, shape (layers + 1, width)."""
    tokens = tokenizer.cut(text)
    first = len(tokenizer.special.before)
    rows = [first + row for row, token in enumerate(tokens) if token.start < span[1] and token.end > span[0]]
    return _unit(read(text)[:, rows].mean(axis=1))


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    wide = vectors.astype(np.float64)
    lengths = np.linalg.norm(wide, axis=1, keepdims=True)
    unit: NDArray[np.float64] = wide / np.where(lengths > 0, lengths, 1)
    return unit
