"""As many files as possible within a budget."""

from __future__ import annotations

import pytest

from semlens.core.cost.fit import fitting
from semlens.core.cost.types import FileCost
from semlens.types import RelativePath

FILES = [FileCost(RelativePath(path), tokens) for path, tokens in (("z", 5), ("a", 30), ("b", 10), ("c", 0))]


@pytest.mark.parametrize(
    ("budget", "around", "expected"),
    [(100, 0, "abcz"), (15, 0, "bcz"), (14, 0, "cz"), (15, 2, "cz"), (0, 0, "c"), (0, 1, "")],
)
def test_the_smallest_files_fit_first_and_are_given_by_path(budget: int, around: int, expected: str) -> None:
    assert "".join(file.path for file in fitting(FILES, budget, around)) == expected
