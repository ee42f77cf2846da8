"""The chunker on any text: the properties of every list of chunks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semlens.core.chunk import chunk_source, definitions
from semlens.core.text.languages import LANGUAGES
from semlens.types import ChunkKind
from support.chunks import Words, assert_sound

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
    tokenizer = Words(limit)
    chunks = chunk_source(text, language, tokenizer)
    assert_sound(text, chunks, tokenizer)
    assert chunks == chunk_source(text, language, tokenizer)
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
