"""Ignore rules, compared with git itself."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from semlens.core.files.membership import Membership
from semlens.core.files.walk import FoundFile, walk
from semlens.settings import Settings
from semlens.types import RelativePath

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

NAMES = (
    "a",
    "b",
    "ab",
    "abc",
    "A",
    "a.c",
    "b.c",
    "build",
    "a b",
    "é",
    "a]",
    "[a",
    "!a",
    "#a",
    "a\\",
    "-",
    "a1",
    "~a",
)
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_NOSYSTEM": "1",
    "LC_ALL": "C.UTF-8",
}


def git(folder: Path, *arguments: str, stdin: str | None = None) -> str:
    command = ["git", "-C", str(folder), "-c", "core.quotePath=false", *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, env=ENVIRONMENT, text=True, timeout=60)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("git")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder / "home"))
        patch.delenv("XDG_CONFIG_HOME", raising=False)
        patch.setitem(ENVIRONMENT, "HOME", str(folder / "home"))
        ENVIRONMENT.pop("XDG_CONFIG_HOME", None)
        (folder / "home").mkdir()
        yield folder


pieces = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(
        ["*", "?", "**", "/", "/", "/**/", "**/", "/**", "*.", ".c", "\\", " ", "\t", "!", "#", "[", "]"]
    ),
    st.sampled_from(
        ["[ab]", "[!a]", "[^a]", "[a-c]", "[]a]", "[a-]", "[[:alpha:]]", "[[:digit:]b]", "[[:nope:]]"]
    ),
    st.sampled_from(
        ["[\\]]", "[a\\-c]", "[[:upper:]", "[a/b]", "[[:]", "[!]a]", "[c-a]", "[--0]", "é", "\\*", "\\!"]
    ),
)
rules = st.lists(pieces, min_size=1, max_size=8).map("".join)
lines = st.one_of(rules, rules.map(lambda rule: "!" + rule), rules.map(lambda rule: rule + "/"))
rule_files = st.lists(lines, max_size=5).flatmap(
    lambda chosen: st.sampled_from(["\n", "\r\n", "\n\n"]).map(lambda end: end.join(chosen))
)
paths = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map("/".join)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=st.lists(paths, min_size=1, max_size=25, unique=True),
    rules=st.dictionaries(st.sampled_from(["", "a", "ab", "a/b", "build"]), rule_files, max_size=3),
    exclude=rule_files,
    personal=rule_files,
    fold=st.booleans(),
    tracked=st.integers(0, 3),
)
def test_same_files_as_git(
    scratch: Path,
    files: list[str],
    rules: dict[str, str],
    exclude: str,
    personal: str,
    fold: bool,
    tracked: int,
) -> None:
    root = scratch / "work"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    git(root, "init", "-q")
    git(root, "config", "core.ignorecase", str(fold).lower())
    write(scratch / "home/.config/git/ignore", personal)
    write(root / ".git/info/exclude", exclude)
    for file in files:
        write(root / file, "x")
    for folder, text in rules.items():
        write(root / folder / ".gitignore", text)
    present = [file for file in files if (root / file).is_file()]
    if (
        present[:tracked] and not fold
    ):  # folding hides "a" behind a tracked "A", which this file system keeps apart
        git(root, "add", "-f", "--", *(":(literal)" + file for file in present[:tracked]))
    listed = git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    expected = {path for path in listed.split("\0") if path}
    found = {item.path for item in walk(root, Membership(root, Settings())) if isinstance(item, FoundFile)}
    assert found == expected


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    queried=st.lists(paths, min_size=1, max_size=150, unique=True),
    top=st.lists(lines, min_size=1, max_size=12).map("\n".join),
    deep=rule_files,
    fold=st.booleans(),
)
def test_same_rule_as_git(scratch: Path, queried: list[str], top: str, deep: str, fold: bool) -> None:
    """Not only whether a path is ignored, but by which line of which file."""
    root = scratch / "rules"
    if not root.exists():
        git(scratch, "init", "-q", "rules")
    git(root, "config", "core.ignorecase", str(fold).lower())
    write(root / ".gitignore", top)
    write(root / "a/.gitignore", deep)
    membership = Membership(root, Settings())
    queried = [path for path in queried if path != "a"]
    answers = git(
        root, "check-ignore", "--no-index", "-v", "-n", "-z", "--stdin", stdin="\0".join(queried)
    ).split("\0")
    for source, line, pattern, path in zip(*(answers[at::4] for at in range(4)), strict=False):
        refusal = membership.refuse(RelativePath(path), False)
        expected = None if not source or pattern.startswith("!") else (source, int(line))
        assert (refusal and (refusal.rule_file, refusal.rule_line)) == expected, (path, pattern, refusal)


def write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    except OSError:
        pass  # a file of the generated tree stands where a folder should be, or the reverse
