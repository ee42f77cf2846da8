"""A tokenizer without a model, and the properties of the chunks of any text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from semlens.types import Chunk

_TOKEN = re.compile(r"\w{1,6}|[^\w\s]")


class Words:
    """A tokenizer without a model: a token for every six letters and every punctuation mark."""

    def __init__(self, limit: int = 254) -> None:
        self.limit = limit

    def line_tokens(self, text: str) -> Sequence[int]:
        return [len(_TOKEN.findall(line)) for line in text.split("\n")]


def assert_sound(text: str, chunks: list[Chunk], tokenizer: Words) -> None:
    lines = text.split("\n")
    covered = [0] * (len(lines) + 2)
    for chunk in chunks:
        assert chunk.text.strip()
        assert sum(tokenizer.line_tokens(chunk.embedding_text)) <= tokenizer.limit
        assert len(chunk.content_hash) == 32
    for (first, last), parts in groupby(chunks, key=lambda one: (one.start_line, one.end_line)):
        assert 1 <= first <= last <= len(lines)
        assert "".join(part.text for part in parts) == "\n".join(lines[first - 1 : last])
        for line in range(first, last + 1):
            covered[line] += 1
    assert max(covered) <= 1
    assert [n for n, line in enumerate(lines, 1) if line.strip() and not covered[n]] == []
    assert [chunk.start_line for chunk in chunks] == sorted(chunk.start_line for chunk in chunks)
