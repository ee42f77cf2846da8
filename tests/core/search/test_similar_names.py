"""A name that is not defined: those that may be meant, the nearest first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from semlens.core.index.folder import FolderIndex
from semlens.core.search.symbols import nearest_first, similar_names
from support.opened_index import opened_index

NAMES = ("resolve_color_default", "resolve_command", "resolve_envvar_value", "resolve_ctx", "reset", "Group")
MANY = tuple(f"get_part_{number:03}" for number in range(200))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FolderIndex]:
    root = tmp_path_factory.mktemp("names")
    code = "".join(f"def {name}(): ...\n\n\n" for name in (*NAMES, *MANY))
    (root / "names.py").write_text(code)
    with opened_index(root, tmp_path_factory.mktemp("data")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Group.resolve_comand", "resolve_command"),
        ("Group::resolve_comand()", "resolve_command"),
        ("RESOLVE_COMAND", "resolve_command"),
        ("resolve_commands", "resolve_command"),
        ("resolve_envar_value", "resolve_envvar_value"),
        ("resolve_colour_default", "resolve_color_default"),
        ("resolve", "resolve_ctx"),
        ("get_part_1999", "get_part_199"),
    ],
)
def test_the_nearest_name_is_first(index: FolderIndex, name: str, first: str) -> None:
    found = similar_names(index, name)
    assert found[0] == first
    assert len(found) <= 8


def test_nothing_is_like_a_name_of_another_kind(index: FolderIndex) -> None:
    assert similar_names(index, "zzz") == []
    assert "Group" not in similar_names(index, "Group")


def test_names_that_are_as_near_are_in_alphabetical_order() -> None:
    assert nearest_first("cart.tota", ["totb", "total", "tote", "tot", "x"]) == [
        "total",
        "tot",
        "totb",
        "tote",
        "x",
    ]
