"""The role of a file, read from its path."""

from __future__ import annotations

import pytest

from semlens.core.files.role import Role, role_of
from semlens.types import RelativePath


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("src/app.py", Role.SOURCE),
        ("tests/test_app.py", Role.TEST),
        ("src/app_test.go", Role.TEST),
        ("src/AppTests.swift", Role.TEST),
        ("src/contest.py", Role.SOURCE),
        ("examples/demo.py", Role.EXAMPLE),
        ("types/index.d.ts", Role.DECLARATION),
        ("vendor/lib/a.go", Role.VENDORED),
        ("pkg/__init__.py", Role.REEXPORT),
        ("src/routing/mod.rs", Role.ENTRY),
        ("docs/guide.md", Role.DOCUMENT),
        ("go.mod", Role.SETTINGS),
        ("src/settings.py", Role.SOURCE),
    ],
)
def test_a_path_tells_the_role_of_its_file(path: str, role: Role) -> None:
    assert role_of(RelativePath(path)) is role
