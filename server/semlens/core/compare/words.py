"""What each word of two texts adds to their cosine."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.static_model import StaticModel

_WORD: Final = re.compile(r"\w+")
MOST_LEFT_OUT: Final = 48
"""Different words of a text that are left out one after the other: each takes the transformer a text."""

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts → unit vectors, shape (len(texts), dimension)."""


@dataclass(frozen=True, slots=True)
class WordShare:
    """A word at its place in a text, in code points, and what it adds to the cosine."""

    start: int
    end: int
    share: float
    """Below 0 for a word that makes the texts less alike."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two texts are, and why."""

    cosine: float
    one: tuple[WordShare, ...]
    """The words of the first text; those without a share are left out."""
    other: tuple[WordShare, ...]


def by_tokens(model: StaticModel, one: str, other: str) -> Likeness:
    """How alike two texts are to the static model. The shares of either text sum to the cosine exactly.

    The vector of a text is the sum of its tokens' vectors, so each word adds its dot product with the other
    text's vector, over both lengths.
    """
    words = [_vectors(model, text) for text in (one, other)]
    first, second = (np.sum([np.zeros(model.dim), *found.values()], axis=0) for found in words)
    scale = float(np.linalg.norm(first) * np.linalg.norm(second)) or 1.0
    shares = [
        tuple(
            WordShare(*place, float(vector @ against) / scale)
            for place, vector in found.items()
            if vector.any()
        )
        for found, against in zip(words, (second, first), strict=True)
    ]
    return Likeness(float(first @ second) / scale, shares[0], shares[1])


def by_leaving_out(embed: Embed, texts: tuple[str, str], known: Likeness) -> Likeness:
    """How alike two texts are to a model, and how much less alike they are without each word.

    Only the words with the largest shares in `known` are tried, at most `MOST_LEFT_OUT` of each text. A word
    that stands several times is left out everywhere, and its places share what that changes.
    """
    vectors = embed(texts)
    cosine = float(vectors[0] @ vectors[1])
    shares = []
    for at, guesses in enumerate((known.one, known.other)):
        places = _heaviest(texts[at], guesses)
        without = embed([_without(texts[at], spans) for spans in places]) if places else vectors[:0]
        losses = cosine - without @ vectors[1 - at]
        shares.append(
            tuple(
                WordShare(start, end, float(loss) / len(spans))
                for spans, loss in zip(places, losses.tolist(), strict=True)
                for start, end in spans
            )
        )
    one, other = (tuple(sorted(found, key=lambda word: word.start)) for found in shares)
    return Likeness(cosine, one, other)


def _vectors(model: StaticModel, text: str) -> Mapping[tuple[int, int], NDArray[np.float64]]:
    """Place → the sum of the vectors of the tokens of the word there."""
    known: dict[str, NDArray[np.float64]] = {}
    found: dict[tuple[int, int], NDArray[np.float64]] = {}
    for word in _WORD.finditer(text):
        if word[0] not in known:
            tokens = np.array(model.read(word[0]), np.intp)
            known[word[0]] = model.total(tokens).astype(np.float64)
        found[word.span()] = known[word[0]]
    return found


def _heaviest(text: str, guesses: Iterable[WordShare]) -> list[list[tuple[int, int]]]:
    """The places of each of the words that matter most."""
    places: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    weights: Counter[str] = Counter()
    for guess in guesses:
        word = text[guess.start : guess.end]
        places[word].append((guess.start, guess.end))
        weights[word] += abs(guess.share)  # type: ignore[assignment]  # a Counter adds floats as well
    return [places[word] for word, _ in weights.most_common(MOST_LEFT_OUT)]


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    kept: list[str] = []
    at = 0
    for start, end in spans:
        kept.append(text[at:start])
        at = end
    return "".join([*kept, text[at:]])
