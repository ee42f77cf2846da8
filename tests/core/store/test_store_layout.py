"""Paths in the data directory, and files that only the user can read."""

from __future__ import annotations

import errno
import os
import threading
import time
from pathlib import Path

import pytest

from semlens.core.store.generations import Generations
from semlens.core.store.layout import (
    disk_usage,
    failure,
    is_known_workspace,
    take_away,
    workspace_dir,
    workspaces,
)
from semlens.core.store.seal import Seal
from semlens.core.store.shared_lock import SharedLock
from semlens.errors import DiskFullError, StorageError
from semlens.private_files import private_dir, set_aside, storage_errors, write_private
from support.damage import put_a_folder

posix = pytest.mark.skipif(os.name != "posix", reason="modes and links are POSIX")


@posix
def test_a_link_and_its_target_share_one_private_folder(tmp_path: Path) -> None:
    root = tmp_path / "My Project é"
    root.mkdir()
    (tmp_path / "link").symlink_to(root)
    data = tmp_path / "data"
    folder = workspace_dir(data, root)
    assert folder == workspace_dir(data, tmp_path / "link")
    assert folder != workspace_dir(data, tmp_path)
    assert folder.name.startswith("my-project")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert dict(workspaces(data))[folder] == root.resolve()


@posix
def test_files_are_written_atomically_and_privately(tmp_path: Path) -> None:
    path = tmp_path / "x"
    write_private(path, b"1")
    write_private(path, b"2")
    assert path.read_bytes() == b"2" and path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["x"]
    open_to_all = tmp_path / "open"
    open_to_all.mkdir(mode=0o755)
    assert private_dir(open_to_all).stat().st_mode & 0o777 == 0o700


def test_os_errors_become_sentences(tmp_path: Path) -> None:
    with pytest.raises(DiskFullError, match="free some space"), storage_errors(tmp_path / "x"):
        raise OSError(errno.ENOSPC, "No space left on device")
    for number, remedy in {
        errno.EACCES: "owner and permissions",
        errno.EIO: "disk",
        errno.EROFS: "disk",
    }.items():
        with pytest.raises(StorageError, match=f"check its {remedy}"), storage_errors(tmp_path / "x"):
            raise OSError(number, os.strerror(number))
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot be used"):
        private_dir(tmp_path / "file" / "folder")


def test_a_damaged_file_is_kept_once(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    for content in (b"1", b"2"):
        path.write_bytes(content)
        aside = set_aside(path)
    assert aside.read_bytes() == b"2" and not path.exists()


@posix
@pytest.mark.parametrize("content", [None, b"", b"\0", b"/elsewhere", b"\xff\xfe", b"x" * 100_000])
def test_a_workspace_that_does_not_say_its_folder_is_known_and_says_it_again(
    tmp_path: Path, content: bytes | None
) -> None:
    root, data = tmp_path / "code", tmp_path / "data"
    folder = workspace_dir(data, root)
    named = folder / "folder"
    named.unlink() if content is None else named.write_bytes(content)
    assert list(workspaces(data)) == [(folder, None)]
    assert is_known_workspace(data, root) and not is_known_workspace(data, tmp_path)
    assert workspace_dir(data, root) == folder
    assert list(workspaces(data)) == [(folder, root)]


def test_what_lies_where_a_file_or_a_folder_belongs_is_set_aside(tmp_path: Path) -> None:
    put_a_folder(tmp_path / "file")
    write_private(tmp_path / "file", b"content")
    assert (tmp_path / "file").read_bytes() == b"content"
    assert (tmp_path / "file.damaged" / "something").exists()
    (tmp_path / "folder").write_bytes(b"no folder")
    assert private_dir(tmp_path / "folder").is_dir()
    assert (tmp_path / "folder.damaged").read_bytes() == b"no folder"


def test_what_was_taken_away_belongs_to_nothing(tmp_path: Path) -> None:
    root, data = tmp_path / "code", tmp_path / "data"
    folder = workspace_dir(data, root)
    first, second = take_away(folder), take_away(workspace_dir(data, root))
    assert first != second and (first / "folder").exists() and first.parent == folder.parent
    assert list(workspaces(data)) == [] and not is_known_workspace(data, root)
    with pytest.raises(StorageError, match="cannot be used"):
        take_away(folder)


def test_holes_take_no_disk(tmp_path: Path) -> None:
    (tmp_path / "sparse").touch()
    os.truncate(tmp_path / "sparse", 1 << 40)
    assert disk_usage(tmp_path) < 1 << 20


def test_stale_generations_are_ignored_and_removed(tmp_path: Path) -> None:
    generations = Generations(tmp_path, "v1")
    assert generations.current() is None
    first = generations.create()
    assert generations.current() is None
    generations.make_current(first)
    second = generations.create()
    assert generations.current() == first and second != first
    assert Generations(tmp_path, "v2").current() is None
    generations.remove_stale()
    assert not second.exists() and generations.current() == first
    (tmp_path / "CURRENT").write_text("../elsewhere")
    assert generations.current() is None


def test_a_seal_detects_changed_files(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.write_bytes(b"abc")
    seal = Seal(tmp_path / "seal", lambda: [path for path in tmp_path.iterdir() if path.name != "seal"])
    assert not seal.intact()
    seal.make()
    assert seal.intact()
    data.write_bytes(b"abd")
    assert not Seal(tmp_path / "seal", lambda: [data]).intact()
    seal.make()
    (tmp_path / "more").touch()
    assert not seal.intact()
    (tmp_path / "more").unlink()
    assert seal.intact()
    seal.break_()
    assert not seal.present and not seal.intact()


def test_a_shared_lock_has_many_readers_or_one_writer() -> None:
    gate, events = SharedLock(), []

    def share(name: str) -> None:
        with gate.shared():
            events.append(f"{name} in")
            time.sleep(0.05)
            events.append(f"{name} out")

    sharers = [threading.Thread(target=share, args=(name,)) for name in "ab"]
    for thread in sharers:
        thread.start()
    while len(events) < 2:
        time.sleep(0.001)
    with gate.exclusive():
        events.append("alone")
    for thread in sharers:
        thread.join()
    assert set(events[:2]) == {"a in", "b in"} and events[-1] == "alone"


@pytest.mark.parametrize(
    ("said", "kind", "told"),
    [
        ("IO error: No space left on device (os error 28)", DiskFullError, "free some space"),
        ("database or disk is full", DiskFullError, "free some space"),
        (
            "Database error: (code: 14) unable to open database file",
            StorageError,
            "check its disk and its permissions",
        ),
        ("attempt to write a readonly database", StorageError, "check its disk and its permissions"),
        (
            "An IO error occurred: 'Input/output error (os error 5)'",
            StorageError,
            "check its disk and its permissions",
        ),
        ("Access is denied. (os error 5)", StorageError, "check its disk and its permissions"),
        ("No such file or directory (os error 2)", StorageError, "index again"),
        ("Data corrupted: 'meta.json'", StorageError, "index again"),
    ],
)
def test_messages_of_libraries_become_sentences_that_say_what_to_do(
    said: str, kind: type[StorageError], told: str, tmp_path: Path
) -> None:
    error = failure("The index", tmp_path, said)
    assert type(error) is kind and told in str(error) and str(tmp_path) in str(error)
