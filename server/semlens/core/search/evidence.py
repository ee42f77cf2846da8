"""Gather what ranking needs to know of the index for one question."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from semlens.core.embed.static import StaticModel
from semlens.core.index.folder import FolderIndex
from semlens.core.question import Question, QuestionKind
from semlens.core.rank import words
from semlens.core.rank.evidence import Evidence, Meaning
from semlens.types import RelativePath, Tier

FILES = 300
"""Files whose match as a whole is looked at."""

_REMEMBERED = 20_000


def gather_evidence(
    index: FolderIndex, question: Question, instant: NDArray[np.float32] | None, tiers: frozenset[Tier]
) -> Evidence:
    """Raises `StorageError` if the index cannot be read."""
    if question.kind is QuestionKind.CODE:
        return Evidence()
    symbol = question.kind is QuestionKind.SYMBOL
    names = words.asked_names(question.text) if symbol else words.mentioned_names(question.text)
    defining = index.database.chunks_defining(names)
    chunks = index.database.chunks_by_id({number for ids in defining.values() for number in ids})
    word_weights = _word_weights(index, words.content_words(question.text))
    return Evidence(
        word_weights=word_weights,
        file_scores=_file_scores(index, word_weights) if Tier.LEXICAL in tiers else {},
        definitions={
            name: [chunks[number] for number in ids if number in chunks] for name, ids in defining.items()
        },
        meaning=None if instant is None else _meaning(index.models.static, instant),
    )


def _word_weights(index: FolderIndex, asked: Sequence[str]) -> dict[str, float]:
    files = index.database.counts().files
    return {word: math.log(1 + files / (1 + index.lexical.file_frequency(word))) for word in asked}


def _file_scores(index: FolderIndex, weights: Mapping[str, float]) -> dict[RelativePath, float]:
    found = index.lexical.files(weights, FILES)
    chunks = index.database.chunks_by_id(number for number, _ in found)
    whole = sum(weights.values()) or 1.0
    return {chunks[number].path: score / whole for number, score in found if number in chunks}


def _meaning(model: StaticModel, question: NDArray[np.float32]) -> Meaning:
    def cosines(texts: Sequence[str]) -> NDArray[np.float64]:
        # A sum row by row: a matrix product rounds a row by what it is multiplied together with.
        rows = _names.vectors(model, texts).astype(np.float64)
        near: NDArray[np.float64] = (rows * question).sum(axis=1)
        return near

    return cosines


class _NameVectors:
    """The vectors of names, remembered: the same files and symbols are candidates again and again."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._known: OrderedDict[tuple[str, str], NDArray[np.float32]] = OrderedDict()

    def vectors(self, model: StaticModel, texts: Sequence[str]) -> NDArray[np.float32]:
        keys = [(model.fingerprint, text) for text in texts]
        with self._guard:
            missing = list(dict.fromkeys(key for key in keys if key not in self._known))
            if missing:
                made = model.embed([text for _, text in missing])
                self._known.update(zip(missing, made, strict=True))
            rows = np.stack([self._known[key] for key in keys])
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
            return rows


_names = _NameVectors()
