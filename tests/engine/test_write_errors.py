"""Writes that fail where the stores write: one line, an answer, and a right index afterwards."""

from __future__ import annotations

import errno
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from faults.disk import fail, failing_library, small_disk
from semlens.errors import StorageError
from semlens.private_files import private_dir
from support.live import Live, many_files, write


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


@pytest.mark.parametrize("kilobytes", [350, 400, 500, 600])
async def test_no_query_fails_because_a_disk_was_full_when_a_tier_was_opened(
    tmp_path: Path, kilobytes: int
) -> None:
    """The deep tier's store is opened in the background, at whatever moment the disk is full."""
    root = write(tmp_path / "workspace", many_files(6))
    with small_disk(tmp_path / "disk", kilobytes) as disk:
        if disk is None:
            pytest.skip("this user may not make a small disk")
        live = Live(private_dir(disk / "data"))
        try:
            async with live.client() as client:
                with suppress(StorageError):
                    await client.index(root, tier="instant")
                    assert await client.found("worker_3_2", root, wait=True)
                subprocess.run(["mount", "-o", "remount,size=60m", str(disk)], check=True)
                await client.index(root)
                assert await client.found("worker_3_2", root, wait=True)
                assert (await client.status(root)).coverage.deep == 1
            assert len(live.engines) == 1
        finally:
            live.kill_all()
