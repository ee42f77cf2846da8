"""How far a chunk's text speaks for being what a query has copied."""

from __future__ import annotations

from collections import defaultdict

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


def test_pieces_stand_in_a_text_whole() -> None:
    assert holds('say("No  such\\nhost")', ["no such host"])
    assert holds('say("he said \\"no\\"")', ['he said "no"'])
    assert not holds('say("no such hostname")', ["no such host"])
    assert not holds("no such host", ["no such host", "at all"])
