"""What programs pass, checked where it would otherwise be read as something else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from semlens.errors import UsageError
from semlens.types import Tier

Choice = TypeVar("Choice", bound=str)

TIERS = tuple(Tier)
VECTOR_TIERS = (Tier.INSTANT, Tier.DEEP)
"""The tiers whose vectors are given."""


def texts_of(name: str, value: Iterable[str]) -> list[str]:
    """A list of texts. A single text is a list of its letters for Python, which nobody means.

    Raises `UsageError`.
    """
    if isinstance(value, (str, bytes)):
        raise UsageError(f"{name} must be a list of texts: put the text in brackets, as in {name}=[...].")
    return list(value)


def one_of(name: str, value: str, choices: tuple[Choice, ...]) -> Choice:
    """The choice that equals `value`. Raises `UsageError`."""
    for choice in choices:
        if choice == value:
            return choice
    known = ", ".join(str(getattr(one, "value", one)) for one in choices)
    raise UsageError(f"{name} cannot be {value!r}: choose one of {known}.")


def at_least_one(name: str, value: Any) -> int:
    """A number of things. Raises `UsageError`."""
    if type(value) is not int or value < 1:
        raise UsageError(f"{name} must be a whole number, 1 or more.")
    return value
