"""What of a folder fits into a budget of tokens: source first, and of its kind the smallest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from semlens.core.cost.worth import Worth


@dataclass(frozen=True, slots=True)
class Offered:
    """A file that may be taken."""

    path: str
    tokens: int
    worth: Worth


_PACKAGES = frozenset({"index", "__init__", "mod", "package-info"})
"""Stems of files that stand for their folder; small ones hand on the names of other files."""
_SMALL = 150
"""Tokens."""


def by_worth(files: Iterable[Offered]) -> list[Offered]:
    """Source first, what says least of the code last, and of a kind the smallest first.

    Of a kind, files that do no more than hand on names come last.
    """
    return sorted(files, key=lambda one: (one.worth, _hands_on(one), one.tokens, one.path))


def _hands_on(file: Offered) -> bool:
    name = file.path.replace("\\", "/").rpartition("/")[2]
    return file.tokens < _SMALL and name.partition(".")[0] in _PACKAGES


def fitting(files: Iterable[Offered], budget: int, around: int = 0) -> list[Offered]:
    """Those that are taken within `budget` tokens: each that still fits, in the order of `by_worth`.

    :param around: the tokens that each file costs besides its own, such as those of its path
    """
    found: list[Offered] = []
    for file in by_worth(files):
        cost = file.tokens + around
        if cost <= budget:
            budget -= cost
            found.append(file)
    return found
