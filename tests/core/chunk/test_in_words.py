"""A chunk in words: what a second model reads."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semlens.core.chunk import Described, chunk_source, in_words
from semlens.core.chunk.in_words import split_names
from semlens.core.embed.deep_model import DeepModel
from semlens.core.text.tokens import ModelTokenizer
from semlens.types import Chunk, ChunkKind, Symbol

NARROW = ModelTokenizer(DeepModel.find().tokenizer_json, 20)

SOURCE = '''
class HTTPClient:
    def parseDate(self, raw_text: str) -> Date:
        """Read a date as servers write it."""
        # Old servers have two digits for the year.
        return strptime(raw_text, FORMATS[0])
'''


@pytest.fixture(scope="module")
def tokenizer() -> ModelTokenizer:
    deep = DeepModel.find()
    return ModelTokenizer(deep.tokenizer_json, deep.limit)


def described(chunk: Chunk) -> Described:
    return Described(
        chunk.kind,
        chunk.text,
        chunk.symbol,
        chunk.defines,
        chunk.signature,
        chunk.docstring,
        chunk.roles.comments,
    )


def test_a_method_is_its_name_its_place_its_documentation_its_signature_and_its_code(
    tokenizer: ModelTokenizer,
) -> None:
    method = Described(
        ChunkKind.DEFINITION,
        SOURCE.split("\n", 2)[2],
        Symbol("parseDate", "method", "HTTPClient"),
        ["parseDate"],
        "def parseDate(self, raw_text: str) -> Date",
        "Read a date as servers write it.",
        [(1, 2)],
    )
    assert in_words(method, tokenizer) == (
        "Method parse date in http client. Read a date as servers write it. "
        "Defined as def parse date self raw text str date. "
        "Read a date as servers write it. Old servers have two digits for the year. "
        "def parse date self raw text str date read a date as servers write it "
        "old servers have two digits for the year return strptime raw text formats 0."
    )


def test_each_chunk_of_a_file_has_words_of_its_own_and_equal_chunks_have_equal_ones(
    tokenizer: ModelTokenizer,
) -> None:
    one, two = (chunk_source(SOURCE * 2, "python", tokenizer) for _ in range(2))
    words = [in_words(described(chunk), tokenizer) for chunk in one]
    assert words == [in_words(described(chunk), tokenizer) for chunk in two]
    assert all("parse date" in text for text in words)


def test_text_that_is_no_code_stays_as_it_is(tokenizer: ModelTokenizer) -> None:
    prose = Described(ChunkKind.PROSE, "# Set-up\n\nRun `makeAll()` first.")
    assert in_words(prose, tokenizer) == "# Set-up Run `makeAll()` first."


@given(text=st.text(max_size=3000), docstring=st.text(max_size=800))
def test_words_fit_the_window(text: str, docstring: str) -> None:
    chunk = Described(ChunkKind.DEFINITION, text, Symbol("read", "function"), docstring=docstring)
    words = in_words(chunk, NARROW)
    assert sum(NARROW.line_tokens(words)) <= 20
    assert in_words(replace(chunk), NARROW) == words


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("parse_date", "parse date"),
        ("HTTPServer2", "http server 2"),
        ("größe_ändern", "größe ändern"),
        ("a->b(c)", "a b c"),
        ("", ""),
    ],
)
def test_names_are_split(code: str, words: str) -> None:
    assert split_names(code) == words
