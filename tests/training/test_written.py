"""The written questions keep their rules, and the checker notices what breaks them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from written import (
    FILE,
    KINDS,
    LANGUAGES,
    is_held_back,
    joined,
    problems_of,
    problems_of_all,
    read_written,
    shares_word,
)

TRAINING = {one["name"] for one in json.loads(FILE.with_name("repositories.json").read_text("utf-8"))}
RIGHT: dict[str, Any] = {
    "repository": "puma/puma",
    "commit": "0" * 40,
    "path": "lib/puma/reactor.rb",
    "start": 10,
    "end": 30,
    "name": "Reactor.wakeup",
    "kind": "symptom",
    "language": "en",
    "question": "slow clients keep a worker busy though nothing arrives",
}


def test_the_questions_keep_the_rules() -> None:
    questions = read_written()
    assert list(problems_of_all(questions, TRAINING)) == []
    assert len(questions) >= 4000
    assert {one["kind"] for one in questions} == set(KINDS)
    assert {one["language"] for one in questions} == set(LANGUAGES)
    assert 200 <= sum(is_held_back(one["repository"]) for one in questions) < len(questions) / 4


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": "riddle"}, "no kind riddle"),
        ({"language": "fr"}, "no kind symptom or language fr"),
        ({"question": "too short"}, "has 4 to 40 words"),
        ({"kind": "report"}, "has 40 to 250 words"),
        ({"question": " a client that is slow keeps it busy"}, "space around"),
        ({"question": "a client\nthat is slow keeps it busy"}, "several lines"),
        ({"start": 31}, "no lines"),
        ({"extra": 1}, "fields"),
    ],
)
def test_a_broken_rule_is_named(changed: dict[str, Any], said: str) -> None:
    assert list(problems_of(RIGHT)) == []
    assert any(said in problem for problem in problems_of({**RIGHT, **changed}))


def test_questions_are_checked_together() -> None:
    said = "\n".join(problems_of_all([RIGHT, RIGHT, {**RIGHT, "repository": "pallets/flask"}], TRAINING))
    assert "asked 3 times" in said and "pallets/flask is no training repository" in said
    naming = {**RIGHT, "question": "where is the reactor woken up again"}
    assert shares_word(naming) and not shares_word(RIGHT)
    assert "Only 0 of 1" in "\n".join(problems_of_all([naming], TRAINING))


def test_a_writers_lines_are_joined_with_their_definitions() -> None:
    batch = [{**RIGHT, "code": "def wakeup"}]
    line = json.dumps({"of": 0, "kind": "symptom", "question": RIGHT["question"]})
    assert list(joined(batch, [line])) == [RIGHT]
