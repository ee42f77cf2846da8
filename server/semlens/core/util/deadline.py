"""A token that cancels work after some time."""

from __future__ import annotations

import time

from semlens.errors import Cancelled
from semlens.types import CancelToken


class Deadline(CancelToken):
    """Cancelled after `seconds`, or together with the token `other`."""

    __slots__ = ("_end", "_other")

    def __init__(self, seconds: float, other: CancelToken | None = None) -> None:
        super().__init__()
        self._other = other
        self._end = time.monotonic() + seconds

    @property
    def cancelled(self) -> bool:
        elsewhere = self._other is not None and self._other.cancelled
        return elsewhere or super().cancelled or time.monotonic() >= self._end

    def check(self) -> None:
        if self.cancelled:
            raise Cancelled
