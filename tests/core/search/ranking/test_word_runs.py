"""How far a chunk's text speaks for being what a query has copied."""

from __future__ import annotations

from collections import defaultdict

import pytest

from semlens.core.query.literal import literal_text, placed_terms
from semlens.core.search.ranking.alignment import align
from semlens.core.search.ranking.word_runs import holds, strengths

BITS: defaultdict[str, float] = defaultdict(lambda: 4.0)
ONCE = 10.0


def strength(query: str, *texts: str) -> list[float]:
    return list(strengths(literal_text(query), dict(enumerate(texts)), BITS, ONCE).values())


def test_words_in_order_align_over_what_was_filled_in() -> None:
    words = placed_terms("retrying in 30 seconds after reset")
    weights = {word.term: 4.0 for word in words}
    text = [word.term for word in placed_terms("retrying in {} seconds after {}")]
    assert align(words, text, weights).words == 4
    assert align(words, text[::-1], weights).words < 4


def test_a_message_as_it_stands_is_stronger_than_one_filled_in_and_than_its_words_apart() -> None:
    query = "buffer of 4096 bytes is too small"
    whole, filled, apart = strength(
        query,
        'panic!("buffer of 4096 bytes is too small")',
        'panic!("buffer of {} bytes is too small")',
        'buffer; small; "bytes of it"; of; too',
    )
    assert whole > filled > apart == 0


def test_a_message_in_many_places_speaks_less_for_each() -> None:
    once = strength("no such host", 'err("no such host")', "other")[0]
    often = strength("no such host", *['err("no such host")'] * 4)
    assert max(often) < once


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("30000", "static final long TIMEOUT_MS = 30000L;"),
        ("86400", "const DAY: u32 = 86_400;"),
        ("86_400", "DAY = 86400"),
        ("0b10101010", "mask = 0b1010_1010u8"),
        ("0xFF", "mask = 0xffUL;"),
    ],
)
def test_a_number_stands_there_in_any_spelling(number: str, text: str) -> None:
    assert holds(text, [number])
    assert not holds(text.replace("0", "07"), [number])


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("客户", "// 发送邮件给客户"),
        ("银行卡", "// 校验银行卡号是否有效"),
        ("メール", "# 顧客にメールを送る"),
        ("배송", "// 배송비를 계산한다"),
        ("ส่งอีเมล", "# ส่งอีเมลถึงลูกค้า"),
    ],
)
def test_a_word_of_a_script_without_spaces_stands_within_a_run(word: str, text: str) -> None:
    assert holds(text, [word])
    assert not holds(text.replace(word, word[::-1]), [word])


def test_pieces_stand_in_a_text_whole() -> None:
    assert holds('say("No  such\\nhost")', ["no such host"])
    assert holds('say("he said \\"no\\"")', ['he said "no"'])
    assert not holds('say("no such hostname")', ["no such host"])
    assert not holds("no such host", ["no such host", "at all"])
