"""How well vectors find code: questions with known answers among many texts, by cosine alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semlens.core.train.plan import Source

RECALL_DEPTH = 5

Embed = Callable[[Sequence[str], bool], NDArray[np.float32]]
"""Unit vectors of texts, shape (texts, dim); of questions if the second argument is true."""


@dataclass(frozen=True, slots=True)
class ExamQuestion:
    text: str
    source: Source
    answers: tuple[int, ...]
    """Rows of the exam's texts; one of them is enough."""


@dataclass(frozen=True, slots=True)
class Exam:
    texts: tuple[str, ...]
    questions: tuple[ExamQuestion, ...]


def ranks(exam: Exam, embed: Embed) -> list[int]:
    """The rank (from 1) of the best answer of each question. Equal cosines count against the answer."""
    texts = embed(exam.texts, False)
    questions = embed([one.text for one in exam.questions], True)
    found = []
    for one, vector in zip(exam.questions, questions, strict=True):
        cosines = texts @ vector
        best = cosines[list(one.answers)].max()
        wrong = np.delete(cosines, list(set(one.answers)))
        found.append(1 + int((wrong >= best).sum()))
    return found


def reciprocal(found: Sequence[int]) -> list[float]:
    """1 / rank of each question."""
    return [1 / rank for rank in found]


def recall(found: Sequence[int], depth: int = RECALL_DEPTH) -> float:
    """The share of questions whose answer is among the first `depth`."""
    return sum(rank <= depth for rank in found) / len(found)
