"""After any change on disk, the reported changes lead to the same files as a fresh walk."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from semlens.core.files.membership import Membership
from semlens.core.files.walk import FoundFile, walk, walk_path
from semlens.core.files.watch import watcher as watch
from semlens.core.files.watch.native import NativeSource
from semlens.core.files.watch.watcher import Changes, Watcher
from semlens.errors import FolderError
from semlens.settings import Settings
from semlens.types import FileStamp, RelativePath

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="looks at inotify's own watches")


class Follower:
    """Handles changes as an index does: walks the paths, adds files, and removes those that are gone."""

    def __init__(self, root: Path, mode: str = "auto") -> None:
        self.root = root
        self.membership = Membership(root, Settings())
        self.files = self._walked(self.membership)
        self.told: list[Changes] = []
        self.watcher = Watcher(root, self.membership, self._follow, mode, poll_seconds=0.2)  # type: ignore[arg-type]

    def fresh(self) -> dict[RelativePath, FileStamp]:
        return self._walked(Membership(self.root, Settings()))

    def settle(self, seconds: float = 60.0) -> None:
        """Wait until this equals a fresh walk; fail if it never does, or does not stay so."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.files == self.fresh():
                time.sleep(0.3)
                if self.files == self.fresh():
                    return
            time.sleep(0.05)
        assert self.files == self.fresh()

    def _follow(self, changes: Changes) -> None:
        self.told.append(changes)
        if changes is None:
            try:
                self.files = self._walked(self.membership)
            except FolderError:
                self.files = {}
            return
        for path in changes:
            found = [
                item for item in walk_path(self.root, self.membership, path) if isinstance(item, FoundFile)
            ]
            gone = [known for known in self.files if known == path or known.startswith(path + "/")]
            for known in gone:
                del self.files[known]
            self.files.update({item.path: item.stamp for item in found})

    def _walked(self, membership: Membership) -> dict[RelativePath, FileStamp]:
        items = walk(self.root, membership)
        return {item.path: item.stamp for item in items if isinstance(item, FoundFile)}


@contextmanager
def following(root: Path, mode: str = "auto") -> Iterator[Follower]:
    follower = Follower(root, mode)
    follower.watcher.start()
    try:
        yield follower
    finally:
        follower.watcher.stop()


def eventually(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert holds()


def write(file: Path, text: str = "x") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    for name in ("a.py", "src/b.py", "src/deep/er/c.py", "node_modules/x/y.js", "out/z.py"):
        write(folder / name)
    write(folder / ".gitignore", "out/\n")
    return folder


@pytest.fixture(params=["auto", "polling"])
def followed(root: Path, request: pytest.FixtureRequest) -> Iterator[Follower]:
    with following(root, request.param) as follower:
        yield follower


def test_create_edit_delete(followed: Follower, root: Path) -> None:
    write(root / "new.py")
    write(root / "a.py", "changed")
    (root / "src/b.py").unlink()
    followed.settle()
    assert "new.py" in followed.files and "src/b.py" not in followed.files


def test_atomic_save(followed: Follower, root: Path) -> None:
    for text in ("1", "22", "333"):
        write(root / "a.py.tmp", text)
        os.replace(root / "a.py.tmp", root / "a.py")
    followed.settle()
    assert followed.files[RelativePath("a.py")].size == 3


def test_folder_renamed_and_edited_there(followed: Follower, root: Path) -> None:
    (root / "src").rename(root / "lib")
    followed.settle()
    write(root / "lib/deep/er/c.py", "edited after the move")
    write(root / "lib/deep/new/d.py")
    followed.settle()
    assert set(followed.files) >= {"lib/deep/er/c.py", "lib/deep/new/d.py"}


def test_moved_out_of_the_tree_and_back(followed: Follower, root: Path, tmp_path: Path) -> None:
    (root / "src").rename(tmp_path / "elsewhere")
    followed.settle()
    assert set(followed.files) == {"a.py", ".gitignore"}
    (tmp_path / "elsewhere").rename(root / "back")
    followed.settle()
    write(root / "back/deep/er/c.py", "edited")
    followed.settle()


def test_file_replaced_by_folder_and_back(followed: Follower, root: Path) -> None:
    (root / "a.py").unlink()
    write(root / "a.py/inner.py")
    followed.settle()
    assert "a.py/inner.py" in followed.files
    shutil.rmtree(root / "a.py")
    write(root / "a.py")
    followed.settle()


def test_rule_takes_effect_in_both_directions(followed: Follower, root: Path) -> None:
    write(root / ".gitignore", "src/\n")
    followed.settle()
    assert "src/b.py" not in followed.files and "out/z.py" in followed.files
    write(root / "out/z.py", "seen, now that it belongs")
    followed.settle()
    write(root / ".semlensignore", "!src/\nsrc/deep\n")
    followed.settle()
    assert "src/b.py" in followed.files and "src/deep/er/c.py" not in followed.files


def test_link_is_not_followed(followed: Follower, root: Path, tmp_path: Path) -> None:
    write(tmp_path / "outside/secret.py")
    (root / "link").symlink_to(tmp_path / "outside")
    shutil.rmtree(root / "src")
    (root / "src").symlink_to(tmp_path / "outside")
    followed.settle()
    assert not [path for path in followed.files if path.startswith(("link", "src"))]


def test_new_folder_brings_its_rules(followed: Follower, root: Path, tmp_path: Path) -> None:
    write(tmp_path / "made/.gitignore", "*.gen.py\n")
    write(tmp_path / "made/kept.py")
    write(tmp_path / "made/x.gen.py")
    (tmp_path / "made").rename(root / "made")
    followed.settle()
    assert "made/kept.py" in followed.files and "made/x.gen.py" not in followed.files


def test_storm_of_everything(root: Path) -> None:
    chance = random.Random(7)
    names = ["a", "b", "c", "node_modules", "out"]

    def somewhere() -> Path:
        return root.joinpath(*chance.choices(names, k=chance.randint(1, 4)))

    with following(root) as follower:
        for _ in range(5):
            for _ in range(400):
                storm_step(chance, somewhere(), somewhere())
            follower.settle()


def storm_step(chance: random.Random, here: Path, there: Path) -> None:
    try:
        step = chance.randrange(6)
        if step <= 1:
            write(here / f"{chance.randint(0, 5)}.py", "x" * chance.randint(0, 9))
        elif step == 2:
            here.rename(there)
        elif step == 3 and here.is_dir():
            shutil.rmtree(here)
        elif step == 4:
            write(here / ".gitignore", chance.choice(["a/\n", "*.py\n", "!b\n", "/c\n", ""]))
        else:
            there.parent.mkdir(parents=True, exist_ok=True)
            here.rename(there.with_name("moved"))
    except OSError:
        pass  # the step makes no sense on this tree


def test_burst_ends_equal(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "BURST_PATHS", 20)
    with following(root) as follower:
        for folder in range(300):
            for file in range(10):
                write(root / f"burst/{folder % 20}/{folder}/{file}.py", "x")
        follower.settle()
        for file in range(500):
            write(root / f"src/{file}.py")
        follower.settle()
        assert None in follower.told
        shutil.rmtree(root / "burst")
        follower.settle()


@linux_only
def test_ignored_folders_are_not_watched(root: Path) -> None:
    with following(root) as follower:
        source = follower.watcher.source
        inside = {path for path in source.watched if not os.path.isabs(path)}  # type: ignore[union-attr]
        assert inside == {"", "src", "src/deep", "src/deep/er"}
        shutil.copytree(root / "node_modules", root / "src/node_modules")
        write(root / "src/fresh/n.py")
        follower.settle()
        inside = {path for path in source.watched if not os.path.isabs(path)}  # type: ignore[union-attr]
        assert inside == {"", "src", "src/deep", "src/deep/er", "src/fresh"}


def test_recursive_source_as_on_macos_and_windows(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "system_events", NativeSource)
    with following(root) as follower:
        write(root / "new/er.py")
        (root / "src/b.py").unlink()
        os.replace(root / "src/deep/er/c.py", root / "a.py")
        follower.settle()
        (root / "src").rename(root / "lib")
        write(root / ".gitignore", "new/\n")
        follower.settle()
        assert "new/er.py" not in follower.files and "out/z.py" in follower.files


@linux_only
def test_full_table_is_said_and_polled(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from semlens.core.files.watch import inotify

    real, added = inotify.add_watch, []

    def limited(descriptor: int, path: bytes, mask: int) -> int:
        added.append(path)
        if len(added) <= 2:
            return real(descriptor, path, mask)
        inotify.ctypes.set_errno(28)
        return -1

    monkeypatch.setattr(inotify, "add_watch", limited)
    with following(root) as follower:
        assert follower.watcher.warning and "limit" in follower.watcher.warning
        write(root / "src/deep/er/c.py", "where no watch is")
        follower.settle()


@linux_only
def test_root_that_goes_and_comes_back(root: Path, tmp_path: Path) -> None:
    with following(root) as follower:
        root.rename(tmp_path / "away")
        eventually(lambda: follower.watcher.warning is not None)
        (tmp_path / "away").rename(root)
        write(root / "src/b.py", "edited when back")
        follower.settle()
        eventually(lambda: follower.watcher.warning is None)
        write(root / "src/deep/new.py", "seen by a watch again")
        follower.settle()


@linux_only
def test_overflow_looks_at_everything(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with following(root) as follower:
        from watchdog.observers.inotify_c import InotifyConstants, InotifyEvent

        follower.watcher.source.deliver(  # type: ignore[union-attr]
            InotifyEvent(-1, InotifyConstants.IN_Q_OVERFLOW, 0, b"")  # type: ignore[arg-type]
        )
        eventually(lambda: follower.told == [None])


def test_quiet_means_quiet(root: Path) -> None:
    with following(root) as follower:
        write(root / "node_modules/x/new.js")
        write(root / "out/new.py")
        write(root / "picture.png")
        time.sleep(0.5)
        assert follower.told == []


def test_stop_is_final(root: Path) -> None:
    before = threading.active_count()
    with following(root) as follower:
        write(root / "n.py")
    told = len(follower.told)
    write(root / "m.py")
    time.sleep(0.4)
    assert len(follower.told) == told
    assert threading.active_count() <= before


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
@pytest.mark.parametrize("kind", ["repository", "submodule", "worktree"])
def test_a_branch_switch_in_a_repository_inside(root: Path, tmp_path: Path, kind: str) -> None:
    for place in (root, tmp_path / "other"):
        write(place / "inner_rules.txt")
        git(place, "init", "-q")
        git(place, "add", ".")
        git(place, "commit", "-q", "-m", "first")
    inner = root / "inner"
    if kind == "submodule":
        git(
            root,
            "-c",
            "protocol.file.allow=always",
            "submodule",
            "--quiet",
            "add",
            str(tmp_path / "other"),
            "inner",
        )
    elif kind == "worktree":
        git(root, "worktree", "add", "-q", str(inner), "-b", "beside")
        write(root / ".semlensignore", "!inner/\n")
    else:
        (tmp_path / "other").rename(inner)
    write(inner / ".gitignore", "left_out/\n")
    write(inner / "left_out/kept.py")
    write(inner / "on_main.py")
    git(inner, "add", ".gitignore", "on_main.py")
    git(inner, "commit", "-q", "-m", "second")
    git(inner, "checkout", "-q", "-b", "feature")
    write(inner / "src/on_feature.py")
    (inner / "on_main.py").unlink()
    git(inner, "add", "-A")
    git(inner, "commit", "-q", "-m", "third")
    with following(root) as followed:
        git(inner, "checkout", "-q", "-")
        followed.settle()
        assert "inner/on_main.py" in followed.files and "inner/src/on_feature.py" not in followed.files
        git(inner, "checkout", "-q", "feature")
        followed.settle()
        assert "inner/src/on_feature.py" in followed.files and "inner/left_out/kept.py" not in followed.files
        git(inner, "add", "-f", "left_out/kept.py")
        eventually(lambda: RelativePath("inner/left_out/kept.py") in followed.files)
        followed.settle()


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, timeout=60)
