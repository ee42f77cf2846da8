"""Hits of folders that share files."""

from __future__ import annotations

from semlens.core.search.across_folders import each_place_once
from semlens.types import Copy, Hit, RelativePath


def hit(folder: str, path: str, line: int = 1, copies: tuple[str, ...] = ()) -> Hit:
    also = tuple(Copy(RelativePath(copy), 1, 2) for copy in copies)
    return Hit(RelativePath(path), line, line + 1, 1.0, "python", None, "", False, (), folder, also)


def test_a_place_of_two_folders_is_one_hit_with_the_first_rank() -> None:
    first, other, later = hit("/w/in", "a.py"), hit("/w", "b.py"), hit("/w", "in/a.py")
    assert each_place_once([first, other, later]) == [first, other]


def test_the_hit_that_names_copies_is_kept() -> None:
    bare, full = hit("/w/in", "a.py"), hit("/w", "in/a.py", copies=("c.py",))
    assert each_place_once([bare, hit("/w", "b.py"), full]) == [full, hit("/w", "b.py")]


def test_a_place_that_is_named_as_a_copy_is_no_hit_of_another_folder() -> None:
    full = hit("/w", "a.py", copies=("in/a.py",))
    assert each_place_once([full, hit("/w/in", "a.py"), hit("/w/in", "a.py", 5)]) == [
        full,
        hit("/w/in", "a.py", 5),
    ]


def test_hits_of_one_folder_stay_and_so_do_equal_names_elsewhere() -> None:
    hits = [hit("/w", "a.py"), hit("/w", "a.py"), hit("/v", "a.py"), hit("/w", "a.py", 9)]
    assert each_place_once(hits) == hits
