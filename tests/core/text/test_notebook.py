"""Lines of cells in the JSON of a notebook, and what somebody wrote there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from semlens.core.text.notebook import span_in_notebook, written_lines
from semlens.types import Span

CELLS: list[dict[str, Any]] = [
    {"cell_type": "markdown", "source": ["# Prices\n", "How goods are priced."]},
    {"cell_type": "code", "source": []},
    {"cell_type": "code", "source": ["def cost(weight):\n", '    return "ü" * weight\n']},
    {"cell_type": "code", "source": "def refund(order):\n    return order.total"},
]
COST = 'def cost(weight):\n    return "ü" * weight\n'


def notebook(indent: int | None) -> str:
    return json.dumps({"cells": CELLS, "metadata": {}, "nbformat": 4}, indent=indent)


@pytest.mark.parametrize("indent", [1, 2, None])
def test_what_somebody_wrote_is_told_from_its_json(indent: int | None) -> None:
    written = [text for _, text in written_lines(notebook(indent)) if text]
    code = [
        "# Prices",
        "How goods are priced.",
        *COST.splitlines(),
        "def refund(order):",
        "    return order.total",
    ]
    assert [line for line in written if line in code] == code


def test_rows_are_those_of_the_json() -> None:
    lines = notebook(1).split("\n")
    rows = [row for row, text in written_lines("\n".join(lines)) if text == "def cost(weight):"]
    assert [lines[row].strip() for row in rows] == ['"def cost(weight):\\n",']


@pytest.mark.parametrize(
    ("cell", "span", "shown"),
    [
        (COST, Span(1, 2), ['"source": [', "]"]),
        (COST, Span(2, 2), ['"    return \\"\\u00fc\\" * weight\\n"'] * 2),
        (COST.rstrip(), Span(1, 1), ['"def cost(weight):\\n",'] * 2),
        ("def refund(order):\n    return order.total", Span(2, 2), None),
        ("# Prices\nHow goods are priced.", Span(2, 2), ['"How goods are priced."'] * 2),
    ],
)
def test_lines_of_a_cell_are_found_in_the_json(cell: str, span: Span, shown: list[str] | None) -> None:
    lines = notebook(1).split("\n")
    found = span_in_notebook("\n".join(lines), cell, span)
    assert found is not None
    first, last = lines[found.start - 1].strip(), lines[found.end - 1].strip()
    assert [first, last] == shown if shown else first == last and first.startswith('"source": "def refund')


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": 3}', notebook(1)])
def test_a_cell_that_is_not_there_has_no_lines(text: str) -> None:
    assert span_in_notebook(text, "x = 1", Span(1, 1)) is None
