"""What of a query may have been copied out of the code."""

from __future__ import annotations

import pytest

from semlens.core.query.literal import MAX_DEMANDED, MAX_PIECES, MAX_WORDS, literal_text, placed_terms


@pytest.mark.parametrize(
    ("text", "demanded"),
    [
        ('"no such host"', ("no such host",)),
        ("'no such host'", ("no such host",)),
        ("„kein Platz mehr“", ("kein Platz mehr",)),
        ("`a b` `c d`", ("a b", "c d")),
        ('"he said \\"no\\" twice"', ('he said \\"no\\" twice',)),
        ('"id: "', ("id:",)),
        ("no such host", ()),
        ('error "no such host" in dial', ()),
        ("it's the user's", ()),
        ('""', ()),
        ('"', ()),
    ],
)
def test_only_a_query_that_is_all_quotes_demands_them(text: str, demanded: tuple[str, ...]) -> None:
    assert literal_text(text).demanded == demanded


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("ValueError: no such host", "no such host"),
        ("2026-11-03 08:14:55,201 ERROR [main] no such host", "no such host"),
        ("[12:03:59] worker-3 | no such host", "no such host"),
        ('level=error msg="no such host" path=/api', "no such host"),
        ("main.go:12: dial tcp: no such host", "no such host"),
        ("app.js - no such host", "no such host"),
        ("E1234 in the reader", "E1234"),
        ("why does it need v1.2.17", "1.2.17"),
        ("Traceback:\n  at one.two(x.py:3)\nValueError: no such host", "no such host"),
    ],
)
def test_pieces_begin_where_the_words_of_a_log_end(text: str, piece: str) -> None:
    assert piece in literal_text(text).pieces


def test_numbers_have_one_spelling() -> None:
    def terms(text: str) -> set[str]:
        return {word.term for word in placed_terms(text)}

    assert terms("30_000") & terms("30000") & terms("30'000") & terms("30000L") >= {"30000"}
    assert terms("0xDEAD_BEEF") & terms("0xdeadbeefUL") >= {"0xdeadbeef"}
    assert terms("1.20.3") & terms("v1.20.3") >= {"1.20.3"}


@pytest.mark.parametrize("unit", ['"a b" ', "a: ", "foo\n", "1.2 ", ") - ", "word ", '\\"', "'", "x=1 | "])
def test_a_long_query_costs_little(unit: str) -> None:
    literal = literal_text(unit * (20_000 // len(unit)))
    assert len(literal.words) <= MAX_WORDS
    assert len(literal.pieces) <= max(MAX_PIECES, MAX_DEMANDED)
    assert len(literal.demanded) <= MAX_DEMANDED


def test_of_a_long_query_both_ends_are_read() -> None:
    literal = literal_text("first message\n" + "and so on\n" * 1_000 + "Error: last message")
    terms = [word.term for word in literal.words]
    assert terms[0] == "first" and terms[-2] == "last"
    assert {"first message", "last message"} <= set(literal.pieces)
