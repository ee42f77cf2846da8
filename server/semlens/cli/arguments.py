"""What the commands' arguments share."""

from __future__ import annotations

from typing import Annotated, TypeVar

import typer

from semlens.errors import UsageError

Choice = TypeVar("Choice", bound=str)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def one_of(value: str, choices: tuple[Choice, ...]) -> Choice:
    """The choice that equals `value`. Raises `UsageError`."""
    for choice in choices:
        if choice == value:
            return choice
    raise UsageError(f'"{value}" is not one of {", ".join(choices)}.')
