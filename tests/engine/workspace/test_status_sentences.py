"""What the status of a folder says in words, and whether its figures say it already."""

from __future__ import annotations

from pathlib import Path

import pytest

from semlens.engine.workspace.status import WorkspaceStatus
from semlens.types import Coverage

PART = Coverage(files=3, chunks=7, instant=1.0, lexical=1.0, deep=0.2)
FULL = Coverage(files=3, chunks=7, instant=1.0, lexical=1.0, deep=1.0)
SECOND = Coverage(files=3, chunks=7, instant=1.0, lexical=1.0, deep=1.0, second=0.3)


@pytest.mark.parametrize(
    ("status", "said", "repeats"),
    [
        (WorkspaceStatus(improving=True, coverage=PART), "Improving results, 20% done.", True),
        (
            WorkspaceStatus(improving=True, coverage=PART, waiting="waiting for mains power"),
            "Improving results, 20% done, waiting for mains power.",
            False,
        ),
        (
            WorkspaceStatus(improving=True, coverage=SECOND),
            "The second model reads the code, 30% done.",
            True,
        ),
        (WorkspaceStatus(improving=True, coverage=PART, warning="Not watched."), "Not watched.", False),
        (WorkspaceStatus(coverage=FULL, leftover="Old vectors."), "Old vectors.", False),
        (WorkspaceStatus(coverage=FULL), None, False),
    ],
)
def test_progress_alone_is_said_by_the_figures(
    status: WorkspaceStatus, said: str | None, repeats: bool
) -> None:
    told = status.of_folder(Path("/shop"))
    assert (told.message, told.repeats) == (said, repeats)
