"""Each hyperparameter of a training is an option of its script."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import pytest
from recipes import add_recipe, recipe_of


@dataclass(frozen=True, slots=True)
class Recipe:
    seed: int = 0
    warm_up: int = 50
    rate: float = 1e-3
    name: str = "a"


@pytest.mark.parametrize(
    ("options", "recipe"),
    [
        ([], Recipe()),
        (["--warm-up", "7"], Recipe(warm_up=7)),
        (["--rate", "1", "--seed", "3", "--name", "b"], Recipe(seed=3, rate=1.0, name="b")),
    ],
)
def test_what_is_not_said_is_as_the_recipe_has_it(options: list[str], recipe: Recipe) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    add_recipe(parser, Recipe())
    assert recipe_of(parser.parse_args(options), Recipe) == recipe


def test_a_wrong_kind_of_value_is_refused() -> None:
    parser = argparse.ArgumentParser(exit_on_error=False)
    add_recipe(parser, Recipe())
    with pytest.raises(argparse.ArgumentError, match="warm-up"):
        parser.parse_args(["--warm-up", "long"])
