"""The benchmark's score, on ranks worked out by hand."""

from __future__ import annotations

import json
import math
from dataclasses import fields
from pathlib import Path

import pytest

from quality.repositories import ABLATIONS, TIERS, IndexedRepositories, Variant
from quality.scoring import LIMIT, Location, Question, Target, mean, questions, score
from semlens.core.search.ranking.weights import WEIGHTS, Weights
from support.live import write

SECOND = 1 / math.log2(3)


def question(*targets: Target) -> Question:
    return Question("shop", "python", "semantic", "where money is counted", targets)


def hit(path: str, start: int = 1, end: int = 9) -> Location:
    return path, start, end


def test_a_target_that_is_first_scores_one() -> None:
    found = score(question(Target("a.py")), [hit("a.py"), hit("b.py")])
    assert (found.ndcg, found.recall, found.recall_at_5, found.reciprocal_rank) == (1, 1, 1, 1)


def test_a_lower_rank_scores_less() -> None:
    found = score(question(Target("b.py")), [hit("a.py"), hit("b.py")])
    assert found.ndcg == pytest.approx(SECOND) and found.reciprocal_rank == 0.5


def test_nothing_found_scores_nothing() -> None:
    found = score(question(Target("c.py")), [hit("a.py")])
    assert (found.ndcg, found.recall, found.reciprocal_rank) == (0, 0, 0)


def test_every_target_counts_and_the_ideal_has_all_of_them_first() -> None:
    found = score(question(Target("a.py"), Target("c.py")), [hit("a.py"), hit("b.py")])
    assert found.ndcg == pytest.approx(1 / (1 + SECOND)) and found.recall == 0.5
    assert score(question(Target("a.py"), Target("b.py")), [hit("b.py"), hit("a.py")]).ndcg == 1


def test_several_hits_of_one_file_take_several_ranks() -> None:
    found = score(question(Target("b.py")), [hit("a.py", 1, 5), hit("a.py", 6, 9), hit("b.py")])
    assert found.reciprocal_rank == pytest.approx(1 / 3)


def test_hits_beyond_the_limit_do_not_count() -> None:
    locations = [hit(f"{number}.py") for number in range(LIMIT)] + [hit("a.py")]
    assert score(question(Target("a.py")), locations).ndcg == 0


def test_the_first_five_are_told_apart() -> None:
    locations = [hit(f"{number}.py") for number in range(5)] + [hit("a.py")]
    found = score(question(Target("a.py")), locations)
    assert (found.recall, found.recall_at_5) == (1, 0)


@pytest.mark.parametrize(
    ("target", "location", "right"),
    [
        (Target("src/a.py"), hit("a.py"), True),
        (Target("a.py"), hit("src/a.py"), True),
        (Target("src/a.py"), hit("lib/a.py"), False),
        (Target("a.py", 10, 20), hit("a.py", 1, 9), False),
        (Target("a.py", 10, 20), hit("a.py", 1, 10), True),
        (Target("a.py", 10, 20), hit("a.py", 20, 30), True),
        (Target("a.py", 10, 20), hit("a.py", 21, 30), False),
    ],
)
def test_what_a_target_matches(target: Target, location: Location, right: bool) -> None:
    assert target.matches(*location) is right


def test_questions_are_read_with_both_kinds_of_targets(tmp_path: Path) -> None:
    lines = {"path": "b.py", "start_line": 2, "end_line": 4}
    item = {"query": "money", "relevant": ["a.py"], "secondary": [lines], "category": "symbol"}
    tmp_path.joinpath("shop.json").write_text(json.dumps([item]), encoding="utf-8")
    (read,) = questions(tmp_path, "shop", "python")
    assert read.targets == (Target("a.py"), Target("b.py", 2, 4)) and read.category == "symbol"


def test_the_mean_of_nothing_is_no_number() -> None:
    assert mean([1, 2]) == 1.5 and math.isnan(mean([]))


def test_every_signal_is_left_out_once() -> None:
    signals = {one.name for one in fields(Weights)} - {
        "tiers",
        "second",
        "picture",
        "qualified",
        "named_file",
    }
    alone = [weights for name, weights in ABLATIONS.items() if name != "all of these"]
    changed = [{name for name in signals if getattr(one, name) != getattr(WEIGHTS, name)} for one in alone]
    assert sorted(name for names in changed for name in names) == sorted(signals)
    assert all(getattr(ABLATIONS["all of these"], name) != getattr(WEIGHTS, name) for name in signals)


def test_what_is_left_out_is_left_out_of_the_search(tmp_path: Path) -> None:
    paths = ("cart.py", "test_cart.py", "examples/cart/cart.py")
    write(
        tmp_path / "repositories" / "shop",
        {path: f"def put_into_cart_{len(path)}(item):\n    return [item]\n" for path in paths},
    )
    repositories = IndexedRepositories(tmp_path / "repositories", tmp_path / "indexes")
    try:
        with repositories.open("shop", deep=False) as index:
            scores = {
                name: [
                    hit.score
                    for hit in repositories.ask(
                        index, "put an item into the cart", Variant(TIERS["lexical+instant"], weights)
                    )
                ]
                for name, weights in {"none": WEIGHTS, **ABLATIONS}.items()
            }
    finally:
        repositories.close()
    assert scores["roles of files"] != scores["none"] != scores["depth of files"]
    assert scores["all of these"] != scores["none"]
