"""How many texts to send at once: as many as a server takes in a few seconds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

FIRST = 16
MOST = 128
CHARACTERS = 64_000
"""Of one request, about 16,000 tokens."""

_QUICK_SECONDS = 2.0
"""A batch that took less may be larger the next time."""
_LONG_SECONDS = 10.0
"""A batch that took more was too large: a question may wait behind it."""


class BatchSize:
    """The number of texts of a batch, which follows how the server fares."""

    def __init__(self, most: int) -> None:
        self._most = max(1, min(MOST, most))
        self.texts = min(FIRST, self._most)

    def took(self, texts: int, seconds: float) -> None:
        """A batch of so many texts was embedded in so many seconds."""
        if seconds > _LONG_SECONDS:
            self.texts = max(1, texts // 2)
        elif seconds < _QUICK_SECONDS and texts >= self.texts:
            self.texts = min(self._most, 2 * self.texts)

    def smaller(self, texts: int) -> None:
        """So many texts were too many."""
        self._most = max(1, min(self._most, texts // 2))
        self.texts = min(self.texts, self._most)


def batches(texts: Sequence[str], most: int) -> Iterator[Sequence[str]]:
    """`texts` in their order, in batches of at most `most` texts and `CHARACTERS`, or of one text."""
    start = characters = 0
    for at, text in enumerate(texts):
        if at > start and (at - start >= most or characters + len(text) > CHARACTERS):
            yield texts[start:at]
            start, characters = at, 0
        characters += len(text)
    if start < len(texts):
        yield texts[start:]
