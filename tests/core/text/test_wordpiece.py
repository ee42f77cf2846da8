"""`WordPieces` splits every word as the tokenizer's library does."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.static_model import SHIPPED, TOKENIZER
from semlens.core.text.wordpiece import WordPieces


@cache
def models() -> tuple[Tokenizer, WordPieces]:
    tokenizer = Tokenizer.from_file(str(DeepModel.find().tokenizer_json))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    pieces = WordPieces.of_tokenizer(tokenizer)
    assert pieces is not None
    return tokenizer, pieces


PARTS = st.sampled_from(["get", "user", "zzq", "x", "0x1f", "ization", "un", "404", "handler", "q" * 30])


@given(st.one_of(st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1), st.lists(PARTS).map("".join)))
def test_tokens_of_a_word(word: str) -> None:
    tokenizer, pieces = models()
    ids = pieces[word]
    if word:
        assert list(ids or ()) == tokenizer.encode(word, add_special_tokens=False).ids


@pytest.mark.parametrize("length", [99, 100, 101, 500])
def test_overlong_words_are_unknown_alike(length: int) -> None:
    tokenizer, pieces = models()
    assert list(pieces["a" * length] or ()) == tokenizer.encode("a" * length, add_special_tokens=False).ids


@pytest.mark.parametrize("text", ["", "Word", "two words", "größe", "a_b", "[SEP]", "a-b", "\ud800"])
def test_other_texts_are_left_to_the_tokenizer(text: str) -> None:
    assert models()[1][text] is None


@cache
def larger() -> tuple[WordPieces, WordPieces]:
    """The instant model's, which know more beginnings than the encoder's: alone, and with its help."""
    tokenizer = Tokenizer.from_file(str(SHIPPED / TOKENIZER))
    alone, helped = WordPieces.of_tokenizer(tokenizer), WordPieces.of_tokenizer(tokenizer)
    assert alone is not None and helped is not None
    return alone, helped.share_with(models()[1])


def test_equal_vocabularies_are_one() -> None:
    tokenizer, pieces = models()
    again = WordPieces.of_tokenizer(tokenizer)
    assert again is not None and again.share_with(pieces) is pieces
    assert again.share_with(None) is again


@given(st.one_of(st.text("abcdefghijklmnopqrstuvwxyz0123456789"), st.lists(PARTS).map("".join)))
@example("zzq")
@example("kwargs")
@example("kwargsx")
def test_the_help_of_a_smaller_vocabulary_changes_nothing(word: str) -> None:
    alone, helped = larger()
    assert helped[word] == alone[word]
