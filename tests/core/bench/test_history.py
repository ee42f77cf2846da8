"""Questions from a repository's history: which messages ask, what answers, and that nothing of it is run."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest

from semlens.core.bench.history import Commit, History
from semlens.core.bench.history_queries import changed_definitions, commit_question, history_queries
from semlens.core.bench.reading import TextReader
from semlens.core.files.membership import Membership
from semlens.errors import Cancelled, FolderError
from semlens.process.git import Git
from semlens.settings import Settings
from semlens.types import CancelToken
from support.git_history import commit, git

PYTHON = """import time


def wait(tries):
    pause = 1
    time.sleep(pause)


def other():
    return 2
"""
GO = "package a\n\nfunc A() int {\n\treturn 1\n}\n"
TYPESCRIPT = "class Box {\n  open() {\n    go();\n  }\n}\n"
JAVA = "class Box {\n  int a;\n  void b() {}\n}\n"


@pytest.mark.parametrize(
    ("subject", "question"),
    [
        ("Wait longer after every failed try", "Wait longer after every failed try"),
        ("fix(net): wait longer after a failed try (#123)", "wait longer after a failed try"),
        ("feat!: keep the basket over a restart", "keep the basket over a restart"),
        ("[api] Say which field of the form is wrong.", "Say which field of the form is wrong"),
        ("ABC-12: Say which field of the form is wrong", "Say which field of the form is wrong"),
        ("net/http: close the body of a failed answer", "close the body of a failed answer"),
        ("Do not lose the last line, fixes #77", "Do not lose the last line,"),
        ("Do not lose `the last` line [#8]", "Do not lose the last line"),
        ("docs: say how the basket is kept over time", None),
        ("chore(deps): take the newest of all packages", None),
        ("test: cover the basket that is kept over time", None),
        ("Merge branch 'main' into the other branch", None),
        ("Bump lodash from 1.2.3 to 1.2.4 in the app", None),
        ("Release version 1.2 of the whole thing", None),
        ("Update documentation of the whole thing", None),
        ("Fix typo in the second of the sentences", None),
        ("Fix bug", None),
        ("x = y[0] + {z: 1} -> w(3) // end", None),
        ("", None),
    ],
)
def test_a_message_that_tells_of_a_change_of_code_is_a_question(subject: str, question: str | None) -> None:
    assert commit_question(subject) == question


@pytest.mark.parametrize(
    ("language", "before", "after", "changed"),
    [
        ("python", PYTHON, PYTHON.replace("pause = 1", "pause = 2"), ["wait"]),
        ("python", PYTHON, PYTHON.replace("    pause = 1\n", ""), ["wait"]),
        ("python", PYTHON, PYTHON.replace("    pause = 1\n", "    pause = 1\n    print()\n"), ["wait"]),
        ("python", PYTHON, PYTHON.replace("import time\n", "import os\nimport time\n"), []),
        ("python", PYTHON, PYTHON.replace("def other", "def new():\n    pass\n\n\ndef other"), []),
        ("python", PYTHON, PYTHON.replace("1", "3").replace("return 2", "return 4"), ["wait", "other"]),
        ("go", GO, GO.replace("1", "2"), ["A"]),
        ("typescript", TYPESCRIPT, TYPESCRIPT.replace("go()", "stop()"), ["Box.open"]),
        ("java", JAVA, JAVA.replace("int a", "long a"), ["Box"]),
        ("text", "one\ntwo\n", "one\nthree\n", []),
    ],
)  # fmt: skip
def test_the_innermost_definitions_that_a_change_touched_answer(
    language: str, before: str, after: str, changed: list[str]
) -> None:
    assert [one.dotted_name for one in changed_definitions(before, after, language)] == changed


def queries(root: Path, most: int = 10) -> list[tuple[str, list[str]]]:
    found = history_queries(
        History(Git(root)), TextReader(Membership(root, Settings())), most, CancelToken(), CancelToken()
    )
    return [(query.text, [f"{path}:{start}" for path, start, _ in query.places]) for query in found]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "work"
    commit(root, "Begin with the whole of the code", {"net/wait.py": PYTHON, "tests/test_wait.py": PYTHON})
    changed = PYTHON.replace("pause = 1", "pause = 2")
    commit(root, "Wait twice as long as before", {"net/wait.py": changed, "tests/test_wait.py": changed})
    commit(root, "Test that it waits twice as long", {"tests/test_wait.py": PYTHON})
    commit(root, "Give the other one a third value", {"net/wait.py": changed.replace("return 2", "return 3")})
    return root


def test_what_a_commit_changed_in_sources_answers_its_message(repository: Path) -> None:
    assert queries(repository) == [
        ("Wait twice as long as before", ["net/wait.py:4"]),
        ("Give the other one a third value", ["net/wait.py:9"]),
    ]
    assert queries(repository, 1) == [("Give the other one a third value", ["net/wait.py:9"])]
    # A folder inside of a repository has its own part of the history, with paths of its own.
    assert [places for _, places in queries(repository / "net")] == [["wait.py:4"], ["wait.py:9"]]


def test_a_sweep_through_the_code_asks_for_nothing(repository: Path) -> None:
    names = "abcdefg"
    commit(repository, "Add a lot of small functions", {f"{name}.py": PYTHON for name in names})
    commit(
        repository,
        "Rename a thing in all of them",
        {f"{name}.py": PYTHON.replace("1", "9") for name in names},
    )
    assert len(queries(repository)) == 2


def test_a_cancelled_search_and_one_without_time_end(repository: Path) -> None:
    history, reader = History(Git(repository)), TextReader(Membership(repository, Settings()))
    over = CancelToken()
    over.cancel()
    assert history_queries(history, reader, 10, CancelToken(), over) == []
    with pytest.raises(Cancelled):
        history_queries(history, reader, 10, over, CancelToken())


def test_files_of_a_state_have_no_links_and_any_name(repository: Path) -> None:
    odd = {'with space "quoted".py': "a = 1\n", "ünï/cödé.py": "b = 2\n"}
    if os.name == "posix":
        (repository / "link.py").symlink_to("/etc/passwd")
        odd["new\nline.py"] = "c = 3\n"
    state = commit(repository, "Add files with odd names", odd)
    history = History(Git(repository))
    files = history.files(state)
    assert set(odd) < set(files) and "link.py" not in files
    contents = list(history.contents([files[name] for name in odd]))  # type: ignore[index]
    assert contents == [text.encode() for text in odd.values()]
    assert [commit.subject for commit in history.commits(2)] == [
        "Add files with odd names",
        "Give the other one a third value",
    ]


def test_no_repository_and_an_empty_one_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match=r"git knows no history of .*: "):
        Git(tmp_path)
    git(tmp_path, "init", "--quiet")
    with pytest.raises(FolderError, match=r"git knows no history of .*: it has no commit"):
        Git(tmp_path)


def test_a_machine_without_git_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FolderError, match="There is no git on this machine"):
        Git(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="the planted programs are shell scripts")
def test_nothing_of_a_repository_is_run(repository: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    program = tmp_path / "planted.sh"
    program.write_text(f"#!/bin/sh\necho $0 $@ >> {ran}\ncat\n")
    program.chmod(0o755)
    for name in (
        "core.fsmonitor", "core.pager", "core.sshCommand", "core.gitProxy", "core.editor", "diff.external",
        "diff.x.textconv", "diff.x.command", "filter.x.clean", "filter.x.smudge", "gpg.program", "pager.log",
        "uploadpack.packObjectsHook", "remote.origin.uploadpack",
    ):  # fmt: skip
        git(repository, "config", name, str(program))
    git(repository, "config", "log.showSignature", "true")
    git(repository, "config", "remote.origin.url", f"ext::{program}")
    git(repository, "config", "remote.origin.promisor", "true")
    git(repository, "config", "extensions.partialClone", "origin")
    git(repository, "config", "protocol.ext.allow", "always")
    (repository / ".git" / "info" / "attributes").write_text("*.py diff=x filter=x\n")
    for hook in ("post-index-change", "reference-transaction", "post-checkout"):
        (repository / ".git" / "hooks" / hook).write_bytes(program.read_bytes())
        (repository / ".git" / "hooks" / hook).chmod(0o755)
    assert len(queries(repository)) == 2
    history = History(Git(repository))
    commits = history.commits(2)
    blob = next(iter(history.changed(commits[0]).values()))[0]
    loose = repository / ".git" / "objects" / blob.id[:2] / blob.id[2:]
    loose.unlink()  # as in a partial clone
    with suppress(FolderError):  # By its version, git says that the object is missing, or fails.
        assert list(history.contents([blob])) == [None]
    assert not ran.exists(), ran.read_text()


def test_a_commit_has_one_parent(repository: Path) -> None:
    main = git(repository, "symbolic-ref", "--short", "HEAD").strip()
    git(repository, "checkout", "--quiet", "-b", "side", "HEAD~1")
    commit(repository, "Add one on a side of the history", {"side.py": PYTHON})
    git(repository, "checkout", "--quiet", main)
    git(repository, "merge", "--quiet", "--no-ff", "--message", "Take the side into the main line", "side")
    found = History(Git(repository)).commits(100)
    assert all(isinstance(one, Commit) and " " not in one.parent for one in found)
    subjects = {one.subject for one in found}
    assert "Add one on a side of the history" in subjects
    assert not subjects & {"Take the side into the main line", "Begin with the whole of the code"}
