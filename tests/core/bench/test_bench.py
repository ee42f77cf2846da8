"""Queries from docstrings: which docstrings give one, and the file without its documentation."""

from __future__ import annotations

import pytest

from semlens.core.bench.docstring_queries import (
    DocstringQuery,
    blank_out,
    queries_of,
    query_text,
    unambiguous,
)
from semlens.core.chunk import documented_definitions
from semlens.types import RelativePath

PYTHON = '''import time

# Waits a little longer after every failure,
# and gives up in the end.
def back_off(tries):
    for number in range(tries):
        time.sleep(2**number)


class Basket:
    """Things that somebody wants to buy. They are kept in order."""

    def total(self):
        """Add up the prices of all that is in it.

        Args:
            none at all
        """
        return sum(self.prices)

    def empty(self):
        """Do nothing that anybody could ever ask for."""

    def short(self): """One line with code beside it here"""; return 1
'''


def queries(text: str, language: str, path: str = "shop/basket.py") -> list[DocstringQuery]:
    return queries_of(RelativePath(path), documented_definitions(text, language))


@pytest.mark.parametrize(
    ("docstring", "name", "question"),
    [
        ("Sends mail to everybody on the list. Then stops.", "send", "Sends mail to everybody on the list"),
        ("Backoff waits longer after every try.", "Backoff", "waits longer after every try"),
        ("Load a model from the disk", "load", "Load a model from the disk"),
        ("Calls parse_date for each of the rows.", "parse_date", None),
        ("Too short.", "f", None),
        ("x = y[0] + {z: 1} -> w(3) // end", "f", None),
        ("Returns:\nThe mean of all the values", "mean", "The mean of all the values"),
        ("@param x the first of them all", "f", None),
        (
            "<summary>\nTurns the page over to the next one.\n</summary>",
            "f",
            "Turns the page over to the next one",
        ),
        (
            "Opens {@link Door the door} with a `key` in [hand](x.md).",
            "f",
            "Opens Door the door with a key in hand",
        ),
        ("Goes on over\ntwo lines of text. Ends", "f", "Goes on over two lines of text"),
        ("", "f", None),
    ],
)
def test_the_first_sentence_is_the_question(docstring: str, name: str, question: str | None) -> None:
    assert query_text(docstring, name) == question


def test_documented_functions_with_code_are_asked_for() -> None:
    found = queries(PYTHON, "python")
    assert [(item.text, item.start_line) for item in found] == [
        ("Waits a little longer after every failure, and gives up in the end", 5),
        ("Add up the prices of all that is in it", 13),
    ]
    assert queries(PYTHON, "python", "tests/test_basket.py") == []


def test_every_docstring_is_left_out_and_no_line_moves() -> None:
    found = documented_definitions(PYTHON, "python")
    rest = blank_out(PYTHON, (line for item in found for line in item.lines))
    assert rest.count("\n") == PYTHON.count("\n")
    for words in ("Waits", "gives up", "somebody", "Add up", "none at all", "anybody"):
        assert words not in rest
    assert "return sum(self.prices)" in rest
    kept = [(one.symbol.name, one.symbol.start_line) for one in documented_definitions(rest, "python")]
    assert kept == [(one.symbol.name, one.symbol.start_line) for one in found]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("go", "package p\n\n// Send gives the letter to whoever is there.\nfunc Send() {\n\treturn\n}\n"),
        ("rust", "/// Gives the letter to whoever is there.\nfn send() {\n    go();\n}\n"),
        ("java", "class P {\n  /**\n   * Gives the letter to whoever is there.\n   * @return it\n   */\n"
         "  int send() {\n    return 1;\n  }\n}\n"),
        ("javascript", "/** Gives the letter to whoever is there. */\nfunction send() {\n  go();\n}\n"),
        ("ruby", "# Gives the letter to whoever is there.\ndef send\n  go\nend\n"),
    ],
)  # fmt: skip
def test_comments_above_a_definition_document_it_in_any_language(language: str, text: str) -> None:
    (found,) = queries(text, language, "post.src")
    assert found.text.lower() == "gives the letter to whoever is there"
    lines = (line for item in documented_definitions(text, language) for line in item.lines)
    assert "letter" not in blank_out(text, lines)


def test_a_question_that_several_definitions_answer_is_not_asked() -> None:
    one, other = (
        DocstringQuery("Do it", RelativePath("a"), 1, 2),
        DocstringQuery("do it", RelativePath("b"), 1, 2),
    )
    alone = DocstringQuery("Do that", RelativePath("a"), 5, 6)
    assert unambiguous([one, other, alone]) == [alone]
