"""What each word adds to a cosine: exactly for the static model, by leaving it out for any other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from semlens.core.compare import words as comparing
from semlens.core.compare.words import Likeness, WordShare, by_leaving_out, by_tokens
from semlens.core.embed.static_model import StaticModel

ONE = "def refund(payment, cents):\n    payment.returned += cents\n    return payment\n"
OTHER = "func giveBack(p *Payment, amount int) { p.Refunded += amount } // 漢字 naïve\n"

TEXTS = st.text("paymentCents_X 09.\n\té漢😀\u0301\ud800()", max_size=120)


@pytest.fixture(scope="module")
def model() -> StaticModel:
    return StaticModel.load()


def total(shares: Sequence[WordShare]) -> float:
    return sum(word.share for word in shares)


@pytest.mark.parametrize(("one", "other"), [(ONE, OTHER), (ONE, ONE), (OTHER, "x = 1")])
def test_the_shares_of_either_side_are_the_cosine(model: StaticModel, one: str, other: str) -> None:
    likeness = by_tokens(model, one, other)
    vectors = model.embed([one, other])
    assert likeness.cosine == pytest.approx(float(vectors[0] @ vectors[1]), abs=1e-5)
    assert total(likeness.one) == pytest.approx(likeness.cosine, abs=1e-6)
    assert total(likeness.other) == pytest.approx(likeness.cosine, abs=1e-6)


@hypothesis_settings(max_examples=100, deadline=None)
@given(one=TEXTS, other=TEXTS)
def test_any_two_texts_can_be_compared(model: StaticModel, one: str, other: str) -> None:
    likeness = by_tokens(model, one, other)
    vectors = model.embed([one, other])
    assert likeness.cosine == pytest.approx(float(vectors[0] @ vectors[1]), abs=1e-4)
    for text, shares in ((one, likeness.one), (other, likeness.other)):
        assert total(shares) == pytest.approx(likeness.cosine, abs=1e-4) or not shares
        assert all(text[word.start : word.end].strip() for word in shares)


def test_the_word_in_common_carries_most(model: StaticModel) -> None:
    likeness = by_tokens(model, "retry the payment", "payment of a bill")
    heaviest = max(likeness.one, key=lambda word: word.share)
    assert "retry the payment"[heaviest.start : heaviest.end] == "payment"


def test_texts_without_words_are_alike_to_nothing(model: StaticModel) -> None:
    assert by_tokens(model, "(){}", ONE) == Likeness(0.0, (), by_tokens(model, "(){}", ONE).other)
    assert by_tokens(model, "", "") == Likeness(0.0, (), ())


def letters(texts: Sequence[str]) -> NDArray[np.float32]:
    """A model whose vectors are the counts of letters."""
    counts = np.array([[text.count(letter) for letter in "abcdef"] for text in texts], np.float32)
    lengths = np.linalg.norm(counts, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    return np.divide(counts, lengths, dtype=np.float32)


def test_a_word_is_worth_what_is_lost_without_it_everywhere() -> None:
    one, other = "aa b aa", "aaaa c"
    guesses = (WordShare(0, 2, 0.5), WordShare(3, 4, 0.0), WordShare(5, 7, 0.5))
    found = by_leaving_out(letters, (one, other), Likeness(0.0, guesses, ()))
    vectors = letters([one, other, " b "])
    loss = float(vectors[0] @ vectors[1] - vectors[2] @ vectors[1])
    assert found.cosine == pytest.approx(float(vectors[0] @ vectors[1]))
    assert [(word.start, word.end) for word in found.one] == [(0, 2), (3, 4), (5, 7)]
    assert found.one[0].share == found.one[2].share == pytest.approx(loss / 2)
    assert found.one[1].share < 0  # "b" is not in the other text
    assert found.other == ()


def test_only_the_heaviest_words_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "MOST_LEFT_OUT", 2)
    asked: list[str] = []

    def embed(texts: Sequence[str]) -> NDArray[np.float32]:
        asked.extend(texts)
        return letters(texts)

    guesses = tuple(WordShare(at, at + 1, share) for at, share in ((0, 0.1), (2, -0.9), (4, 0.3)))
    found = by_leaving_out(embed, ("a b c", "a"), Likeness(0.0, guesses, ()))
    assert [word.start for word in found.one] == [2, 4]
    assert asked == ["a b c", "a", "a  c", "a b "]
