"""Source first, then as many files of a kind as possible within a budget."""

from __future__ import annotations

import pytest

from semlens.core.cost.fit import Offered, fitting
from semlens.core.cost.worth import Worth, worth
from semlens.types import RelativePath

SIZES = {"z.py": 5, "a.py": 30, "b.py": 10, "c.py": 0}
MIXED = {".gitignore": 2, "SECURITY.md": 3, "notes.txt": 4, "go.mod": 3, "mux_test.go": 9, "mux.go": 40}


def taken(sizes: dict[str, int], budget: int, around: int = 0) -> list[str]:
    files = [Offered(path, tokens, worth(RelativePath(path))) for path, tokens in sizes.items()]
    return [file.path for file in fitting(files, budget, around)]


@pytest.mark.parametrize(
    ("budget", "around", "expected"),
    [(100, 0, "czba"), (15, 0, "czb"), (14, 0, "cz"), (15, 2, "cz"), (0, 0, "c"), (0, 1, "")],
)
def test_of_one_kind_the_smallest_files_fit_first(budget: int, around: int, expected: str) -> None:
    assert taken(SIZES, budget, around) == [f"{name}.py" for name in expected]


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        (100, ["mux.go", "mux_test.go", "notes.txt", "go.mod", ".gitignore", "SECURITY.md"]),
        (50, ["mux.go", "mux_test.go"]),
        (45, ["mux.go", "notes.txt"]),
        (12, ["mux_test.go", "go.mod"]),
        (6, ["notes.txt", ".gitignore"]),
    ],
)
def test_source_is_taken_before_what_says_less_of_the_code(budget: int, expected: list[str]) -> None:
    assert taken(MIXED, budget) == expected


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({"a/index.ts": 30, "a/parse.ts": 400}, ["a/parse.ts", "a/index.ts"]),
        ({"a/index.ts": 300, "a/parse.ts": 400}, ["a/index.ts", "a/parse.ts"]),
        ({"src\\shop\\__init__.py": 5, "cart.py": 90}, ["cart.py", "src\\shop\\__init__.py"]),
        ({"mod.rs": 9, "x.rs": 12, "x_test.rs": 1}, ["x.rs", "mod.rs", "x_test.rs"]),
        ({"indexer.ts": 30, "parse.ts": 400}, ["indexer.ts", "parse.ts"]),
    ],
)
def test_small_files_that_stand_for_their_folder_come_behind_the_code(
    sizes: dict[str, int], expected: list[str]
) -> None:
    assert taken(sizes, 10_000) == expected


@pytest.mark.parametrize(
    ("kind", "paths"),
    [
        (Worth.SOURCE, "mux.go src/app.py src/license.py history.go news.py Makefile Dockerfile a.sql b.css"),
        (Worth.SOURCE, "security/login.py src/licenses/check.py lib/__init__.py index.ts"),
        (Worth.TRIED, "tests/test_a.py mux_test.go examples/shop.py CartTest.java"),
        (Worth.DOCUMENT, "README.md notes.txt docs/guide.rst"),
        (Worth.SETTINGS, "go.mod package.json pyproject.toml .github/workflows/ci.yml"),
        (Worth.LEAST, "LICENSE LICENSE.md LICENSE-MIT.txt LICENSES/MIT.txt COPYING NOTICE SECURITY.md"),
        (Worth.LEAST, ".gitignore .dockerignore .gitattributes .editorconfig .npmrc"),
        (Worth.LEAST, "go.sum yarn.lock package-lock.json CHANGELOG.md CODE_OF_CONDUCT.md AUTHORS"),
    ],
)
def test_the_worth_of_a_file_is_read_from_its_path(kind: Worth, paths: str) -> None:
    assert [worth(RelativePath(path)) for path in paths.split()] == [kind] * len(paths.split())
