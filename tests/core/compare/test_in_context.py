"""One word in several texts: where it is found, and what the two kinds of models make of it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from semlens.core.compare.in_context import find_word, word_pairs
from semlens.core.embed.static_model import SHIPPED, StaticModel
from semlens.core.embed.static_model import TOKENIZER as STATIC_TOKENIZER
from semlens.core.text.tokens import ModelTokenizer

BEFORE = 1
"""[CLS]."""


@pytest.mark.parametrize(
    ("text", "word", "place"),
    [
        ("The bank lends.", "bank", (4, 8)),
        ("Bank", "bank", (0, 4)),
        ("banker, bank", "bank", (8, 12)),
        ("embank bank_rate", "bank", None),
        ("so viel Straße", "Straße", (8, 14)),
        ("vor der STRASSE", "strasse", (8, 15)),
        ("a + b", "+", (2, 3)),
        ("C++ and C", "C++", (0, 3)),
        ("去银行 取钱", "取钱", (4, 6)),
        ("no such", "bank", None),
        ("anything", "", None),
    ],
)
def test_a_word_is_found_where_it_stands_alone(text: str, word: str, place: tuple[int, int] | None) -> None:
    assert find_word(text, word) == place


def test_the_vector_of_a_word_is_that_of_its_own_tokens() -> None:
    """The states are the tokens' places, so that a wrong token gives another cosine."""
    tokenizer = ModelTokenizer(SHIPPED / STATIC_TOKENIZER, 100)
    asked: list[str] = []

    def read(text: str) -> NDArray[np.float32]:
        asked.append(text)
        count = len(tokenizer.cut(text)) + 2
        angles = np.arange(count) / 10
        places = np.stack([np.cos(angles), np.sin(angles)], axis=1)
        return np.stack([places, np.ones_like(places)]).astype(np.float32)

    texts = ["the bank lends money", "we sat on the Bank", "a bank"]
    pairs = word_pairs(StaticModel.load(), tokenizer, read, texts, "bank")
    assert asked == texts
    assert [(pair.one, pair.other) for pair in pairs] == [(0, 1), (0, 2), (1, 2)]
    rows = [BEFORE + row for row in (1, 4, 1)]
    for pair in pairs:
        assert pair.static == pytest.approx(1, abs=1e-6)
        apart = (rows[pair.one] - rows[pair.other]) / 10
        assert pair.layers == pytest.approx((np.cos(apart), 1), abs=1e-5)


def test_a_word_of_several_tokens_is_their_mean() -> None:
    tokenizer = ModelTokenizer(SHIPPED / STATIC_TOKENIZER, 100)
    tokens = len(tokenizer.cut("quicksortable"))
    assert tokens > 1

    def read(text: str) -> NDArray[np.float32]:
        count = len(tokenizer.cut(text)) + 2
        return np.eye(count, 64, dtype=np.float32)[None]

    (pair,) = word_pairs(
        StaticModel.load(), tokenizer, read, ["quicksortable", "a quicksortable"], "quicksortable"
    )
    # In the second text each token is one further: all but one of them are in both means.
    assert pair.layers == pytest.approx(((tokens - 1) / tokens,), abs=1e-5)
