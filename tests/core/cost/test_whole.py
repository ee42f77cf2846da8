"""Hits as passages of whole definitions: each line once, with the imports that they need, by rank."""

from __future__ import annotations

import pytest

from semlens.core.cost.around import ParsedFile, parse_file
from semlens.core.cost.whole import Asked, Whole, whole_passages
from semlens.core.pack.packer import pack
from semlens.core.pack.types import Limits, Surroundings
from semlens.types import Hit, Reason, RelativePath

TEXTS = {
    "shop/cart.py": (
        "import json\nfrom decimal import Decimal\n\n\nclass Cart:\n    def total(self):\n"
        "        first = Decimal(0)\n        second = first\n        return second\n\n"
        "    def saved(self):\n        return json.dumps(self.rows)\n"
    ),
    "shop/money.go": (
        'package money\n\nimport (\n\t"fmt"\n\t"os"\n)\n\n'
        "func Print(cents int) {\n\tfmt.Println(cents)\n\tfmt.Println()\n}\n"
    ),
    "read.py": (
        "import json\n\n\ndef one():\n    return json.loads('1')\n\n\n"
        "def two():\n    return json.loads('2')\n"
    ),
    "notes.txt": "one\ntwo\nthree\nfour\n",
}
FILES = {path: parse_file(RelativePath(path), text) for path, text in TEXTS.items()}


def hit(path: str, first: int, last: int, stale: bool = False) -> Hit:
    lines = TEXTS.get(path, "gone\n" * last).split("\n")[first - 1 : last]
    reasons = (Reason("lexical", 1.0),)
    return Hit(
        RelativePath(path), first, last, 1.0, "", None, "\n".join(lines), stale, reasons, folder="/work"
    )


def file_of(one: Hit) -> ParsedFile | None:
    return FILES.get(one.path)


def wholes(*hits: Hit, tokens: int = 2000) -> list[Whole]:
    asked = Asked({"decimal"}, tokens, lambda one: one.path, lambda text: text)
    return whole_passages(hits, file_of, asked)


def shown(one: Whole) -> list[str]:
    passage = one.passage
    rows = (*range(passage.imported), *passage.own_rows)
    return [f"{passage.number(row)} {passage.lines[row]}" for row in rows if passage.lines[row].strip()]


def test_a_definition_is_whole_with_the_imports_that_it_needs_and_their_numbers() -> None:
    (one,) = wholes(hit("shop/cart.py", 7, 7))
    assert one.passage.place == "shop/cart.py:6-9"
    assert one.passage.symbol == "method Cart.total"
    assert shown(one)[:2] == ["2 from decimal import Decimal", "6     def total(self):"]
    assert len(shown(one)) == 5


def test_a_line_of_a_group_of_imports_is_one() -> None:
    (one,) = wholes(hit("shop/money.go", 9, 9))
    assert shown(one)[:2] == ['4 import "fmt"', "8 func Print(cents int) {"]


def test_hits_in_one_definition_are_one_passage() -> None:
    first, second = wholes(
        hit("shop/cart.py", 8, 9), hit("shop/money.go", 8, 11), hit("shop/cart.py", 6, 7, stale=True)
    )
    assert (first.hits, second.hits) == ((0, 2), (1,))
    assert first.passage.stale and not second.passage.stale


def test_a_class_that_fits_has_its_methods_and_a_large_one_is_shown_without_them() -> None:
    hits = (hit("shop/cart.py", 6, 9), hit("shop/cart.py", 5, 12))
    (whole,) = wholes(*hits)
    assert whole.hits == (0, 1) and whole.passage.place == "shop/cart.py:5-12"
    method, rest = wholes(*hits, tokens=60)
    assert method.passage.place == "shop/cart.py:6-9"
    assert [line for line in shown(rest) if "class Cart" in line or "saved" in line] == shown(rest)[1:3]
    assert not {*shown(method)} & {*shown(rest)}


def test_imports_that_two_of_a_file_need_are_shown_once() -> None:
    first, second = wholes(hit("read.py", 9, 9), hit("read.py", 5, 5))
    assert shown(first) == ["1 import json", "8 def two():", "9     return json.loads('2')"]
    assert shown(second) == ["4 def one():", "5     return json.loads('1')"]


@pytest.mark.parametrize("gone", ["gone.py", "shop/none.go"])
def test_a_file_that_cannot_be_read_and_one_that_is_shorter_now_keep_their_hits(gone: str) -> None:
    first, second, third = wholes(hit(gone, 3, 4), hit("notes.txt", 2, 3), hit("notes.txt", 90, 90))
    assert [one.passage.place for one in (first, second, third)] == [
        f"{gone}:3-4",
        "notes.txt:2-3",
        "notes.txt:90-90",
    ]


def test_hits_behind_the_budget_are_passages_as_they_are() -> None:
    found = wholes(hit("shop/cart.py", 7, 7), hit("shop/money.go", 9, 9), tokens=1)
    assert [one.passage.place for one in found] == ["shop/cart.py:6-9", "shop/money.go:9-9"]


def test_imports_come_with_the_whole_code_and_not_with_its_place() -> None:
    passages = [one.passage for one in wholes(hit("shop/cart.py", 7, 7), hit("shop/money.go", 9, 9))]
    whole = pack(passages, Surroundings("/work", 2), Limits(400, 10, "code"), len)
    assert "2 from decimal import Decimal" in whole.text
    place = pack(passages, Surroundings("/work", 2), Limits(400, 10, "place"), len)
    assert "import" not in place.text and "6     def total(self):" in place.text
