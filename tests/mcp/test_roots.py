"""Which paths a client may name, and what they mean."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from semlens.errors import FolderError, UsageError
from semlens.mcp.roots import InRoot, Roots, existing_folders, path_of_uri


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "src").mkdir(parents=True)
    (root / "src" / "a.py").touch()
    (tmp_path / "secret").touch()
    (root / "leaves").symlink_to(tmp_path / "secret")
    (root / "stays").symlink_to(root / "src")
    return root


@pytest.mark.parametrize(
    ("named", "path"),
    [
        ("src/a.py", "src/a.py"),
        ("./src//a.py", "src/a.py"),
        ("src/../src/a.py", "src/a.py"),
        ("stays/a.py", "src/a.py"),
        ("not/there.py", "not/there.py"),
        (".", ""),
        ("", ""),
    ],
)
def test_a_path_is_taken_as_the_system_resolves_it(project: Path, named: str, path: str) -> None:
    assert Roots([str(project)]).find(named) == InRoot(str(project), path)


def test_absolute_paths_and_uris_are_understood(project: Path) -> None:
    roots = Roots([str(project)])
    assert roots.find(str(project / "src")).path == "src"
    assert roots.find((project / "src").as_uri()).path == "src"
    assert path_of_uri("file:///a/with%20space") == os.path.join(os.sep, "a", "with space")


@pytest.mark.parametrize(
    "named", ["..", "../secret", "leaves", "/", "src/../../secret", "/etc/passwd", "a\0b"]
)
def test_a_path_that_leaves_is_refused(project: Path, named: str) -> None:
    with pytest.raises(UsageError):
        Roots([str(project)]).find(named)


def test_a_neighbour_whose_name_begins_alike_is_outside(project: Path) -> None:
    other = project.with_name("project-two")
    other.mkdir()
    with pytest.raises(UsageError, match="outside"):
        Roots([str(project)]).find(str(other))


def test_of_several_roots_the_innermost_one_that_has_the_file_is_meant(project: Path, tmp_path: Path) -> None:
    roots = Roots([str(project), str(project / "src")])
    assert roots.find("src/a.py") == InRoot(str(project / "src"), "a.py")
    assert roots.find("a.py") == InRoot(str(project / "src"), "a.py")
    assert roots.shown == str(project)


def test_a_folder_around_roots_stands_for_those_in_it(tmp_path: Path) -> None:
    names = ("a/x", "a/y", "b")
    for name in names:
        (tmp_path / name / "a").mkdir(parents=True)
    roots = Roots([str(tmp_path / name) for name in names])

    def meant(path: str) -> list[str]:
        return [roots.name(place) for place in roots.find_all(path)]

    for whole in (".", "", str(tmp_path), tmp_path.as_uri()):
        assert meant(whole) == ["a/x", "a/y", "b"]
    assert meant("a") == ["a/x", "a/y"]
    assert meant("b") == ["b"]
    assert meant("b/a") == ["b/a"]
    assert meant("a/x/a/nowhere") == ["a/x/a/nowhere"]
    for outside in ("../../..", str(tmp_path.parent), str(tmp_path / "c")):
        with pytest.raises(UsageError, match="outside"):
            roots.find_all(outside)


@pytest.mark.parametrize("folder", ["/", "~", "/not/there"])
def test_no_server_is_started_on_what_is_no_project(folder: str) -> None:
    with pytest.raises(FolderError):
        Roots([folder])


def test_marks_of_globs_in_names_are_names(tmp_path: Path) -> None:
    assert InRoot(str(tmp_path), "app/[id]/*").glob == "/app/[[]id]/[*]"


def test_of_the_folders_that_a_client_names_those_that_exist_are_meant(project: Path) -> None:
    uris = [project.with_name("gone").as_uri(), project.as_uri(), (project / "src" / "a.py").as_uri()]
    assert existing_folders(uris) == [str(project)]


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("file:///not/there", "/not/there"),
        ("file:///not%20there", "/not there"),
        ("file://host", "file://host"),
        ("file:src", "src"),
        ("file:~", "~"),
        ("memory:", "memory:"),
    ],
)
def test_no_other_folder_is_taken_for_one_that_does_not_exist(
    project: Path, monkeypatch: pytest.MonkeyPatch, uri: str, shown: str
) -> None:
    monkeypatch.chdir(project)
    with pytest.raises(FolderError) as refused:
        existing_folders([uri])
    assert str(refused.value) == f"{shown} is not a folder."
