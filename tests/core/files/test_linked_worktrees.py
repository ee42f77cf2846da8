"""Linked worktrees of git inside a workspace are the same repository again, and are left out by default."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from semlens.core.files.membership import Membership
from semlens.core.files.remedy import remedy
from semlens.settings import Settings
from semlens.types import RelativePath, Skipped


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, timeout=60)


def refuse(root: Path, path: str) -> Skipped | None:
    return Membership(root, Settings()).refuse(RelativePath(path), False)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return make_repository(tmp_path / "work")


def make_repository(folder: Path) -> Path:
    (folder / "src").mkdir(parents=True)
    (folder / "src/invoice.py").write_text("def total():\n    return 1\n")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


@pytest.mark.parametrize("place", [".claude/worktrees/a", ".worktrees/b", "beside"])
def test_worktree_is_left_out_with_a_reason_and_can_be_let_in(repository: Path, place: str) -> None:
    git(repository, "worktree", "add", "-q", "-b", "other", place)
    refused = refuse(repository, f"{place}/src/invoice.py")
    assert refused is not None and "linked worktree" in refused.reason
    assert f"!{place}/src/invoice.py" in str(remedy(refused))
    assert refuse(repository, "src/invoice.py") is None
    (repository / ".semlensignore").write_text(f"!{place}/\n")
    assert refuse(repository, f"{place}/src/invoice.py") is None
    (repository / ".semlensignore").write_text(f"!{place}/src/invoice.py\n")
    assert refuse(repository, f"{place}/src/invoice.py") is None
    assert refuse(repository, f"{place}/src/other.py") is not None


def test_worktree_beside_its_repository_in_one_workspace(repository: Path, tmp_path: Path) -> None:
    git(repository, "worktree", "add", "-q", "-b", "other", str(tmp_path / "feature"))
    assert refuse(tmp_path, "feature/src/invoice.py") is not None
    assert refuse(tmp_path, "work/src/invoice.py") is None


def test_worktree_that_is_the_workspace_or_alone_in_it_belongs(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "alone").mkdir()
    git(repository, "worktree", "add", "-q", "-b", "other", str(tmp_path / "alone/feature"))
    assert refuse(tmp_path / "alone/feature", "src/invoice.py") is None
    assert refuse(tmp_path / "alone", "feature/src/invoice.py") is None
    git(tmp_path / "alone/feature", "worktree", "add", "-q", "-b", "third", "inner")
    assert refuse(tmp_path / "alone/feature", "inner/src/invoice.py") is not None


def test_worktrees_of_a_bare_repository_belong(repository: Path, tmp_path: Path) -> None:
    place = tmp_path / "project"
    place.mkdir()
    git(place, "clone", "-q", "--bare", str(repository), ".bare")
    git(place / ".bare", "worktree", "add", "-q", "../feature", "-b", "feature")
    assert refuse(place, "feature/src/invoice.py") is None


def test_submodules_and_other_repositories_belong(repository: Path, tmp_path: Path) -> None:
    other = make_repository(tmp_path / "other")
    git(repository, "submodule", "--quiet", "add", str(other), "module")
    make_repository(repository / "inner")
    assert refuse(repository, "module/src/invoice.py") is None
    assert refuse(repository, "inner/src/invoice.py") is None


def clone_bare(repository: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    git(place.parent, "clone", "-q", "--bare", str(repository), place.name)


def test_worktrees_beside_the_bare_repository_that_their_folder_names_belong(
    repository: Path, tmp_path: Path
) -> None:
    place = tmp_path / "project"
    clone_bare(repository, place / ".bare")
    (place / ".git").write_text("gitdir: ./.bare\n")
    git(place, "worktree", "add", "-q", "feature")
    git(place, "worktree", "add", "-q", "team/other")
    assert refuse(place, "feature/src/invoice.py") is None
    assert refuse(place, "team/other/src/invoice.py") is None
    git(place / "feature", "worktree", "add", "-q", "again")
    refused = refuse(place, "feature/again/src/invoice.py")
    assert refused is not None and "linked worktree" in refused.reason


@pytest.mark.parametrize("name", [".bare", "project.git", "mirrors/project"])
def test_a_bare_repository_holds_no_code(repository: Path, tmp_path: Path, name: str) -> None:
    place = tmp_path / "project"
    clone_bare(repository, place / name)
    for path in ("config", "hooks/update.sample", "packed-refs"):
        refused = refuse(place, f"{name}/{path}")
        assert refused is not None and "version control" in refused.reason
    (place / ".semlensignore").write_text(f"!{name}/config\n")
    assert refuse(place, f"{name}/config") is None


@pytest.mark.parametrize("inside", [True, False])
def test_worktrees_in_a_bare_repository_belong_and_its_data_does_not(
    repository: Path, tmp_path: Path, inside: bool
) -> None:
    place = tmp_path / "project"
    clone_bare(repository, place)
    git(place, "worktree", "add", "-q", "feature")
    root, prefix = (place, "") if inside else (tmp_path, "project/")
    assert refuse(root, f"{prefix}feature/src/invoice.py") is None
    for path in ("config", "hooks/update.sample", "worktrees/feature/gitdir"):
        refused = refuse(root, f"{prefix}{path}")
        assert refused is not None and "version control" in refused.reason


def test_a_folder_with_a_file_called_head_is_none(repository: Path) -> None:
    (repository / "HEAD").write_text("the head of a page\n")
    (repository / "objects").mkdir()
    assert refuse(repository, "src/invoice.py") is None
    assert refuse(repository, "HEAD") is None
