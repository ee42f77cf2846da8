"""The chunker on any text: what must hold of every list of chunks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semlens.core.chunk import chunk_source, definitions
from semlens.core.text.languages import LANGUAGES
from semlens.types import Chunk, ChunkKind

_TOKEN = re.compile(r"\w{1,6}|[^\w\s]")


class Words:
    """A measure without a model: a token for every six letters and every sign."""

    def __init__(self, limit: int = 254) -> None:
        self.limit = limit

    def line_tokens(self, text: str) -> Sequence[int]:
        return [len(_TOKEN.findall(line)) for line in text.split("\n")]


def assert_sound(text: str, chunks: list[Chunk], measure: Words) -> None:
    lines = text.split("\n")
    covered = [0] * (len(lines) + 2)
    for chunk in chunks:
        assert chunk.text.strip()
        assert sum(measure.line_tokens(chunk.embedding_text)) <= measure.limit
        assert len(chunk.content_hash) == 32
    for (first, last), parts in groupby(chunks, key=lambda one: (one.start_line, one.end_line)):
        assert 1 <= first <= last <= len(lines)
        assert "".join(part.text for part in parts) == "\n".join(lines[first - 1 : last])
        for line in range(first, last + 1):
            covered[line] += 1
    assert max(covered) <= 1
    assert [n for n, line in enumerate(lines, 1) if line.strip() and not covered[n]] == []
    assert [chunk.start_line for chunk in chunks] == sorted(chunk.start_line for chunk in chunks)


_FRAGMENTS = st.sampled_from(
    [
        *("def f(a):", "class A:", "    return 1", "  x = 1", "@d", '"""', "# note", "\t", "", "end"),
        *("{", "}", "function g() {", "if (a) {", "/* x", "*/", "(" * 40, "impl T for U {", "module M"),
        *(
            "func (t *T) M() {}",
            "  def m; end",
            "é = 'ü'",
            "## Title",
            "```",
            "===",
            "[a]",
            "k: v",
            "<script>",
        ),
        *("\x00", "\ufeff", "\x0c", "x" * 300, "a " * 300, "def g(): " + "x = 1; " * 90, "(" * 300),
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    text=st.one_of(st.text(max_size=400), st.lists(_FRAGMENTS, max_size=60).map("\n".join)),
    language=st.sampled_from([*sorted(LANGUAGES), "text"]),
    limit=st.sampled_from([1, 5, 20, 254]),
)
def test_any_text_is_covered_once_and_fits(text: str, language: str, limit: int) -> None:
    measure = Words(limit)
    chunks = chunk_source(text, language, measure)
    assert_sound(text, chunks, measure)
    assert chunks == chunk_source(text, language, measure)
    for symbol in definitions(text, language):
        assert symbol.name
        assert 1 <= symbol.start_line <= symbol.end_line <= text.count("\n") + 1


@pytest.mark.parametrize("text", ["", "\n\n", "   \n\t"])
def test_blank_text_has_no_chunks(text: str) -> None:
    assert chunk_source(text, "python", Words()) == []


def test_unknown_language_is_cut_into_lines() -> None:
    text = "\n".join(f"some words on line {n}" for n in range(200))
    chunks = chunk_source(text, "no such language", Words(50))
    assert_sound(text, chunks, Words(50))
    assert {chunk.kind for chunk in chunks} == {ChunkKind.LINES}
