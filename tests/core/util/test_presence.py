"""A folder is there, was deleted, or may be on a drive that is not connected."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from semlens.core.util import presence as looking
from semlens.core.util.presence import presence

posix = pytest.mark.skipif(os.name != "posix", reason="links and mounts")


def test_a_folder_is_there_and_what_is_none_is_gone(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert presence(tmp_path) == "there"
    assert presence(tmp_path / "file") == "gone"
    assert presence(tmp_path / "file" / "below") == "gone"
    assert presence(tmp_path / "deleted" / "below") == "gone"
    assert presence(Path("no\0path")) == "gone"


@posix
def test_what_a_link_leads_to_counts(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert presence(tmp_path / "link") == "there"
    assert presence(tmp_path / "loop") == "gone"
    (tmp_path / "folder").rmdir()
    assert presence(tmp_path / "link") == "gone"


@pytest.mark.parametrize("error", [PermissionError(13, "denied"), OSError(5, "I/O"), OSError(116, "stale")])
def test_what_may_not_be_looked_at_is_there(monkeypatch: pytest.MonkeyPatch, error: OSError) -> None:
    def refuse(path: object) -> os.stat_result:
        raise error

    monkeypatch.setattr(os, "stat", refuse)
    assert presence(Path("somewhere")) == "there"


@posix
@pytest.mark.parametrize(
    ("folder", "mounted", "expected"),
    [
        ("shop", None, "away"),
        ("disk/shop", None, "away"),
        ("disk/deep/shop", "disk", "gone"),
        ("disk/shop", "disk", "gone"),
        ("disk/shop", "other", "away"),
    ],
)
def test_a_drive_that_is_not_connected_is_told_from_a_deleted_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, mounted: str | None, expected: str
) -> None:
    monkeypatch.setattr(looking, "_DRIVES", (str(tmp_path),))
    there = {tmp_path / mounted} if mounted else set()
    monkeypatch.setattr(os.path, "ismount", lambda path: path in there)
    assert presence(tmp_path / folder) == expected
    assert presence(tmp_path.parent / "elsewhere" / folder) == "gone"
