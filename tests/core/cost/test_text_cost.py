"""What a text and its definitions cost, and when the embedding model does not see all of a text."""

from __future__ import annotations

import pytest

from semlens.core.cost.definitions import Definitions
from semlens.core.cost.text import TextCosts
from semlens.core.cost.types import Part, Source
from semlens.core.text.tokenizers.library import TokenizerLibrary
from semlens.settings import DEFAULT_MODEL
from semlens.types import Span

CODE = """import functools

# A comment.
@functools.cache
def cached(
    value,
):
    return value


class Store:
    def get(self, key):
        return self.items[key]
"""


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> TextCosts:
    return TextCosts(TokenizerLibrary(tmp_path_factory.mktemp("tokenizers")))


def source(text: str, language: str = "text") -> Source:
    return Source(text, language, DEFAULT_MODEL, ("o200k_base", "cl100k_base"))


def lines(first: int, last: int) -> str:
    return "\n".join(CODE.split("\n")[first - 1 : last])


def test_a_text_is_counted_in_every_tokenizer_asked_for(costs: TextCosts) -> None:
    cost = costs.of(source("hello world"))
    assert [(count.tokenizer, count.tokens, count.limit) for count in cost.counts] == [
        ("all-MiniLM-L6-v2", 2, 254),
        ("o200k_base", 2, None),
        ("cl100k_base", 2, None),
    ]


@pytest.mark.parametrize(
    ("text", "chunks", "truncated"),
    [
        ("", 0, False),
        ("word " * 3_000, 12, False),  # One line, in as many parts as it needs.
        ("word " * 20_000, 64, True),  # One line that is longer than all its parts.
        ("word\n" * 20_000, 79, False),
    ],
)
def test_only_a_line_longer_than_all_its_parts_is_truncated(
    costs: TextCosts, text: str, chunks: int, truncated: bool
) -> None:
    cost = costs.of(source(text))
    assert (cost.chunks, cost.truncated) == (chunks, truncated)


def test_a_part_is_in_the_chunks_of_its_lines_alone(costs: TextCosts) -> None:
    text = "word " * 20_000 + "\nlast line"
    cost = costs.of(source(text), Part("last line", Span(2, 2)))
    assert [count.tokens for count in cost.counts] == [2, 2, 2]
    assert (cost.chunks, cost.truncated) == (1, False)


def test_a_tokenizer_that_is_not_there_costs_its_own_count(costs: TextCosts) -> None:
    asked = Source("hello world", "text", DEFAULT_MODEL, ("no_such", "deepseek", "word"))
    _, unknown, absent, words = costs.of(asked).counts
    assert (unknown.tokens, absent.tokens, words.tokens, words.problem) == (0, 0, 2, "")
    assert "no_such" in unknown.problem
    assert "semlens tokenizers get deepseek" in absent.problem


@pytest.mark.parametrize(
    ("line", "column", "name", "header", "span"),
    [
        (3, 3, "cached", Span(4, 7), Span(4, 8)),
        (4, 5, "cached", Span(4, 7), Span(4, 8)),
        (10, 7, "Store", Span(11, 11), Span(11, 13)),
        (11, 9, "Store.get", Span(12, 12), Span(12, 13)),
    ],
)
def test_the_definition_at_a_position(
    costs: TextCosts, line: int, column: int, name: str, header: Span, span: Span
) -> None:
    code = source(CODE, "python")
    found = Definitions(costs).at(code, line, column)
    assert found is not None
    assert (found.name, found.header, found.span) == (name, header, span)
    assert found.cost == costs.of(code, Part(lines(span.start, span.end), span))


def test_there_is_no_definition_in_a_body_or_in_plain_text(costs: TextCosts) -> None:
    definitions = Definitions(costs)
    assert definitions.at(source(CODE, "python"), 7, 5) is None
    assert definitions.at(source(CODE), 4, 5) is None


def test_the_innermost_definition_around_a_line(costs: TextCosts) -> None:
    definitions = Definitions(costs)
    code = source(CODE, "python")
    assert definitions.around(code, 12) == Span(12, 13)
    assert definitions.around(code, 10) == Span(11, 13)
    assert definitions.around(code, 0) is None


@pytest.mark.parametrize("model", ["no-such-model", "/nowhere/model", "ORG/never-downloaded"])
def test_without_its_model_a_text_is_counted_by_the_others(costs: TextCosts, model: str) -> None:
    own, billed, unknown = costs.of(Source(CODE, "python", model, ("o200k_base", "no_such"))).counts
    assert own.problem and own.unknown and own.tokenizer == model
    assert billed.tokens > 0 and not billed.problem
    assert unknown.unknown and "no_such" in unknown.problem
    at = Definitions(costs).at(Source(CODE, "python", model, ("o200k_base",)), 4, 5)
    assert at is not None and at.cost.counts[1].tokens > 0
    assert costs.tokenizer("o200k_base", model).count("a") == 1
    assert next(iter(costs.choices(model))).name == "o200k_base"


def test_a_tokenizer_that_is_not_here_is_not_unknown(costs: TextCosts) -> None:
    _, absent = costs.of(Source("a b", "text", DEFAULT_MODEL, ("deepseek",))).counts
    assert absent.problem and not absent.unknown
