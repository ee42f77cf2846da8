"""Code for a prompt: whole definitions first, then signatures, never over the budget, and a receipt."""

from __future__ import annotations

import random
import re

import pytest

from semlens.core.pack.context import pack_context
from semlens.core.pack.imports import imports_of
from semlens.core.pack.pieces import Piece, Shown
from semlens.core.text.tokenizers.byte_pair import BytePairTokenizer

COUNT = BytePairTokenizer("o200k_base").count


def piece(name: str, rows: int, path: str = "", start: int = 10, **fields: object) -> Piece:
    lines = (f"def {name}(one, two):", *(f"    total_{row} = one + {row}" for row in range(rows)))
    return Piece(path or f"{name}.py", "python", start, lines, (0,), f"function {name}", **fields)  # type: ignore[arg-type]


def test_what_fits_is_whole_with_its_path_and_its_lines() -> None:
    context = pack_context([piece("add", 2)], 500, COUNT)
    assert context.text == (
        "### add.py:10-12 · function add\n\n```python\n"
        "def add(one, two):\n    total_0 = one + 0\n    total_1 = one + 1\n```\n"
    )
    assert context.tokens == COUNT(context.text)
    assert [part.shown for part in context.parts] == [Shown.WHOLE]


def test_whole_ones_come_first_then_signatures_then_a_receipt() -> None:
    pieces = [piece("small", 2), piece("large", 400), piece("other", 2), piece("huge", 4000)]
    context = pack_context(pieces, 260, COUNT)
    assert [part.shown for part in context.parts][::2] == [Shown.WHOLE, Shown.WHOLE]
    assert context.parts[1].shown in (Shown.SIGNATURE, Shown.PART)
    assert re.search(r"def large\(one, two\):\n(    total.*\n)*    … \d+ lines", context.text)
    short = pack_context(pieces, 120, COUNT)
    left_out = [one.name for one, part in zip(pieces, short.parts, strict=True) if part.shown is Shown.NONE]
    assert left_out
    assert "Left out for want of room" in short.text


def test_the_first_piece_takes_what_it_needs_before_others() -> None:
    context = pack_context([piece("small", 2), piece("mine", 400, first=True)], 300, COUNT)
    assert context.text.startswith("### mine.py:10-410")
    assert context.parts[1].shown is Shown.PART
    assert context.tokens >= 270


@pytest.mark.parametrize("budget", [200, 202, 230, 300, 500])
@pytest.mark.parametrize("long_row", [1, 2, 5])
def test_a_line_that_is_too_long_makes_way_for_shorter_ones(budget: int, long_row: int) -> None:
    plain = piece("large", 400)
    lines = [*plain.lines]
    lines[long_row:long_row] = [f"    words = {' '.join(f'word_{one}' for one in range(200))!r}"]
    context = pack_context(
        [piece("small", 2), Piece("a.py", "python", 1, tuple(lines), (0,), "function large")], budget, COUNT
    )
    assert 0.9 * budget <= context.tokens <= budget
    assert "words =" not in context.text
    assert "… 1 line\n" in context.text


def test_a_class_that_fits_holds_its_methods_and_another_is_shown_without_them() -> None:
    lines = (
        "class Cart:",
        "    def total(self):",
        "        return 1",
        "",
        "    def add(self):",
        "        pass",
    )
    cart = Piece("cart.py", "python", 1, lines, (0, 1, 4), "class Cart")
    total = Piece("cart.py", "python", 2, lines[1:3], (0,), "method Cart.total")
    both = pack_context([total, cart], 400, COUNT)
    assert both.text.count("def total") == 1
    assert both.text.startswith("### cart.py:1-6")
    assert {part.shown for part in both.parts} == {Shown.WHOLE}
    apart = pack_context([total, cart], 50, COUNT)
    assert apart.text.count("def total") == 1
    assert apart.text.startswith("### cart.py:2-3")


def test_imports_stand_before_the_code_that_needs_them_once_a_file() -> None:
    file = ["import os", "import re", "from math import (", "    pi,", "    tau,", "    sin,", ")"]
    imports = imports_of(file)
    one = Piece(
        "a.py",
        "python",
        20,
        (
            "def f():",
            "    return os.sep * tau",
        ),
        (0,),
        "",
        imports,
    )
    two = Piece(
        "a.py",
        "python",
        30,
        (
            "def g():",
            "    return os.sep",
        ),
        (0,),
        "",
        imports,
    )
    text = pack_context([one, two], 500, COUNT).text
    assert "```python\nimport os\nfrom math import (\n    tau,\n)\n\ndef f():" in text
    assert text.count("import os") == 1
    assert "import re" not in text


@pytest.mark.parametrize("code", ["a ``` b", "````"])
def test_a_fence_is_longer_than_those_in_the_code(code: str) -> None:
    text = pack_context([Piece("a.md", "markdown", 1, (code,), (0,))], 500, COUNT).text
    fences = re.findall(r"^`+", text, re.MULTILINE)
    assert len(fences[0]) > max(len(run) for run in re.findall("`+", code))


@pytest.mark.parametrize("seed", range(40))
def test_no_budget_is_exceeded_and_each_is_filled_if_there_is_enough(seed: int) -> None:
    chance = random.Random(seed)
    letters = "ab c_dé漢😀 \t(){}=.+'`#1"
    pieces = [
        Piece(
            f"src/{chance.randrange(6)}.py",
            "python",
            chance.randint(1, 300),
            tuple(
                "".join(chance.choices(letters, k=chance.randint(0, 60)))
                for _ in range(chance.randint(1, 60))
            ),
            (0,),
            first=chance.random() < 0.05,
        )
        for _ in range(chance.randint(1, 30))
    ]
    budget = chance.choice([1, 20, 200, 700, 3000, 20_000])
    context = pack_context(pieces, budget, COUNT)
    assert COUNT(context.text) == context.tokens <= budget
    if budget >= 200 and any(part.shown is Shown.NONE and part.whole_tokens for part in context.parts):
        assert context.tokens >= 0.9 * budget
