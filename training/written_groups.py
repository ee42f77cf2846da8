"""Groups of written questions to train on, each with its answer and a hard wrong answer."""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from questions import groups_of
from torch.nn import functional

from semlens.core.embed.static_model import StaticModel

HARD = 8
"""The nearest wrong answers of a question, one of which is drawn."""
DOCUMENTED = 0.5
"""The share of the answers that keep their docstring."""

Asked = dict[str, Any]
"""A line of `answers.py`, with the nearest wrong answers of its repository."""


@dataclass(frozen=True, slots=True)
class Group:
    """Questions on one repository, their answers, and as many hard wrong answers. All of equal length."""

    questions: Sequence[str]
    answers: Sequence[str]
    wrong: Sequence[str]
    same: torch.Tensor
    """(questions, answers and wrong ones) in bool: what else answers a question, and so is not wrong."""


def read_asked(path: Path) -> list[Asked]:
    """The output of `answers.py`. The instant model says which wrong answers are hard."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        asked: list[Asked] = [json.loads(line) for line in lines]
    by_repository: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        by_repository[one["repository"]].append(one)
    model = StaticModel.load()
    for members in by_repository.values():
        questions = model.embed([one["question"] for one in members])
        answers = model.embed([one["code"] for one in members])
        for one, order in zip(members, np.argsort(-(questions @ answers.T), axis=1), strict=True):
            others = (members[at] for at in order.tolist())
            one["hard"] = [other for other in others if _place(other) != _place(one)][:HARD]
    return asked


def groups(asked: Sequence[Asked], size: int, draw: random.Random) -> Iterator[Group]:
    """Groups without end: all questions once, in another order each time."""
    while True:
        for members in groups_of(asked, size, draw):
            hard = [draw.choice(one["hard"]) for one in members]
            places = [*map(_place, members), *map(_place, hard)]
            same = [
                [place == _place(one) and at != row for at, place in enumerate(places)]
                for row, one in enumerate(members)
            ]
            yield Group(
                [one["question"] for one in members],
                [_text(one, draw) for one in members],
                [_text(one, draw) for one in hard],
                torch.tensor(same),
            )


def contrast_with_wrong(
    questions: torch.Tensor,
    answers: torch.Tensor,
    wrong: torch.Tensor,
    same: torch.Tensor,
    temperature: float,
) -> torch.Tensor:
    """InfoNCE in both directions, a scalar; questions are also held against hard wrong answers.

    The vectors are unit vectors (questions, dim); `same` is a group's.
    """
    count = len(questions)
    right = torch.arange(count)
    forth = (questions @ torch.cat([answers, wrong]).T / temperature).masked_fill(same, -1e4)
    back = (answers @ questions.T / temperature).masked_fill(same[:, :count].T, -1e4)
    return (functional.cross_entropy(forth, right) + functional.cross_entropy(back, right)) / 2


def _place(asked: Asked) -> tuple[str, str, int]:
    return asked["repository"], asked["path"], asked["start"]


def _text(asked: Asked, draw: random.Random) -> str:
    text: str = asked["code"] if draw.random() < DOCUMENTED else asked["bare"]
    return text
