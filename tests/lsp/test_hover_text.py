"""What a hover says: a line or a table, with what is known of each model."""

from __future__ import annotations

import pytest

from semlens.core.cost.types import TextCost, TokenCount
from semlens.lsp.features.hover_text import Subject, details, hover_text, summary
from semlens.settings import Settings, parse

MODEL = TokenCount("all-MiniLM-L6-v2", 300, 254, special=2, window=256)
BILLED = TokenCount("o200k_base", 280, special=0, window=128_000, window_of="GPT-4o")
OWN = TokenCount("ours", 1_200)


def subject(*counts: TokenCount, name: str = "total", chunks: int = 2, truncated: bool = False) -> Subject:
    return Subject("function", name, 12, TextCost(counts, chunks, truncated))


def settings(*tokenizers: str, **others: object) -> Settings:
    found, problems = parse({"tokenizers": list(tokenizers), **others})
    assert problems == []
    return found


def table(text: str) -> list[list[str]]:
    rows = [line for line in text.split("\n") if line.startswith("|")]
    cells = [row.strip("|").replace("&nbsp;", " ").split("|") for row in rows]
    return [[" ".join(cell.split()) for cell in row] for row in cells]


def test_a_table_has_what_is_known_of_each_model() -> None:
    text = details(subject(MODEL, BILLED, OWN), settings("o200k_base", "ours"))
    assert text.split("\n")[0] == "**Semlens** · function `total` · 12 lines"
    assert table(text) == [
        ["tokenizer", "tokens", "special", "of its window"],
        ["---", "---:", "---:", "---:"],
        ["all-MiniLM-L6-v2", "300", "+2", "118% of 256"],
        ["o200k_base", "280", "+0", "0.2% of 128,000 (GPT-4o)"],
        ["ours", "1,200", "", ""],
    ]
    assert text.endswith("all-MiniLM-L6-v2 takes 254 tokens at once: it sees this in 2 pieces.")


def test_what_cannot_be_counted_stands_below_the_table() -> None:
    problem = TokenCount("deepseek", 0, problem="The tokenizer deepseek is not here yet.")
    text = details(subject(MODEL, problem, BILLED), settings("deepseek", "o200k_base"))
    assert [row[0] for row in table(text)[2:]] == ["all-MiniLM-L6-v2", "o200k_base"]
    assert text.endswith("in 2 pieces.\n\nThe tokenizer deepseek is not here yet.")
    assert "12 lines" in text and " 0 " not in text


@pytest.mark.parametrize(
    ("tokens", "price", "shown"),
    [
        (280, 2.5, "0.00070"),
        (1_000_000, 2.5, "2.50"),
        (1, 0.05, "0.000000050"),
        (600_000_000, 15, "9,000.00"),
    ],
)
def test_a_price_has_digits_that_say_something(tokens: int, price: float, shown: str) -> None:
    chosen = settings("o200k_base", tokenPrices={"o200k_base": price})
    rows = table(details(subject(MODEL, TokenCount("o200k_base", tokens)), chosen))
    assert rows[0][-1] == "price" and rows[3][-1] == shown and rows[2][-1] == ""


@pytest.mark.parametrize(
    ("tokens", "share"), [(0, "0.0%"), (3, "< 0.1%"), (399, "4.0%"), (4_000, "40%"), (40_000, "400%")]
)
def test_a_window_of_ones_own_takes_the_place_of_the_documented_one(tokens: int, share: str) -> None:
    chosen = settings("o200k_base", tokenWindows={"o200k_base": 10_000})
    rows = table(
        details(subject(MODEL, TokenCount("o200k_base", tokens, window=128_000, window_of="GPT-4o")), chosen)
    )
    assert rows[3][-1] == f"{share} of 10,000"


def test_a_price_is_found_by_the_name_in_the_settings_too() -> None:
    chosen = settings("/models/own.json", tokenPrices={"/models/own.json": 1})
    assert table(details(subject(MODEL, TokenCount("own.json", 1_000_000)), chosen))[3][-1] == "1.00"


@pytest.mark.parametrize("wrong", [{"o200k_base": "2"}, {"o200k_base": 0}, {"o200k_base": True}, [1], 3])
def test_a_price_that_is_no_number_is_said_once(wrong: object) -> None:
    found, problems = parse({"tokenPrices": wrong})
    assert found.token_prices == {}
    assert problems == ["semlens.tokenPrices must be an object of numbers above 0; the default is used."]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("`ls` [here](command:x)", "`` `ls` [here](command:x) ``"),
        ("a\n\n# b", "`a # b`"),
        ("``", "``` `` ```"),
        ("Map<K, V>", "`Map<K, V>`"),
    ],
)
def test_a_name_is_never_markdown(name: str, shown: str) -> None:
    assert (
        summary(subject(MODEL, BILLED, name=name))
        == f"**Semlens** · function {shown} · 280 tokens (o200k_base)"
    )


def test_the_settings_choose_between_line_and_table() -> None:
    told = subject(MODEL, BILLED, chunks=1)
    assert "\n" not in hover_text(told, settings("o200k_base"))
    assert hover_text(told, settings("o200k_base", hover="full")).endswith("sees it whole.")
