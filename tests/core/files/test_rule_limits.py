"""A hostile ignore file takes bounded time and memory, and the user is told which line is ignored."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from semlens.core.files.git.ignore_file import MOST_PATTERNS, MOST_RULES, RULE_FILE_LIMIT, parse_rules
from semlens.core.files.git.wildmatch import MOST_CHARACTERS
from semlens.core.files.membership import Membership
from semlens.settings import Settings
from semlens.types import RelativePath

MEGABYTE = 1 << 20
PATH = "src/" + "a" * 200 + ".py"

HOSTILE = {
    "one line of stars, 200 kB": b"*a" * 100_000,
    "one line of stars, 2 MB": b"*a" * 1_000_000,
    "one line of folders": b"**/" * 600_000 + b"x",
    "one line of brackets": b"[!ab]" * 400_000,
    "one line of question marks": b"?" * 2_000_000,
    "lines of stars as long as may be": (b"*a" * (MOST_CHARACTERS // 2) + b"\n") * 200,
    "lines of brackets": (b"[!ab]*" * 600 + b"\n") * 200,
    "300,000 short rules": b"".join(b"n%d\n" % number for number in range(300_000)),
    "300,000 short patterns": b"".join(b"*a%d?\n" % number for number in range(300_000)),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_memory_of_rules_is_bounded(kind: str) -> None:
    tracemalloc.start()
    try:
        rules = parse_rules(HOSTILE[kind], ".semlensignore")
        rules.last_match(PATH, PATH.rpartition("/")[2], False)
        assert tracemalloc.get_traced_memory()[1] < len(HOSTILE[kind]) + 200 * MEGABYTE
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"*.log\n" + b"*a" * MOST_CHARACTERS, 2),
        (b"x\n" * (MOST_RULES + 5), MOST_RULES + 1),
        (b"".join(b"*a%d?\n" % number for number in range(MOST_PATTERNS + 5)), MOST_PATTERNS + 1),
    ],
)
def test_the_first_line_that_is_ignored_is_named(content: bytes, line: int) -> None:
    problem = parse_rules(content, ".gitignore").problem
    assert problem is not None and problem.startswith(f".gitignore:{line}: ")


def test_the_other_rules_of_such_a_file_count() -> None:
    rules = parse_rules(b"*a" * MOST_CHARACTERS + b"\n*.log\n", ".gitignore")
    found = rules.last_match("b.log", "b.log", False)
    assert found is not None and found.line == 2


def test_a_list_of_many_names_and_endings_is_no_problem() -> None:
    content = b"".join(b"name%d\n*.end%d\n/path/%d\n" % (n, n, n) for n in range(10_000))
    rules = parse_rules(content, ".gitignore")
    assert rules.problem is None
    found = rules.last_match("x/a.end9999", "a.end9999", False)
    assert found is not None and found.text == "*.end9999"


@pytest.mark.parametrize("name", [".semlensignore", ".gitignore", "below/.gitignore"])
def test_membership_tells_of_it(tmp_path: Path, name: str) -> None:
    (tmp_path / ".git" / "info").mkdir(parents=True)
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"*a" * MOST_CHARACTERS + b"\n")
    membership = Membership(tmp_path, Settings())
    assert membership.refuse(RelativePath("below/b.py"), False) is None
    assert membership.warning is not None and membership.warning.startswith(f"{name}:1: ")
    (tmp_path / name).write_bytes(b"*.log\n")
    membership.reload()
    assert membership.refuse(RelativePath("below/b.py"), False) is None
    assert membership.warning is None


def test_membership_tells_of_a_file_that_is_too_large(tmp_path: Path) -> None:
    with (tmp_path / ".semlensignore").open("wb") as file:
        file.truncate(RULE_FILE_LIMIT + 1)
    membership = Membership(tmp_path, Settings())
    assert membership.refuse(RelativePath("b.py"), False) is None
    assert membership.warning == ".semlensignore is larger than 4 MB: its rules are ignored."
