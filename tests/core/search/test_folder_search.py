"""Search over a real index of a small folder: scopes, look-alikes, freshness, and the same answer always."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from semlens.core.files.membership import Membership
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import reconcile, update
from semlens.core.query.query import Origin, parse_query, parse_similar
from semlens.core.search import Searcher, SearchOptions
from semlens.private_files import private_dir
from semlens.settings import Settings
from semlens.types import CancelToken, Hit, RelativePath, Scope, Span, Tier
from support.opened_index import opened_index

RETRY = """def send_again(request, times):
    \"\"\"Send a request until it works, waiting longer after each failure.\"\"\"
    pause = 0.1
    for _ in range(times):
        answer = send(request)
        if answer.ok:
            return answer
        sleep(pause)
        pause *= 2
    raise GaveUp(request)
"""
FILES = {
    "src/net/retry.py": RETRY,
    "src/net/copy_of_retry.py": RETRY.replace("send_again", "send_once_more"),
    "src/net/backoff.go": (
        "package net\n\n// Backoff waits longer after every failed try.\n"
        "func Backoff(try func() bool) {\n\tpause := 1\n\tfor !try() {\n"
        "\t\tSleep(pause)\n\t\tpause *= 2\n\t}\n}\n"
    ),
    "src/money/invoice.py": "class Invoice:\n    def total(self):\n        return sum(self.lines)\n",
    "tests/test_retry.py": (
        "from net.retry import send_again\n\n\ndef test_send_again():\n    assert send_again(FAILING, 3)\n"
    ),
    "docs/retry.md": "# Sending again\n\nA request is sent until it works.\n",
}
NET = ("retry.py", "copy_of_retry.py", "backoff.go")
FAST = SearchOptions(tiers=frozenset({Tier.LEXICAL, Tier.INSTANT}))


@pytest.fixture
def searcher(workspace: Callable[[Mapping[str, str | bytes]], Path], tmp_path: Path) -> Iterator[Searcher]:
    root = workspace(FILES)
    with opened_index(root, tmp_path / "data") as opened:
        yield Searcher(opened)


def paths(hits: list[Hit]) -> list[str]:
    return [hit.path for hit in hits]


def copied(hit: Hit) -> list[str]:
    return [copy.path for copy in hit.copies]


def ask(searcher: Searcher, text: str, scope: Scope | None = None) -> list[Hit]:
    return searcher.search(parse_query(text, scope=scope or Scope()), FAST)


def test_the_code_that_does_it_comes_before_its_tests_and_documents(searcher: Searcher) -> None:
    found = paths(ask(searcher, "send a request until it works"))
    assert found[0] in {"src/net/retry.py", "src/net/copy_of_retry.py"}
    assert found.index("tests/test_retry.py") > 1


def test_a_name_finds_its_definition_first(searcher: Searcher) -> None:
    first = ask(searcher, "send_again")[0]
    assert first.path == "src/net/retry.py" and first.symbol is not None
    assert first.symbol.name == "send_again" and first.start_line == 1
    assert "defines" in {reason.name for reason in first.reasons}


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("wait lang:go", {"src/net/backoff.go"}),
        ("wait path:docs", {"docs/retry.md"}),
        ("wait path:src/**/*.py -path:money", {"src/net/retry.py", "src/net/copy_of_retry.py"}),
        ("wait path:nowhere", set()),
        ("send is:test", {"tests/test_retry.py"}),
        ("send is:tests lang:py", {"tests/test_retry.py"}),
        ("waits longer -is:test path:/src/net/", {f"src/net/{name}" for name in NET}),
        ("waits longer path:net/ lang:.PY", {"src/net/retry.py", "src/net/copy_of_retry.py"}),
        ("waits longer path:/net/", set()),
        ("sending path:{docs,src}/**/*.{md,go}", {"docs/retry.md", "src/net/backoff.go"}),
    ],
)
def test_inline_scopes_keep_to_what_they_name(searcher: Searcher, text: str, allowed: set[str]) -> None:
    assert set(paths(ask(searcher, text))) == allowed


def test_scopes_of_a_request_mean_the_same_as_inline_ones(searcher: Searcher) -> None:
    inline = ask(searcher, "send a request lang:python -path:tests")
    asked = ask(searcher, "send a request", Scope(exclude=("tests",), languages=("python",)))
    assert inline == asked != []
    tests = ask(searcher, "send a request", Scope(tests=True))
    assert tests == ask(searcher, "send a request is:test") != []
    assert ask(searcher, "send a request", Scope(tests=False)) == ask(searcher, "send a request -is:test")


def test_similar_code_leaves_out_its_own_place_and_puts_copies_last(searcher: Searcher) -> None:
    lines = RETRY.count("\n")
    origin = Origin(searcher.index.root, RelativePath("src/net/retry.py"), Span(1, lines))
    hits = searcher.search(parse_similar(RETRY, origin), FAST)
    assert "src/net/retry.py" not in paths(hits)
    assert hits[-1].path == "src/net/copy_of_retry.py"
    assert {reason.name for reason in hits[-1].reasons} >= {"copy"}
    assert all("copy" not in {reason.name for reason in hit.reasons} for hit in hits[:-1])
    assert "src/net/backoff.go" in paths(hits)


def test_in_another_folder_the_same_path_is_an_answer(searcher: Searcher) -> None:
    origin = Origin(searcher.index.root / "elsewhere", RelativePath("src/net/retry.py"), Span(1, 99))
    hits = searcher.search(parse_similar(RETRY, origin), FAST)
    assert {hit.path for hit in hits[-2:]} == {"src/net/retry.py", "src/net/copy_of_retry.py"}


def test_near_identical_code_is_one_hit_that_says_where_else_it_stands(searcher: Searcher) -> None:
    for path, text in {
        "old/net/retry.py": RETRY,
        "vendor/net/retry.py": RETRY.replace("pause = 0.1", "pause = 0.2"),
        "src/net/other.py": RETRY.replace(
            "pause *= 2", "pause = min(pause * 3, limit(request, times, pause))"
        ),
    }.items():
        (searcher.index.root / path).parent.mkdir(parents=True, exist_ok=True)
        (searcher.index.root / path).write_text(text, encoding="utf-8")
    reconcile(searcher.index, Membership(searcher.index.root, Settings()), CancelToken())
    (hit,) = (one for one in ask(searcher, "send_again") if "src/net/retry.py" in {one.path, *copied(one)})
    assert hit.path not in copied(hit)
    assert {hit.path, *copied(hit)} == {"src/net/retry.py", "old/net/retry.py", "vendor/net/retry.py"}
    assert {(copy.start_line, copy.end_line) for copy in hit.copies} == {(1, RETRY.count("\n"))}
    shown = paths(ask(searcher, "send_again"))
    assert "src/net/other.py" in shown and "src/net/copy_of_retry.py" in shown


def test_a_licence_gives_way_to_the_code_below_it(searcher: Searcher) -> None:
    licence = "".join(
        f"# Copyright somebody, line {line} of the licence that says what is allowed.\n" for line in range(9)
    )
    (searcher.index.root / "src/till.py").write_text(
        licence + "\n\ndef allowed(till):\n    return till\n", encoding="utf-8"
    )
    reconcile(searcher.index, Membership(searcher.index.root, Settings()), CancelToken())
    first = ask(searcher, "says what is allowed")[0]
    assert (first.path, first.symbol and first.symbol.name) == ("src/till.py", "allowed")
    assert ask(searcher, "says what the licence allowed")[0].start_line == 1
    (searcher.index.root / "src/alone.py").write_text(
        "# Copyright somebody who allows umbrellas.\n", encoding="utf-8"
    )
    reconcile(searcher.index, Membership(searcher.index.root, Settings()), CancelToken())
    assert ask(searcher, "umbrellas")[0].path == "src/alone.py"


def test_a_hit_follows_its_code_through_an_edit_that_is_not_indexed_yet(searcher: Searcher) -> None:
    file = searcher.index.root / "src/net/retry.py"
    file.write_text('"""Moved down."""\n\nimport time\n\n\n' + RETRY, encoding="utf-8")
    moved = next(hit for hit in ask(searcher, "send_again") if hit.path == "src/net/retry.py")
    assert moved.start_line == 6 and not moved.stale
    file.write_text(RETRY.replace("pause *= 2", "pause += 1"), encoding="utf-8")
    changed = next(hit for hit in ask(searcher, "send_again") if hit.path == "src/net/retry.py")
    assert changed.stale and changed.start_line == 1 and "pause += 1" in changed.preview
    file.unlink()
    assert "src/net/retry.py" not in paths(ask(searcher, "send_again"))


def test_the_answer_does_not_depend_on_the_order_of_indexing_or_on_a_restart(
    searcher: Searcher, tmp_path: Path
) -> None:
    questions = ["send a request until it works", "Invoice", "waits longer", "sum of lines"]
    before = [ask(searcher, text) for text in questions]
    other = FolderIndex(searcher.index.root, private_dir(tmp_path / "other"), searcher.index.models)
    for path in sorted(FILES, reverse=True):
        update(other, Membership(searcher.index.root, Settings()), [RelativePath(path)], CancelToken())
    assert [ask(Searcher(other), text) for text in questions] == before
    other.close()
    again = FolderIndex(searcher.index.root, tmp_path / "other", searcher.index.models)
    assert [ask(Searcher(again), text) for text in questions] == before
    again.close()


def test_the_line_that_names_a_hit_follows_its_file(
    workspace: Callable[[Mapping[str, str | bytes]], Path], tmp_path: Path
) -> None:
    told = "".join(f"\n    The kettle has a spout of the {n}th kind, and a lid.\n" for n in range(40))
    code = f'def pour(kettle):\n    """Pour.\n{told}    """\n    return kettle\n'
    root = workspace({"kettle.py": code})
    file = root / "kettle.py"

    def line_now(searcher: Searcher, text: str, age: int) -> int:
        file.write_text(text, "utf-8")
        os.utime(file, ns=(0, (10**9 - age) * 10**9))  # no young file, whose place is not remembered
        (documentation,) = searcher.search(parse_query("about spouts"), replace(FAST, limit=1))
        assert documentation.start_line > 5
        return documentation.line

    with opened_index(root, tmp_path / "data") as opened:
        searcher = Searcher(opened)
        assert [line_now(searcher, code, 3), line_now(searcher, code, 3)] == [1, 1]
        assert line_now(searcher, f"import os\n\n{code}", 2) == 3
        assert line_now(searcher, code, 1) == 1
