"""Globs of a client as globs of each folder that is searched."""

from __future__ import annotations

from pathlib import Path

import pytest

from semlens.core.query.scope import ScopeFilter
from semlens.mcp.globs import globs_of_folders
from semlens.mcp.roots import Roots
from semlens.types import RelativePath, Scope

FILES = ("shop/backend/cart.py", "shop/gi/loc.py", "shop/web/cart.ts", "gi/a/loc.py", "gi/b/[id]/page.py")


@pytest.fixture
def base(tmp_path: Path) -> Path:
    for file in FILES:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    (tmp_path / "link").symlink_to(tmp_path / "gi")
    return tmp_path


def found(roots: Roots, globs: list[str], folder: str = "") -> list[str]:
    """The files that are searched, by their paths below `base`."""
    places = roots.find_all(folder) if folder else roots.all
    admitted = []
    for root, its in globs_of_folders(roots, places, globs).items():
        admits = ScopeFilter(Scope(tuple(its))).admits
        for file in FILES:
            path = Path(root).parent / file
            if path.is_relative_to(root) and admits(RelativePath(path.relative_to(root).as_posix()), None):
                admitted.append(file)
    return admitted


@pytest.mark.parametrize(
    ("globs", "files"),
    [
        ([], FILES),
        (["gi/**"], FILES[3:]),
        (["./gi/**"], FILES[3:]),
        (["/gi/**"], FILES[3:]),
        (["gi"], FILES[3:]),
        (["gi/"], FILES[3:]),
        (["gi/a/loc.py"], FILES[3:4]),
        (["gi/a/**", "shop/backend/**"], (FILES[0], FILES[3])),
        (["{gi/a,shop/web}/**"], (FILES[2], FILES[3])),
        (["{gi,shop}/**/*.py"], (FILES[0], FILES[1], *FILES[3:])),
        (["*/a/**"], FILES[3:4]),
        (["backend/**"], FILES[:1]),
        (["**/loc.py"], (FILES[1], FILES[3])),
        (["*.ts"], FILES[2:3]),
        (["cart"], (FILES[0], FILES[2])),
        (["gi/b/[id]/**"], FILES[4:]),
        (["gi/**", "*.ts"], FILES[2:]),
        (["nowhere/**"], ()),
        ([" "], FILES),
    ],
)
def test_globs_from_answers_of_several_folders(base: Path, globs: list[str], files: tuple[str, ...]) -> None:
    assert found(Roots([str(base / "shop"), str(base / "gi")]), globs) == [*files]


@pytest.mark.parametrize(
    ("glob", "files"),
    [("gi/a/**", FILES[3:4]), ("gi/*/loc.py", FILES[3:4]), ("link/a/**", FILES[3:4]), ("other/**", ())],
)
def test_absolute_globs(base: Path, glob: str, files: tuple[str, ...]) -> None:
    for folders in (["gi"], ["shop", "gi"]):
        roots = Roots([str(base / folder) for folder in folders])
        assert found(roots, [str(base / glob)]) == [*files]


@pytest.mark.parametrize("prefix", ["", "shop/", "shop/backend/"])
@pytest.mark.parametrize(("glob", "files"), [("cart.py", FILES[:1]), ("*.py", FILES[:1]), ("*.ts", ())])
def test_globs_beside_a_folder_are_relative_to_it_or_from_an_answer(
    base: Path, prefix: str, glob: str, files: tuple[str, ...]
) -> None:
    both = Roots([str(base / "shop"), str(base / "gi")])
    if prefix != "shop/":
        assert found(both, [prefix + glob], "shop/backend") == [*files]
    one = Roots([str(base / "shop")])
    assert found(one, [prefix.removeprefix("shop/") + glob], "backend") == [*files]


def test_a_word_beside_a_folder_is_a_part_of_a_path_in_it(base: Path) -> None:
    roots = Roots([str(base / "shop")])
    assert found(roots, ["art"], "backend") == [FILES[0]]
    assert found(roots, ["art"], "web") == [FILES[2]]
    assert found(roots, ["backend"], "web") == []
    assert found(roots, [], "web") == [FILES[2]]
