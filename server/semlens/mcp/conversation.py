"""What one client was sent, so that it gets no passage twice, and the rest of its answers by cursor."""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from semlens.errors import UsageError

MAX_SENT = 3000
"""Passages that are remembered: more than a model's context holds."""

MAX_CURSORS = 200

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Continuation(Generic[T]):
    """The rest of an answer."""

    question: T
    delivered: tuple[str, ...]
    """The ids of the passages that its answers had so far."""


class Conversation:
    """One client's memory. Hold `turn` while a question is answered: two at once could send one passage."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self._sent: OrderedDict[str, bool] = OrderedDict()
        """The id of each passage that was sent, the oldest first → whether all of its lines were."""

    @property
    def sent(self) -> list[str]:
        """The ids of the passages of which lines were sent, the oldest first."""
        return list(self._sent)

    @property
    def sent_whole(self) -> list[str]:
        """The ids of those of which all lines were sent."""
        return [one for one, whole in self._sent.items() if whole]

    def note_sent(self, ids: Iterable[str], whole: Collection[str]) -> None:
        for one in ids:
            self._sent[one] = one in whole or self._sent.get(one, False)
            self._sent.move_to_end(one)
        while len(self._sent) > MAX_SENT:
            self._sent.popitem(last=False)


class Cursors(Generic[T]):
    """The rests of answers by cursor, the newest ones. A client of HTTP may come without a session."""

    def __init__(self) -> None:
        self._rests: OrderedDict[str, Continuation[T]] = OrderedDict()

    def new(self) -> str:
        """A cursor that nobody has."""
        return secrets.token_hex(3)

    def keep(self, cursor: str, rest: Continuation[T]) -> None:
        self._rests[cursor] = rest
        while len(self._rests) > MAX_CURSORS:
            self._rests.popitem(last=False)

    def find(self, cursor: str) -> Continuation[T]:
        """The rest of an answer. Raises `UsageError`."""
        if cursor not in self._rests:
            raise UsageError("This cursor is not known any more: ask again without `cursor`.")
        return self._rests[cursor]
