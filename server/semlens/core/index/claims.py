"""Who embeds what: a question and the background must not read the same text at the same time."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from semlens.types import ContentHash


class Claims:
    """The contents that are being embedded. Safe for many threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._claimed: set[ContentHash] = set()

    @contextmanager
    def free(self, contents: Iterable[ContentHash]) -> Iterator[list[ContentHash]]:
        """Claim those of `contents` that nobody has claimed, and give them in their order."""
        with self._changed:
            mine = [key for key in dict.fromkeys(contents) if key not in self._claimed]
            self._claimed.update(mine)
        try:
            yield mine
        finally:
            self._release(mine)

    @contextmanager
    def all(self, contents: Sequence[ContentHash]) -> Iterator[None]:
        """Wait until nobody else has claimed any of `contents`, and claim them all."""
        mine = set(contents)
        with self._changed:
            self._changed.wait_for(lambda: not mine & self._claimed)
            self._claimed |= mine
        try:
            yield
        finally:
            self._release(mine)

    def _release(self, contents: Iterable[ContentHash]) -> None:
        with self._changed:
            self._claimed.difference_update(contents)
            self._changed.notify_all()
