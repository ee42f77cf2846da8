"""Which files teach and which are held back, and the pairs and the exams that follow from it.

Whole files are held back, and near copies of held-back code teach nothing: or the same code would be learned
and asked for. One held-back part is watched, and chooses the best weights; the other is asked at the end, and
decides.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from semlens.core.embed.static_model import StaticModel
from semlens.core.search.dedupe import shared_words
from semlens.core.search.duplicates import SIMILARITY
from semlens.core.text.analyzer import code_terms
from semlens.core.train.exam import Exam, ExamQuestion
from semlens.core.train.history_pairs import Change
from semlens.core.train.pairs import FileCode, Pair
from semlens.core.train.plan import Source
from semlens.errors import UsageError
from semlens.protocol.editor import TrainingPairs
from semlens.types import RelativePath

NEEDED: Final = 100
"""The fewest questions from docstrings and commits, so that some are left to teach."""
DECIDING: Final = (30, 400)
WATCHED: Final = (15, 200)
"""The fewest and the most questions of either held-back part."""
DECIDING_SHARE: Final = 0.2
WATCHED_SHARE: Final = 0.1

_COSINE: Final = 0.8
"""The least cosine of two texts that are compared word by word, as in `core/search/duplicates.py`."""
_BLOCK: Final = 1024
"""Rows whose cosines are computed at once."""

Part = str
_TEACHING, _WATCHED, _DECIDING = "teaching", "watched", "deciding"


@dataclass(frozen=True, slots=True)
class TrainingData:
    """What a training learns from, and what it is measured by."""

    pairs: tuple[Pair, ...]
    watched: Exam
    deciding: Exam
    counts: TrainingPairs


def split(
    files: Sequence[FileCode],
    changes: Sequence[Change],
    model: StaticModel,
    texts: tuple[int, int],
    seed: int,
    check: Callable[[], None] = lambda: None,
) -> TrainingData:
    """Part files and changes into pairs and exams.

    :param model: proposes near copies
    :param texts: the most texts that are searched in the watched and in the deciding exam
    :param check: called now and then; may raise
    :raises UsageError: there are too few questions
    """
    asked = {one.path: _docstring_questions(one) for one in files}
    total = sum(asked.values()) + len(changes)
    if total < NEEDED:
        raise UsageError(
            f"{total} docstrings and commits of this folder ask for code in words, and {NEEDED} are needed: "
            "choose a folder with more of them."
        )
    part_of = parts({path: count for path, count in asked.items() if count}, total, seed)
    held_back = [one for one in files if part_of.get(one.path, _TEACHING) != _TEACHING]
    teaching = [one for one in files if part_of.get(one.path, _TEACHING) == _TEACHING]
    exams = {
        part: _exam(files, changes, part_of, part, most, seed)
        for part, most in ((_WATCHED, texts[0]), (_DECIDING, texts[1]))
    }
    pairs = [*_pairs(teaching), *_history_pairs(changes, part_of)]
    hidden = [text for one in held_back for _, _, text in one.chunks]
    secret = {question.text.lower() for exam in exams.values() for question in exam.questions}
    copies = near_copies([pair.code for pair in pairs], hidden, model, check)
    kept = [
        pair for row, pair in enumerate(pairs) if row not in copies and pair.question.lower() not in secret
    ]
    sources = Counter(pair.source for pair in kept)
    counts = TrainingPairs(
        docstring=sources["docstring"],
        name=sources["name"],
        history=sources["history"],
        copies=len(pairs) - len(kept),
        watched=len(exams[_WATCHED].questions),
        deciding=len(exams[_DECIDING].questions),
        files=len({pair.path for pair in kept}),
        held_back_files=len(held_back),
    )
    return TrainingData(tuple(kept), exams[_WATCHED], exams[_DECIDING], counts)


def parts(questions: Mapping[RelativePath, int], total: int, seed: int) -> dict[RelativePath, Part]:
    """The held-back files by path, drawn by the hash of the path until either part has its questions.

    :param questions: how many questions each file has
    :param total: the questions of all files and commits
    """
    order = sorted(
        questions, key=lambda path: hashlib.sha256(f"{seed} {path}".encode("utf-8", "replace")).digest()
    )
    wanted = {
        _DECIDING: _bounded(DECIDING_SHARE * total, DECIDING),
        _WATCHED: _bounded(WATCHED_SHARE * total, WATCHED),
    }
    found: dict[RelativePath, Part] = {}
    missing = dict(wanted)
    for path in order:
        part = next((one for one in missing if missing[one] > 0), None)
        if part is None:
            break
        # A file with most of the questions would leave none to teach.
        if questions[path] <= max(wanted[part], 1):
            found[path] = part
            missing[part] -= questions[path]
    return found


def near_copies(
    texts: Sequence[str], of: Sequence[str], model: StaticModel, check: Callable[[], None] = lambda: None
) -> set[int]:
    """The rows of `texts` that are nearly the same code as one of `of`.

    As for duplicates in search, vectors propose pairs, and the words that both have decide.
    """
    if not texts or not of:
        return set()
    others = model.embed(list(of))
    words: dict[str, Counter[str]] = {}

    def terms(text: str) -> Counter[str]:
        if text not in words:
            words[text] = Counter(code_terms(text))
        return words[text]

    found: set[int] = set()
    for start in range(0, len(texts), _BLOCK):
        check()
        cosines = model.embed(list(texts[start : start + _BLOCK])) @ others.T
        for row, column in zip(*np.nonzero(cosines >= _COSINE), strict=True):
            number = start + int(row)
            if number not in found and shared_words(terms(texts[number]), terms(of[column])) >= SIMILARITY:
                found.add(number)
    return found


def _bounded(value: float, bounds: tuple[int, int]) -> int:
    return round(min(max(value, bounds[0]), bounds[1]))


def _docstring_questions(file: FileCode) -> int:
    return sum(one.source == "docstring" for one in file.definitions)


def _pairs(files: Sequence[FileCode]) -> list[Pair]:
    """Of docstrings all, of names at most as many more."""
    found = [pair for one in files for pair in one.pairs()]
    said = [pair for pair in found if pair.source == "docstring"]
    named = [pair for pair in found if pair.source == "name"]
    most = max(len(said), NEEDED)
    return [*said, *(random.Random(len(named)).sample(named, most) if len(named) > most else named)]


def _history_pairs(changes: Sequence[Change], part_of: Mapping[RelativePath, Part]) -> Iterator[Pair]:
    for change in changes:
        if all(part_of.get(one.path, _TEACHING) == _TEACHING for one in change.answers):
            for one in change.answers:
                yield Pair(change.question, one.code, one.path, "history")


def _exam(
    files: Sequence[FileCode],
    changes: Sequence[Change],
    part_of: Mapping[RelativePath, Part],
    part: Part,
    most: int,
    seed: int,
) -> Exam:
    """The questions of a held-back part, and the code to search: its own and, if there is room, more."""
    own = [one for one in files if part_of.get(one.path) == part]
    places: list[tuple[str, Source, list[str]]] = [
        (item.question, item.source, one.texts_of(item.start, item.end))
        for one in own
        for item in one.definitions
        if item.source == "docstring"
    ]
    here = {one.path: one for one in own}
    for change in changes:
        if all(part_of.get(answer.path) == part for answer in change.answers):
            texts = [text for answer in change.answers for text in _now(here, answer.path, answer.name)]
            places.append((change.question, "history", texts))
    asked = Counter(question.lower() for question, _, _ in places)
    places = [one for one in places if one[2] and asked[one[0].lower()] == 1]
    rows: dict[str, int] = {}
    for _, _, texts in places:
        for text in texts:
            rows.setdefault(text, len(rows))
    others = [text for one in own for _, _, text in one.chunks if text not in rows]
    more = [
        text
        for one in files
        if part_of.get(one.path) != part
        for _, _, text in one.chunks
        if text not in rows
    ]
    random.Random(seed).shuffle(more)
    for text in [*others, *more]:
        if len(rows) >= most:
            break
        rows.setdefault(text, len(rows))
    questions = (
        ExamQuestion(question, source, tuple(rows[text] for text in texts))
        for question, source, texts in places
    )
    return Exam(tuple(rows), tuple(questions))


def _now(files: Mapping[RelativePath, FileCode], path: RelativePath, name: str) -> list[str]:
    """The code that a changed definition has today; none if it is gone."""
    file = files.get(path)
    if file is None:
        return []
    last = name.rpartition(".")[2]
    return [
        text for one in file.definitions if one.name == last for text in file.texts_of(one.start, one.end)
    ]
