"""A text cut into tokens to look at: nothing is lost, each token can be read, and what was done is said."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from semlens.core.cost.requests import CutText as Asked
from semlens.core.cost.text import TextCosts
from semlens.core.cost.token_views import token_views
from semlens.core.text.tokenizers.lesson import lesson
from semlens.core.text.tokenizers.library import TokenizerLibrary
from semlens.core.text.tokenizers.types import Strategy, Tokenizer
from semlens.core.text.tokenizers.view import CutText, as_text, differing
from semlens.core.text.words import without_surrogates
from semlens.protocol.editor import TokenView
from semlens.settings import DEFAULT_MODEL

WORDPIECE = "all-MiniLM-L6-v2"

TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=60),  # lone surrogates, too
    st.text("ab_X .\r\n\té漢😀\u0301\u200d\ufeff\0\x1b\ud800\udc00<|>[]", max_size=60),
)
NAMES = "def getUserName(self):\n    return recalculated_invoice_total\n"


@pytest.fixture(scope="module")
def costs(library: TokenizerLibrary) -> TextCosts:
    return TextCosts(library)


@pytest.fixture(scope="module")
def tokenizers(every: list[Tokenizer], costs: TextCosts) -> list[Tokenizer]:
    return [*every, costs.tokenizer(WORDPIECE, DEFAULT_MODEL)]


@hypothesis_settings(max_examples=100, deadline=None)
@given(text=TEXTS)
def test_the_spans_join_to_the_text_and_each_token_can_be_read(
    tokenizers: list[Tokenizer], text: str
) -> None:
    for tokenizer in tokenizers:
        cut = CutText.by(tokenizer, text)
        assert "".join(map(cut.part, cut.pieces)) == text
        assert [token for piece in cut.pieces for token in piece.tokens] == list(cut.tokens)
        assert lesson(cut)
        assert differing(cut, cut) == []
        names = cut.names()
        for piece in cut.pieces:
            for token in piece.tokens:
                assert token.id is None or token.id in names or cut.part(piece)


@hypothesis_settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_the_bytes_of_a_byte_level_tokenizer_are_the_text(every: list[Tokenizer], text: str) -> None:
    for tokenizer in every:
        if tokenizer.strategy is Strategy.BYTE_BPE:
            tokens = [tokenizer.written(token.id) for token in tokenizer.cut(text) if token.id is not None]
            assert b"".join(one for one in tokens if isinstance(one, bytes)) == without_surrogates(
                text
            ).encode("utf-8")


@hypothesis_settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_an_editor_gets_utf16_places_that_join_to_the_text(costs: TextCosts, text: str) -> None:
    for view in token_views(costs, Asked(text, DEFAULT_MODEL, ["o200k_base", WORDPIECE])).views:
        units = text.encode("utf-16-le", "surrogatepass")
        bounds = [*view.starts, len(units) // 2]
        assert bounds == sorted(bounds)
        assert bounds[0] == 0 or not text
        assert len(view.ids) == sum(view.counts) == view.tokens
        assert len(view.counts) == len(view.starts)
        if "\ud800" not in text:  # two lone halves that meet are one character in UTF-16
            parts = [units[2 * a : 2 * b].decode("utf-16-le", "surrogatepass") for a, b in pairwise(bounds)]
            assert "".join(parts) == text


def view_of(costs: TextCosts, text: str, *names: str) -> list[TokenView]:
    return token_views(costs, Asked(text, DEFAULT_MODEL, list(names))).views


def test_parts_of_a_character_are_its_bytes(costs: TextCosts) -> None:
    (view,) = view_of(costs, "x = 漢", "o200k_base")
    names = {name.id: name.text for name in view.names if name.bytes}
    shared = view.counts.index(2)
    first = sum(view.counts[:shared])
    assert [names[id_] for id_ in view.ids[first : first + 2]] == ["20 E6 BC", "A2"]
    assert "`漢` became 2 tokens, each a part of its 3 bytes." in view.lesson


def test_special_tokens_are_told_apart(costs: TextCosts) -> None:
    wordpiece, bpe = view_of(costs, "[MASK] 漢字 <|endoftext|>", WORDPIECE, "o200k_base")
    assert [wordpiece.starts[at] for at in wordpiece.special] == [0, 8]  # [MASK], and 字 that is unknown
    names = {name.id: name.text for name in wordpiece.names}
    assert [names[id_] for id_ in (*wordpiece.before, *wordpiece.after)] == ["[CLS]", "[SEP]"]
    assert bpe.special == bpe.before == bpe.after == []


def test_a_difference_is_another_cut_and_not_another_space(costs: TextCosts) -> None:
    wordpiece, bpe = view_of(costs, "return the recalculated value", WORDPIECE, "o200k_base")
    text = "return the recalculated value"
    starts = [*bpe.starts, len(text)]
    assert "".join(text[starts[at] : starts[at + 1]] for at in bpe.differs).strip() == "recalculated"
    assert wordpiece.differs
    same, other = view_of(costs, "return the value", "o200k_base", "cl100k_base")
    assert same.differs == other.differs == []


def test_a_tokenizer_that_is_not_here_says_so_and_the_other_is_shown(costs: TextCosts) -> None:
    missing, here = view_of(costs, "a b", "deepseek", "o200k_base")
    assert "semlens tokenizers get deepseek" in (missing.problem or "")
    assert here.tokens == 2


LESSONS = {
    "o200k_base": "`recalculated_invoice_total` became 4 tokens: recal · culated · _invoice · _total, and 3",
    WORDPIECE: "`getUserName` became 3 tokens: get · ##user · ##name, and 3 of 5 words here are one token",
    "word": "Each word and each sign is one token: 8 here, 8 of them different.",
    "character": "No name is unknown, but `recalculated_invoice_total` alone costs 26 tokens.",
}


@pytest.mark.parametrize("name", LESSONS)
def test_the_lesson_speaks_of_this_text(costs: TextCosts, name: str) -> None:
    (view,) = view_of(costs, NAMES, name)
    assert LESSONS[name] in view.lesson


@pytest.mark.parametrize("text", ["\ud800", "\x1b\0", "\u0301", "a \u0301\u0301", "_", "\ufeff", "٣"])
def test_there_is_a_lesson_for_what_is_hardly_a_word(tokenizers: list[Tokenizer], text: str) -> None:
    for tokenizer in tokenizers:
        assert lesson(CutText.by(tokenizer, text)).endswith(".")


def test_there_is_a_lesson_for_every_strategy(tokenizers: list[Tokenizer]) -> None:
    assert {tokenizer.strategy for tokenizer in tokenizers} == set(Strategy)
    said = {lesson(CutText.by(tokenizer, NAMES)).split(". ", 1)[-1] for tokenizer in tokenizers}
    assert len(said) == len(tokenizers)
    assert as_text(b"\xe6\xbc") == "E6 BC"
