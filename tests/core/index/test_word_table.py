"""A text read as word ids has the same tokens, vectors and terms as without the table."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from semlens.core.chunk import chunk_with_rows
from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.static_model import StaticModel
from semlens.core.index import word_table as word_tables
from semlens.core.index.word_table import WordTable
from semlens.core.text.analyzer import analyze_file
from semlens.core.text.tokens import ModelTokenizer
from semlens.core.text.words import mask_separators, raw_words, split_raw_word


@cache
def models() -> tuple[ModelTokenizer, StaticModel]:
    deep = DeepModel.find()
    tokenizer = ModelTokenizer(deep.tokenizer_json, deep.limit)
    return tokenizer, StaticModel.load(pieces=tokenizer.word_pieces)


WORD_TABLE = WordTable(*models())

WORDS = st.sampled_from(
    "getUserById HTTP2Server utf8_names __init__ x _ déjà Straße 日本語 ｆｕｌｌ a\u3000b a\u00a0b a\u2028b "
    "\ud800 \x00 \x7f [UNK] [CLS] {} == -> // 0x1f 123 éa_Bc e\u0301 \t".split(" ")
)
TEXTS = st.lists(st.one_of(WORDS, st.sampled_from([" ", "\n"]), st.text(max_size=3))).map("".join)


def joined(text: str, rows: tuple[tuple[int, int], ...]) -> str:
    lines = text.split("\n")
    return "\n".join(line for first, last in rows for line in lines[first : last + 1])


@given(TEXTS)
@example("")
@example("\n")
@example("one_two\n\n  threeFour(5) # ünï\n")
def test_a_read_text_has_the_counts_vectors_and_terms_of_its_readers(text: str) -> None:
    tokenizer, static = models()
    read, last = WORD_TABLE.read(text), text.count("\n")
    assert list(read.line_tokens(text)) == list(tokenizer.line_tokens(text))
    assert list(read.line_tokens("an other text\n_x")) == list(tokenizer.line_tokens("an other text\n_x"))
    for rows in (((0, last),), ((last // 2, last), (0, 0))):
        expected = static.embed([joined(text, rows)])
        assert static.embed([read.tokens(rows)]).tobytes() == expected.tobytes()
    analyzed = read.analyze([((0, last), ("getUser", "name")), ("other words", ())])
    expected_words = analyze_file([(text, ("getUser", "name")), ("other words", ())])
    assert [body.split() for body in analyzed.bodies] == [body.split() for body in expected_words.bodies]
    assert analyzed.symbols == expected_words.symbols
    assert set(analyzed.vocabulary.split()) == set(expected_words.vocabulary.split())


@given(TEXTS)
def test_the_words_of_bytes_are_those_of_the_text(text: str) -> None:
    by_bytes = [word for run in mask_separators(text)[1].split() for word in split_raw_word(run.decode())]
    assert by_bytes == [word for run in raw_words(text) for word in split_raw_word(run)]


def test_the_lines_of_an_embedding_text_have_its_words() -> None:
    members = "".join(
        f"    def method_{n}(self, value):\n        return [value, {n}, 'some text'] * {n}\n\n"
        for n in range(60)
    )
    head = '"""What it is."""\nimport os\n\n\nclass Store(dict):\n    """Keeps it."""\n\n'
    text = head + members + "\nx = '" + "a b " * 900 + "'\n"
    static = models()[1]
    read = WORD_TABLE.read(text)
    found = chunk_with_rows(text, "python", read)
    assert {one.chunk.kind.value for one in found} >= {"outline", "group"}
    assert [one.is_part for one in found] == [one.rows is None for one in found]
    assert sum(one.is_part for one in found) > 5
    for one in found:
        if one.rows is None:
            continue
        expected = static.embed([one.chunk.embedding_text])
        assert static.embed([read.tokens(one.rows)]).tobytes() == expected.tobytes()


def test_many_threads_read_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_tables, "CACHED_WORDS", 300)  # So that the table often starts over.
    tokenizer, static = models()
    shared = WordTable(tokenizer, static)
    texts = [f"word{n % 97}_of text{n} andMore{n % 13}\n" * 3 for n in range(400)]

    def read(text: str) -> tuple[list[int], bytes]:
        found = shared.read(text)
        return list(found.line_tokens(text)), found.tokens(((0, 3),)).tobytes()

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(read, texts))
    lone = [WordTable(tokenizer, static).read(text) for text in texts[:40]]
    assert [found.tokens(((0, 3),)).tobytes() for found in lone] == [each[1] for each in together[:40]]
    assert [counts for counts, _ in together] == [list(tokenizer.line_tokens(text)) for text in texts]
    assert np.frombuffer(together[0][1], np.intp).size
