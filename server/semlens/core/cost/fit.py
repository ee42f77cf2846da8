"""What of a folder fits into a budget of tokens: as many files as possible, so the smallest first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar


class Counted(Protocol):
    """A file with its tokens."""

    @property
    def path(self) -> str: ...

    @property
    def tokens(self) -> int: ...


C = TypeVar("C", bound=Counted)


def fitting(files: Iterable[C], budget: int, around: int = 0) -> list[C]:
    """The smallest of `files` that have at most `budget` tokens together, by path.

    :param around: the tokens that each file costs besides its own, such as those of its path
    """
    found: list[C] = []
    for file in sorted(files, key=lambda one: (one.tokens, one.path)):
        budget -= file.tokens + around
        if budget < 0:
            break
        found.append(file)
    return sorted(found, key=lambda one: one.path)
