"""A training's hyperparameters as options of its script."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any, TypeVar

R = TypeVar("R")


def add_recipe(parser: argparse.ArgumentParser, recipe: Any) -> None:
    """An option for each field of the dataclass `recipe`, with its value as the default."""
    for name, value in asdict(recipe).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)


def recipe_of(arguments: argparse.Namespace, kind: type[R]) -> R:
    """The recipe that the options say."""
    names = kind.__dataclass_fields__  # type: ignore[attr-defined]
    return kind(**{name: getattr(arguments, name) for name in names})
