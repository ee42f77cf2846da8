"""What a query's text says: its kind, filters, names, words and wishes."""

from __future__ import annotations

from pathlib import Path

import pytest

from semlens.core.files.role import Role
from semlens.core.query.query import Origin, Query, QueryKind, parse_query, parse_similar
from semlens.errors import UsageError
from semlens.types import RelativePath, Scope, Span

ORIGIN = Origin(Path("/work"), RelativePath("src/a.py"), Span(3, 9))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("TokenBucket", QueryKind.SYMBOL),
        ("flask.Flask.route", QueryKind.SYMBOL),
        ("std::vector", QueryKind.SYMBOL),
        ("get_user", QueryKind.SYMBOL),
        ("getUser()", QueryKind.SYMBOL),
        ("session", QueryKind.TEXT),
        ("how are routes registered", QueryKind.TEXT),
        ("for x in items:\n    total += price(x)", QueryKind.CODE),
        ("if (a == b) { return f(a); }", QueryKind.CODE),
    ],
)
def test_the_kind_of_a_query(text: str, kind: QueryKind) -> None:
    assert parse_query(text).kind is kind


def test_inline_filters_leave_the_text() -> None:
    query = parse_query('retry path:src/** -path:"old code" lang:python,go kind:symbol')
    assert query.text == "retry" and query.kind is QueryKind.SYMBOL
    assert query.scope.include == ("src/**",) and query.scope.exclude == ("old code",)
    assert query.scope.languages == ("python", "go")


def test_nothing_asked_says_what_to_type() -> None:
    with pytest.raises(UsageError, match="Type what the code does"):
        parse_query("  lang:go ")


def test_neighbouring_words_are_joined_for_the_lexical_tier() -> None:
    weights = parse_query("error handler lookup").bm25_terms
    assert weights["error"] == 1.0 and 0 < weights["errorhandler"] < 1 and 0 < weights["error_handler"] < 1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Circle.area", ("area", "Circle")),
        ("forbidden?", ("forbidden?",)),
        ("escape", ("escape",)),
        ("where is FolderIndex made from open_index", ("FolderIndex", "open_index")),
        ("how are routes registered", ()),
        ("if (areaOf(a) == b) { return f(a); }", ()),
        ("kind:symbol 404", ()),
    ],
)
def test_names_are_those_that_the_query_asks_for_or_mentions(text: str, names: tuple[str, ...]) -> None:
    assert parse_query(text).names == names


def test_only_a_single_identifier_is_a_name() -> None:
    assert parse_query("escape").is_name and parse_query("kind:code escape").is_name
    assert not parse_query("Circle.area").is_name and not parse_query("escape this").is_name


def test_content_words_leave_out_stop_words() -> None:
    assert parse_query("what is in the parser").content_words == ("parser",)


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("unit tests of the parser", {Role.TEST}),
        ("an example of the settings", {Role.EXAMPLE, Role.SETTINGS}),
        ("how are routes registered", set()),
    ],
)
def test_a_query_may_ask_for_a_kind_of_file(text: str, roles: set[Role]) -> None:
    assert parse_query(text).roles == roles


def test_a_query_may_ask_for_versions_and_licences() -> None:
    assert parse_query("how v3 types are parsed").asks_for_version
    assert parse_query("the license of this project").asks_for_licence
    plain = parse_query("how types are parsed")
    assert not plain.asks_for_version and not plain.asks_for_licence


def test_what_is_worked_out_is_worked_out_once_and_does_not_change_the_query() -> None:
    query, other = (parse_query("where is FolderIndex path:src") for _ in range(2))
    assert query.scope_filter is query.scope_filter and query.bm25_terms is query.bm25_terms
    assert query.names is query.names and query.content_words is query.content_words
    assert query == other and hash(query) == hash(other)


def test_similar_code_keeps_its_whole_text_and_the_scope() -> None:
    code = "  total += price(item)\n" * 2000
    query = parse_similar(code, ORIGIN, Scope(languages=("python",)))
    assert query == Query(code, QueryKind.CODE, Scope(languages=("python",)), ORIGIN)
    assert query.names == ()
    with pytest.raises(UsageError):
        parse_similar(" \n", ORIGIN)


def test_lines_overlap_if_they_have_one_in_common() -> None:
    assert Span(3, 9).overlaps(Span(9, 12)) and Span(9, 12).overlaps(Span(3, 9))
    assert not Span(3, 9).overlaps(Span(10, 12)) and not Span(10, 12).overlaps(Span(3, 9))


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (
            "thread panicked at 'Overlapping route. Two handle `GET`'",
            "Overlapping route. Two handle `GET`",
        ),
        ("thread 'main' panicked at 'no such host'", "no such host"),
        ("Uncaught (in promise) TypeError: x is null", "TypeError: x is null"),
        ('Exception in thread "main" java.io.IOException: closed', "java.io.IOException: closed"),
        ("why is a promise uncaught", "why is a promise uncaught"),
        ("'in quotes'", "'in quotes'"),
        ("panic", "panic"),
        ("where does a thread get panicked at 'x'", "where does a thread get panicked at 'x'"),
    ],
)
def test_what_a_runtime_writes_before_a_message_is_not_asked_for(question: str, message: str) -> None:
    assert parse_query(question).text == message
