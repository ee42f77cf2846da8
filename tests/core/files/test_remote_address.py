"""The address that tells a repository from others is the same for all who have a clone, and names no user."""

from __future__ import annotations

from pathlib import Path

import pytest

from semlens.core.files.git.remote import plain_address, remote_address


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/Org/name.git",
        "https://github.com/org/name/",
        "https://me:swordfish@github.com/org/name",
        "http://github.com:8080/org/name",
        "git@github.com:org/name.git",
        "github.com:org/name",
        "ssh://git@github.com:22/org/name.git",
        "git+ssh://git@GitHub.com/org/name",
        " git://github.com/org/name.git/ ",
    ],
)
def test_all_ways_to_a_repository_have_one_address(url: str) -> None:
    assert plain_address(url) == "github.com/org/name"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/srv/name.git",
        "../name",
        "file:///srv/name.git",
        "C:/code/name",
        r"C:\code\name",
        "https://host/",
    ],
)
def test_what_is_only_a_path_of_this_machine_is_no_address(url: str) -> None:
    assert plain_address(url) is None


def _with(folder: Path, config: str) -> Path:
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n", "utf-8")
    (folder / ".git" / "config").write_text(config, "utf-8")
    return folder


def _remote(name: str, url: str) -> str:
    return f'[remote "{name}"]\n\turl = {url}\n'


def test_a_fork_has_the_address_of_what_it_forks(tmp_path: Path) -> None:
    fork = _remote("origin", "git@example.com:me/name") + _remote("upstream", "git@example.com:org/name")
    assert remote_address(_with(tmp_path / "fork", fork), {}) == "example.com/org/name"
    below = tmp_path / "fork" / "src"
    below.mkdir()
    assert remote_address(below, {}) == "example.com/org/name"
    alone = _with(tmp_path / "alone", _remote("elsewhere", "git@example.com:a/b"))
    assert remote_address(alone, {}) == "example.com/a/b"
    two = _remote("one", "git@example.com:a/b") + _remote("two", "git@example.com:c/d")
    assert remote_address(_with(tmp_path / "two", two), {}) is None
    assert remote_address(_with(tmp_path / "none", ""), {}) is None
    local = _remote("origin", "/srv/name.git")
    assert remote_address(_with(tmp_path / "local", local), {}) is None


def test_a_folder_in_no_repository_has_none(tmp_path: Path) -> None:
    assert remote_address(tmp_path, {}) is None
