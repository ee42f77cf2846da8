"""Why nothing matches: what was searched and what was not, and one thing to try that helps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from semlens.core.index.folder import FolderIndex
from semlens.core.query.query import parse_query
from semlens.core.search.explain import FolderFacts, facts_of, shortfall
from semlens.types import Coverage, Hit, RelativePath, Scope
from support.opened_index import opened_index

DONE = Coverage(3, 9, 1.0, 1.0, 1.0)
FACTS = FolderFacts("shop", 3, 3)
ELSEWHERE = Hit(RelativePath("a.py"), 1, 2, 1.0, "python", None, "pass", False, ())


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FolderIndex]:
    root = tmp_path_factory.mktemp("shop")
    (root / "refunds.py").write_text("def make_refund(payment):\n    return payment\n")
    (root / "rates.go").write_text("package rates\n\nfunc Postage(w int) int { return w }\n")
    (root / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    with opened_index(root, tmp_path_factory.mktemp("data")) as opened:
        yield opened


def test_the_facts_of_a_folder(index: FolderIndex) -> None:
    facts = facts_of(index, parse_query("lang:go maek a reffund for bananas"))
    assert (facts.files, facts.in_scope) == (2, 1)
    assert facts.unknown == {"maek", "reffund", "bananas"}
    assert facts.alike == {"reffund": "refund"}
    assert sum(facts.left_out.values()) == 1


@pytest.mark.parametrize(
    ("files", "left", "searched"),
    [
        (3, 3, "Searched all 3 files of shop."),
        (1, 1, "Searched the one file of shop."),
        (1_200, 1, "Searched 1 of 1,200 files of shop: those that match lang:go."),
        (277, 0, "No file of shop matches lang:go, so none was searched."),
        (0, 0, "No file of shop can be searched."),
    ],
)
def test_what_was_searched(files: int, left: int, searched: str) -> None:
    facts = FolderFacts("shop", files, left)
    assert shortfall(parse_query("lang:go retry later"), [facts], DONE).searched == searched


def test_a_folder_that_is_not_read_yet_may_get_files() -> None:
    found = shortfall(parse_query("retry"), [FolderFacts("shop", 0, 0)], Coverage())
    assert found.searched == "Nothing is indexed in shop yet."
    assert found.progress == "0% of the code is read so far."


@pytest.mark.parametrize(
    ("question", "scope", "limit", "instead"),
    [
        ("kind:image a chart", Scope(), "kind:image", "a chart"),
        ("is:test lang:go retry", Scope(), "is:test and lang:go", "retry"),
        # A question without its filters would be limited all the same.
        ("lang:go retry", Scope(include=("nothere/**",)), "what the search is limited to", None),
        ("retry", Scope(languages=("klingon",)), "what the search is limited to", None),
        ("retry", Scope(tests=True), "what the search is limited to", None),
    ],
)
@pytest.mark.parametrize("elsewhere", [(), (ELSEWHERE,)])
def test_a_limit_that_leaves_no_file_is_to_be_left_out(
    question: str, scope: Scope, limit: str, instead: str | None, elsewhere: tuple[Hit, ...]
) -> None:
    query, facts = parse_query(question, scope=scope), replace(FACTS, in_scope=0)
    found = shortfall(query, [facts], DONE, elsewhere)
    assert found.searched == f"No file of shop matches {limit}, so none was searched."
    assert found.progress == ""
    assert found.advice == f"Leave out {limit}, or correct the spelling."
    assert found.instead == instead
    few = shortfall(query, [replace(FACTS, in_scope=1)], DONE, (ELSEWHERE,))
    assert few.advice == f"Leave out {limit}: other files match better."
    assert few.instead == instead
    assert few.progress == "All code has been read by both models."
    reading = shortfall(query, [facts], replace(DONE, instant=0.4))
    assert (reading.progress[:3], reading.advice[:9]) == ("40%", "Ask again")


@pytest.mark.parametrize(
    ("left_out", "advice"),
    [({}, "Search a folder that has files."), ({"is binary": 1}, "See which files are left out, and why.")],
)
def test_nobody_waits_for_a_folder_without_files(left_out: dict[str, int], advice: str) -> None:
    empty = FolderFacts("shop", 0, 0, left_out, frozenset({"retry"}))
    found = shortfall(parse_query("retry"), [empty], replace(DONE, files=0, chunks=0))
    assert (found.progress, found.advice, found.unknown) == ("", advice, ())


@pytest.mark.parametrize(
    ("question", "facts", "coverage", "outside", "advice", "instead"),
    [
        ("retry", FolderFacts("shop", 0, 0), Coverage(), (), "Wait until files are indexed", None),
        ("retry", FACTS, replace(DONE, instant=0.4), (), "Ask again in a moment", None),
        (
            "lang:go retry it",
            FACTS,
            DONE,
            (ELSEWHERE,),
            "Leave out lang:go: other files match better.",
            "retry it",
        ),
        (
            "-is:test make reffund",
            replace(FACTS, unknown=frozenset({"reffund"}), alike={"reffund": "refund"}),
            DONE,
            (),
            "Ask for “refund” instead of “reffund”.",
            "-is:test make refund",
        ),
        ("bread", replace(FACTS, unknown=frozenset({"bread"})), DONE, (), "No file has “bread”", None),
        ("retry", FACTS, DONE, (), "Add a few words that say what the code does.", None),
        ("retry when servers are busy", FACTS, DONE, (), "Say it in other words", None),
    ],
)
def test_one_thing_to_try(
    question: str,
    facts: FolderFacts,
    coverage: Coverage,
    outside: tuple[Hit, ...],
    advice: str,
    instead: str | None,
) -> None:
    found = shortfall(parse_query(question), [facts], coverage, outside)
    assert found.advice.startswith(advice)
    assert found.instead == instead


def test_how_far_the_search_by_meaning_is_counts_the_team_s_server() -> None:
    def progress(deep: float, shared: float) -> str:
        return shortfall(parse_query("retry"), [FACTS], replace(DONE, deep=deep, shared=shared)).progress

    assert "covers 40% of it" in progress(0.4, 0.3)
    assert "asks the team's server for 98% of it" in progress(0.4, 0.98)
    assert progress(1.0, 0.98) == "All code has been read by both models."


def test_a_word_is_unknown_if_no_folder_has_it() -> None:
    one = FolderFacts("one", 1, 1, {"is binary": 2}, frozenset({"bread", "refund"}))
    other = FolderFacts("other", 1, 1, {"is binary": 1, "is ignored by git": 5}, frozenset({"bread"}))
    found = shortfall(parse_query("bread refund"), [one, other], DONE)
    assert found.unknown == ("bread",)
    assert [(left.reason, left.count) for left in found.left_out] == [
        ("is ignored by git", 5),
        ("is binary", 3),
    ]
    assert found.searched == "Searched all 2 files of one and other."
