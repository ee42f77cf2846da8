"""Packing: never over the budget, filled when there is more, the best hits first.

The tokenizer is the oracle; `tests/core/text/test_tokens.py` holds it together with tiktoken.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semlens.core.pack.packer import pack
from semlens.core.pack.types import MIN_TOKENS, Limits, Passage, Surroundings
from semlens.core.text.tokenizers.byte_pair import BytePairTokenizer
from semlens.errors import UsageError
from semlens.types import Detail

COUNT = BytePairTokenizer("o200k_base").count
FILLED = 0.85

CODE = """def total_price(items, discount):
    \"\"\"Sum the prices of all items, less the discount.\"\"\"

    if not items:
        raise ValueError("the cart is empty")
    total = sum(item.price for item in items)
    logger.debug("total %s before discount %s", total, discount)
    return total * (1 - discount)
""".splitlines()


def compact(value: Any) -> str:
    """As a host hands structured content to its model."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def passages(count: int, repeats: int = 1, around: int = 0) -> list[Passage]:
    """`count` passages of `repeats` times the code; `around` is how often it stands after them."""
    return [
        Passage(
            id=f"id{number}",
            path=f"shop/module_{number}/cart.py",
            start_line=10 * number + 1,
            lines=tuple(CODE * (repeats + around)),
            below=len(CODE) * around,
            symbol="function total_price",
            why="words, meaning",
            header=(0,),
            telling=(5, 7),
        )
        for number in range(count)
    ]


lines = st.text(
    st.characters(codec="utf-8", exclude_characters="\n\r") | st.sampled_from("  \t(){}→é漢😀"), max_size=200
)


@st.composite
def random_passages(draw: st.DrawFn) -> list[Passage]:
    found = []
    for number in range(draw(st.integers(0, 12))):
        text = tuple(draw(st.lists(lines, min_size=1, max_size=20)))
        rows = st.integers(0, len(text) - 1)
        above = draw(st.integers(0, len(text) - 1))
        found.append(
            Passage(
                id=str(number),
                path=draw(lines),
                start_line=draw(st.integers(1, 10**6)),
                lines=text,
                above=above,
                below=draw(st.integers(0, len(text) - 1 - above)),
                symbol=draw(lines),
                why=draw(lines),
                stale=draw(st.booleans()),
                name_row=draw(rows),
                header=tuple(draw(st.sets(rows, max_size=4))),
                telling=tuple(draw(st.sets(rows, max_size=6))),
            )
        )
    return found


@given(
    random_passages(),
    st.integers(MIN_TOKENS, 3000),
    st.integers(1, 15),
    st.sampled_from(["auto", "place", "brief", "code"]),
    st.lists(lines, max_size=3),
    lines,
)
def test_neither_form_is_ever_over_the_budget(
    found: list[Passage], budget: int, most: int, detail: Detail, notes: list[str], root: str
) -> None:
    around = Surroundings(root, len(found), "k1", tuple(notes))
    packed = pack(found, around, Limits(budget, most, detail), COUNT)
    assert packed.tokens == COUNT(packed.text) <= budget
    assert COUNT(compact(packed.structured)) <= budget
    assert len(packed.shown) <= most
    assert list(packed.shown) == [passage.id for passage in found][: len(packed.shown)]
    assert packed.rest == len(found) - len(packed.shown)


@pytest.mark.parametrize("budget", [150, 300, 500, 1000, 2000, 4000])
@pytest.mark.parametrize("detail", ["auto", "code"])
@pytest.mark.parametrize("repeats", [1, 5, 20])
def test_the_budget_is_filled_when_there_is_more(budget: int, detail: Detail, repeats: int) -> None:
    found = passages(40, repeats, around=1)
    packed = pack(found, Surroundings("/work", 60, "k1"), Limits(budget, 40, detail), COUNT)
    assert FILLED * budget <= packed.tokens <= budget
    assert FILLED * budget <= COUNT(compact(packed.structured)) <= budget


def test_what_fits_is_shown_whole() -> None:
    packed = pack(passages(2), Surroundings("/work", 2), Limits(2000), COUNT)
    assert [len(result["lines"]) for result in packed.structured["results"]] == [7, 7]
    assert packed.rest == 0
    assert "cursor" not in packed.structured


def test_lines_carry_their_numbers_and_blank_ones_are_left_out() -> None:
    packed = pack(passages(2)[1:], Surroundings("/work", 1), Limits(2000), COUNT)
    shown = packed.structured["results"][0]
    assert shown["place"] == "shop/module_1/cart.py:11-18"
    assert shown["lines"][:3] == [f"{11 + row} {CODE[row]}" for row in (0, 1, 3)]
    assert all(line in packed.text.split("\n") for line in shown["lines"])


def test_stages_shorten_from_code_to_place() -> None:
    by_detail = {
        detail: pack(passages(1), Surroundings("", 1), Limits(2000, detail=detail), COUNT)
        for detail in ("code", "brief", "place")
    }
    shown = {name: packed.structured["results"][0]["lines"] for name, packed in by_detail.items()}
    assert len(shown["code"]) == 7
    assert shown["brief"] == [f"{row + 1} {CODE[row]}" for row in (0, 5, 7)]
    assert shown["place"] == [f"1 {CODE[0]}"]
    for name, packed in by_detail.items():
        assert packed.text.split("\n")[1 : 1 + len(shown[name])] == shown[name]
        assert "\n\n1 of 1 shown." in packed.text


def test_later_passages_are_named_before_the_first_one_takes_all() -> None:
    packed = pack(passages(5, repeats=50), Surroundings("/work", 5), Limits(500), COUNT)
    assert len(packed.shown) >= 3
    first, *others = (len(result["lines"]) for result in packed.structured["results"])
    assert first >= max(others)


def test_lines_around_a_passage_fill_what_is_left() -> None:
    found = [Passage("id", "a.py", 1, tuple(CODE * 3), above=9, below=8, header=(9,), name_row=9)]
    small = pack(found, Surroundings("", 1), Limits(140), COUNT)
    large = pack(found, Surroundings("", 1), Limits(400), COUNT)
    assert small.structured["results"][0]["place"] == large.structured["results"][0]["place"]
    assert len(large.structured["results"][0]["lines"]) > 7


def test_counts_of_the_rest_and_the_cursor_stand_in_both_forms() -> None:
    packed = pack(passages(9), Surroundings("/work", 41, "k7", ("A note.",)), Limits(3000, 3), COUNT)
    assert packed.structured["shown"] == 3
    assert packed.structured["found"] == 41
    assert packed.structured["cursor"] == "k7"
    assert packed.structured["notes"] == ["A note."]
    assert packed.text.startswith("root /work\n")
    assert "3 of 41 shown. cursor k7" in packed.text
    assert packed.text.endswith("A note.")


def test_a_place_that_alone_is_too_long_becomes_one_sentence() -> None:
    found = [Passage("id", "deep/" * 200, 1, ("x",))]
    packed = pack(found, Surroundings("/root" * 50, 1), Limits(MIN_TOKENS), COUNT)
    assert packed.text == "Nothing fits: ask for more tokens."
    assert packed.shown == ()
    assert packed.rest == 1


def test_a_budget_without_room_for_a_sentence_is_refused() -> None:
    with pytest.raises(UsageError, match="too few"):
        pack(passages(1), Surroundings(), Limits(3), COUNT)


def test_a_very_long_line_is_cut_off() -> None:
    found = [Passage("id", "data.json", 1, ("x = " + "[1, 2], " * 5000,))]
    packed = pack(found, Surroundings("", 1), Limits(1000), COUNT)
    assert packed.structured["results"][0]["lines"][0].endswith(" …")


def test_a_long_line_does_not_keep_shorter_ones_out() -> None:
    text = (
        "def total():",
        "    names = [" + "'a name', " * 60 + "]",
        *(f"    step_{n} = {n}" for n in range(40)),
    )
    found = [Passage("id", "a.py", 1, text)]
    packed = pack(found, Surroundings("", 1), Limits(150), COUNT)
    assert packed.tokens >= FILLED * 150
    assert any("step_3" in line for line in packed.structured["results"][0]["lines"])
