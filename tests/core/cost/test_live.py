"""Counts while a text changes: always those of the whole text, whatever was counted before."""

from __future__ import annotations

import random
from itertools import count

import pytest

from semlens.core.cost import live
from semlens.core.cost.live import LiveCounts
from semlens.core.cost.requests import CountLive
from semlens.core.cost.text import TextCosts
from semlens.core.cost.types import Source
from semlens.core.text.tokenizers.library import TokenizerLibrary
from semlens.settings import DEFAULT_MODEL
from support.tokenizer_files import tokenizer_json

BUNDLED = ("o200k_base", "cl100k_base", "word", "character")
PIECES = (
    *("def f(x):\n", "    return x\n", "\n", "\n\n\n", "  \n", "\t\t\n", "};\n", "});\n\n  ", "// a\n"),
    *("/* b */\n", "/", "//", "\r", "é\n", "\u0301", "😀\n", "漢字\n", "\u2028", "\x0c\n", "\x85"),
    *("\u00a0\n", " ", "    ", "1", "12345\n", "a", "I'LL\n", "'s", "[CLS]\n", "<|endoftext|>\n"),
    *("x" * 40, "=" * 50 + "\n", "'\n", "'s\n"),
)
"""What stands around the places where blocks meet."""

revisions = count(1)


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> TextCosts:
    return TextCosts(TokenizerLibrary(tmp_path_factory.mktemp("tokenizers")))


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BLOCK", 64)


def asked(text: str | None, *tokenizers: str, seconds: float = 60.0, revision: int = 0) -> CountLive:
    return CountLive("a", revision or next(revisions), text, DEFAULT_MODEL, tokenizers, seconds)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("seed", range(4))
def test_counts_after_edits_are_those_of_the_whole_text(costs: TextCosts, seed: int) -> None:
    chance = random.Random(seed)
    counts = LiveCounts(costs)
    text = "".join(chance.choices(PIECES, k=300))
    for _ in range(60):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice((0, 0, 1, 3, 40, 400)))
        text = text[:start] + "".join(chance.choices(PIECES, k=chance.choice((0, 1, 1, 5)))) + text[end:]
        found = counts.step(asked(text, *BUNDLED)).counts
        assert found == costs.of(Source(text, "text", DEFAULT_MODEL, BUNDLED)).counts


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize(
    "text", ["", "\n", "/", "\n/", "a\n" * 500, "a" * 5_000, "  a\n" * 200 + "/\n" * 200]
)
def test_texts_with_many_blocks_or_none(costs: TextCosts, text: str) -> None:
    counts = LiveCounts(costs)
    for state in (text, f"x{text}", f"{text}x", text):
        whole = costs.of(Source(state, "text", DEFAULT_MODEL, BUNDLED)).counts
        assert counts.step(asked(state, *BUNDLED)).counts == whole


@pytest.mark.usefixtures("small_blocks")
def test_a_count_goes_on_where_it_stopped(costs: TextCosts) -> None:
    counts = LiveCounts(costs)
    text = "def f(x):\n    return x\n" * 50
    revision = next(revisions)
    found = counts.step(asked(text, "o200k_base", seconds=-1.0, revision=revision))
    assert (found.counts, found.lost) == ((), False)
    found = counts.step(asked(None, "o200k_base", revision=revision))
    assert found.counts == costs.of(Source(text, "text", DEFAULT_MODEL, ("o200k_base",))).counts
    assert counts.step(asked(None, "o200k_base")).lost  # another revision
    assert LiveCounts(costs).step(asked(None, "o200k_base", revision=revision)).lost  # another process


def test_another_model_is_not_mixed_up_with_the_first(costs: TextCosts) -> None:
    counts = LiveCounts(costs)
    first = counts.step(asked("hello", "no_such")).counts
    assert first[0].tokens == 1 and "no_such" in first[1].problem
    other = CountLive("a", next(revisions), "hello", "/no/such/model", ("word",), 60.0)
    broken, word = counts.step(other).counts
    assert broken.problem and word.tokens == 1


@pytest.mark.usefixtures("small_blocks")
def test_a_tokenizer_of_ones_own_counts_the_text_whole(
    costs: TextCosts, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs.library.folder.mkdir(exist_ok=True)
    tokenizer_json(costs.library.folder / "ours.json")
    counts = LiveCounts(costs)
    text = "def put(self, item):\n    return self.items[item]\n" * 20
    for state in (text, f"{text}class Store:\n"):
        found = counts.step(asked(state, "ours")).counts[1]
        assert found.tokens == costs.library.named("ours").count(state)
    monkeypatch.setattr(live, "LARGEST_AT_ONCE", 100)
    assert "too long for ours" in counts.step(asked(text, "ours")).counts[1].problem
