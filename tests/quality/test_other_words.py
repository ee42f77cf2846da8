"""The questions in other words: what they are meant to be, and that the code they ask for is there."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from quality.other_words import Paraphrase, lines_of, read_paraphrases

BY_REPOSITORY = read_paraphrases(Path(__file__).with_name("other_words.json"))
PARAPHRASES = [one for some in BY_REPOSITORY.values() for one in some]
REPOSITORIES = os.environ.get("SEMLENS_BENCH_REPOSITORIES", "")
"""Where the benchmark's repositories lie, if they do: docs/quality.md says how to get them."""

STEM = 4
_RUN = re.compile(r"[A-Za-z]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def stems(text: str) -> set[str]:
    words = {part.lower() for run in _RUN.findall(text) for part in [run, *_HUMP.split(run)]}
    return {word[:STEM] for word in words if len(word) >= STEM}


def test_there_are_a_hundred_from_many_repositories() -> None:
    assert len({(one.repository, one.path, one.symbol) for one in PARAPHRASES}) == len(PARAPHRASES) == 100
    assert len({one.question for one in PARAPHRASES}) == 100
    assert len(BY_REPOSITORY) >= 10


@pytest.mark.parametrize("paraphrase", PARAPHRASES, ids=lambda one: f"{one.repository} {one.symbol}")
def test_no_word_of_a_question_stands_in_the_name_or_path(paraphrase: Paraphrase) -> None:
    assert not stems(paraphrase.question) & stems(f"{paraphrase.symbol} {paraphrase.path}")


@pytest.mark.skipif(not REPOSITORIES, reason="SEMLENS_BENCH_REPOSITORIES names no folder")
@pytest.mark.parametrize("paraphrase", PARAPHRASES, ids=lambda one: f"{one.repository} {one.symbol}")
def test_the_definition_is_there(paraphrase: Paraphrase) -> None:
    start, end = lines_of(Path(REPOSITORIES), paraphrase)
    assert 1 <= start <= end
