"""Writes that fail where the stores write: one line, an answer, and a right index afterwards."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from faults.disk import fail, failing_library


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = failing_library(tmp_path_factory.mktemp("library"))
    if made is None:
        pytest.skip("this takes Linux and a C compiler")
    return made


@pytest.mark.parametrize(
    ("error", "part", "told"),
    [
        (errno.ENOSPC, "index.db", "is full: free some space"),
        (errno.EIO, "/lexical/", "check its disk"),
        (errno.EROFS, "/nearest/", "check its disk"),
    ],
)
async def test_failing_writes(library: Path, tmp_path: Path, error: int, part: str, told: str) -> None:
    said, answers, differing, _ = await fail(tmp_path, library, error, part)
    assert told in str(said) and answers and differing == 0
