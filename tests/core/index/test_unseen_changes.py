"""A change that leaves a file's size and time as they were is noticed all the same."""

from __future__ import annotations

import os
import shutil
import tarfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from semlens.core.files.membership import Membership
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import reconcile, update
from semlens.engine.models.registry import ModelRegistry
from semlens.private_files import private_dir
from semlens.settings import Settings
from semlens.types import CancelToken, RelativePath

BEFORE, AFTER = "def before(): return 1\n", "def after_(): return 2\n"
LONG_AGO = 1_600_000_000_000_000_000


def restamp(path: Path) -> None:
    os.utime(path, ns=(LONG_AGO, LONG_AGO))


def edit_in_place(path: Path, scratch: Path) -> None:
    with path.open("r+b") as file:
        file.write(AFTER.encode())
    restamp(path)


def rewrite(path: Path, scratch: Path) -> None:
    path.write_text(AFTER)
    restamp(path)


def copy_over(path: Path, scratch: Path) -> None:
    other = scratch / "other.py"
    other.write_text(AFTER)
    restamp(other)
    shutil.copy2(other, path)


def rename_over(path: Path, scratch: Path) -> None:
    other = path.with_name("other.tmp")
    other.write_text(AFTER)
    restamp(other)
    os.replace(other, path)


def extract_over(path: Path, scratch: Path) -> None:
    other = scratch / path.name
    other.write_text(AFTER)
    restamp(other)
    with tarfile.open(scratch / "a.tar", "w") as archive:
        archive.add(other, path.name)
    with tarfile.open(scratch / "a.tar") as archive, archive.extractfile(path.name) as member:  # type: ignore[union-attr]
        path.write_bytes(member.read())
    restamp(path)


CHANGES = [edit_in_place, rewrite, copy_over, rename_over, extract_over]


@pytest.fixture
def index(workspace: Callable[[Mapping[str, str | bytes]], Path], tmp_path: Path) -> Iterator[FolderIndex]:
    root = workspace({"a.py": BEFORE})
    restamp(root / "a.py")
    registry = ModelRegistry(private_dir(tmp_path / "data"))
    index = FolderIndex(root, private_dir(tmp_path / "index"), registry.models(Settings()))
    assert reconcile(index, Membership(root, Settings()), CancelToken()).added == 1
    yield index
    index.close()
    registry.close()


@pytest.mark.skipif(os.name != "posix", reason="the time of an inode's change is POSIX's")
@pytest.mark.parametrize("change", CHANGES)
def test_a_scan_notices_it(index: FolderIndex, tmp_path: Path, change: Callable[[Path, Path], None]) -> None:
    change(index.root / "a.py", private_dir(tmp_path / "scratch"))
    assert reconcile(index, Membership(index.root, Settings()), CancelToken()).changed == 1


@pytest.mark.parametrize("change", CHANGES)
def test_a_report_of_it_is_enough(
    index: FolderIndex, tmp_path: Path, change: Callable[[Path, Path], None]
) -> None:
    change(index.root / "a.py", private_dir(tmp_path / "scratch"))
    told = [RelativePath("a.py")]
    assert update(index, Membership(index.root, Settings()), told, CancelToken()).changed == 1


def test_what_changed_but_its_content_is_not_embedded_again(index: FolderIndex) -> None:
    (index.root / "a.py").chmod(0o600)
    report = reconcile(index, Membership(index.root, Settings()), CancelToken())
    assert (report.changed, report.embedded) == (0, 0)
