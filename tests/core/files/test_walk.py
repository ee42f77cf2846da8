"""The walk and the reading of files, on workspaces that mean no good."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from semlens.core.files import source as source_module
from semlens.core.files import walk as walk_module
from semlens.core.files.membership import Membership
from semlens.core.files.source import Source, read_source
from semlens.core.files.walk import FoundFile, walk, walk_path
from semlens.errors import Cancelled, FolderError
from semlens.settings import Settings
from semlens.types import CancelToken, RelativePath, Skipped

posix_only = pytest.mark.skipif(os.name != "posix", reason="needs POSIX file kinds")
LIMIT = 1024 * 1024


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


def write(file: Path, content: str | bytes = "x") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)


def found(root: Path, **settings: object) -> tuple[list[str], dict[str, str]]:
    items = list(walk(root, Membership(root, Settings(**settings))))  # type: ignore[arg-type]
    taken: list[str] = [item.path for item in items if isinstance(item, FoundFile)]
    return taken, {item.path: item.reason for item in items if isinstance(item, Skipped)}


def read(root: Path, path: str, limit: int = LIMIT) -> Source | Skipped:
    return read_source(root, RelativePath(path), limit)


def text_of(root: Path, content: str | bytes, name: str = "a.py") -> str:
    write(root / name, content)
    result = read(root, name)
    assert isinstance(result, Source), result
    return result.text


def reason(root: Path, content: str | bytes, name: str = "a.py") -> str:
    write(root / name, content)
    result = read(root, name)
    assert isinstance(result, Skipped), result
    return result.reason


def test_order_is_fixed_and_refused_folders_are_named_once(root: Path) -> None:
    for path in ("b/z.py", "b/a.py", "a.py", "node_modules/x/y.js", "c.py"):
        write(root / path)
    taken, skipped = found(root)
    assert taken == ["a.py", "b/a.py", "b/z.py", "c.py"]
    assert list(skipped) == ["node_modules"]


@posix_only
def test_no_link_is_followed_and_no_pipe_opened(root: Path, tmp_path: Path) -> None:
    write(tmp_path / "outside/secret.py", "outside")
    write(root / "in/a.py")
    (root / "out.py").symlink_to(tmp_path / "outside/secret.py")
    (root / "out").symlink_to(tmp_path / "outside")
    (root / "loop").symlink_to(root)
    (root / "in/self").symlink_to("self")
    (root / "broken.py").symlink_to("nowhere")
    os.mkfifo(root / "pipe.py")
    taken, skipped = found(root)
    assert taken == ["in/a.py"]
    assert "out of the workspace" in skipped["out.py"] and "out of the workspace" in skipped["out"]
    assert "not a regular file" in skipped["pipe.py"] and len(skipped) == 6
    for path in (
        "out.py",
        "out/secret.py",
        "loop/in/a.py",
        "in/self",
        "pipe.py",
        "../outside/secret.py",
        "/etc/hosts",
    ):
        assert isinstance(read(root, path), Skipped), path
    membership = Membership(root, Settings())
    for path in ("out/secret.py", "loop/in/a.py", "out", "../outside/secret.py", str(tmp_path / "outside")):
        assert all(isinstance(item, Skipped) for item in walk_path(root, membership, RelativePath(path)))


@posix_only
def test_folder_swapped_for_a_link_leads_nowhere(root: Path, tmp_path: Path) -> None:
    write(root / "a/b.py", "inside")
    write(tmp_path / "outside/b.py", "outside")
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            (root / "a").rename(root / "kept")
            (root / "a").symlink_to(tmp_path / "outside")
            (root / "a").unlink()
            (root / "kept").rename(root / "a")

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        texts = {
            result.text
            for result in (read(root, "a/b.py") for _ in range(1000))
            if isinstance(result, Source)
        }
    finally:
        stop.set()
        thread.join()
    assert texts <= {"inside"}


@posix_only
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root reads everything")
def test_unreadable_is_skipped(root: Path) -> None:
    write(root / "a/b.py")
    write(root / "c.py")
    (root / "a").chmod(0)
    (root / "c.py").chmod(0)
    taken, skipped = found(root)
    (root / "a").chmod(0o700)
    assert taken == ["c.py"] and "permission denied" in skipped["a"]
    assert "permission denied" in str(read(root, "c.py"))


def test_missing_root_is_one_sentence(root: Path) -> None:
    with pytest.raises(FolderError, match="cannot be read"):
        found(root / "nowhere")


def test_cancel_stops_the_walk(root: Path) -> None:
    for number in range(20):
        write(root / f"{number}.py")
    cancel = CancelToken()
    items = walk(root, Membership(root, Settings()), cancel)
    next(items)
    cancel.cancel()
    with pytest.raises(Cancelled):
        list(items)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_odd_names(root: Path) -> None:
    names = [
        b"new\nline.py",
        b"tab\t.py",
        b"'quote\".py",
        "é日本.py".encode(),
        b"bad\xff.py",
        b" .py",
        b"-rf.py",
    ]
    for name in names:
        Path(os.fsdecode(os.path.join(os.fsencode(root), name))).write_text("x")
    taken, skipped = found(root)
    assert sorted(taken) == sorted(name.decode() for name in names if b"\xff" not in name)
    assert list(skipped.values()) == ["has a name that is not valid UTF-8"]
    "".join(skipped).encode()  # what is told can be stored
    assert all(isinstance(read(root, path), Source) for path in taken)


def read_bytes() -> int:
    """How much this process has read from files, where the system tells."""
    counters = getattr(psutil.Process(), "io_counters", lambda: None)()
    return getattr(counters, "read_chars", 0)


def test_too_large_is_not_read(root: Path) -> None:
    with open(root / "big.py", "wb") as stream:
        stream.truncate(1 << 30)
    taken, skipped = found(root)
    assert not taken and "larger than 1024 KB" in skipped["big.py"]
    before = read_bytes()
    assert isinstance(read(root, "big.py"), Skipped)
    assert read_bytes() - before < 1 << 20
    assert found(root, max_file_size_kb=2 << 20)[0] == ["big.py"]


def test_look_says_what_a_fresh_walk_says(root: Path) -> None:
    for path in ("a/b/c.py", "a/d.py", "e.py", "node_modules/x.js"):
        write(root / path)
    membership = Membership(root, Settings())
    whole = list(walk(root, membership))
    assert list(walk_path(root, membership, RelativePath("a"))) == [
        item for item in whole if item.path.startswith("a/")
    ]
    assert [item.path for item in walk_path(root, membership, RelativePath("e.py"))] == ["e.py"]
    assert isinstance(next(walk_path(root, membership, RelativePath("node_modules/x.js"))), Skipped)
    assert list(walk_path(root, membership, RelativePath("gone"))) == []
    assert list(walk_path(root, membership, RelativePath(""))) == whole


def test_text_has_the_editors_lines(root: Path) -> None:
    assert text_of(root, b"a\r\nb\rc\nd\x0ce\xc2\x85f") == "a\nb\nc\nd\x0ce\x85f"
    assert text_of(root, b"\xef\xbb\xbfa") == "a"
    assert text_of(root, "\ufeffä\n".encode("utf-16-le")) == "ä\n"
    assert text_of(root, "\ufeffä\n".encode("utf-16-be")) == "ä\n"
    assert text_of(root, "für\n".encode("latin-1")) == "für\n"
    assert text_of(root, b"") == ""


def test_what_is_no_text(root: Path) -> None:
    assert "not text" in reason(root, b"abc\0def")
    assert "not text" in reason(root, bytes(range(1, 256)) * 20)
    assert "not text" in reason(root, b"\xff\xfe\x00\xd8\x00")


def test_a_paragraph_on_a_line_is_no_minified_code(root: Path) -> None:
    prose = "The account is locked after three payments that failed. " * 100
    write(root / "notes.md", f"# Payments\n\n{prose}\n")
    assert isinstance(read(root, "notes.md"), Source)
    assert "minified" in reason(root, prose.replace(" ", "_"), "a.js")
    assert "minified" in reason(root, f"# Picture\n\n![](data:image/png;base64,{'QUJD' * 2000})\n", "b.md")


def test_minified(root: Path) -> None:
    assert "minified" in reason(root, "/* licence */\n" + "var a=1;" * 1_000, "a.js")
    assert text_of(root, "x = 1\n" * 1_000 + "DATA = '" + "a" * 3_000 + "'\n")
    assert text_of(root, '{"cells": "' + "a" * 50_000 + '"}', "a.ipynb")


@pytest.mark.parametrize(
    "head",
    [
        "// Code generated by protoc-gen-go. DO NOT EDIT.\n",
        "# @generated by tool\n",
        "/*\n * This file was automatically generated.\n * Do not modify it by hand.\n */\n",
        "# -*- coding: utf-8 -*-\n# Generated by the protocol buffer compiler.  DO NOT EDIT!\n",
        "<!-- auto-generated: do not edit -->\n",
    ],
)
def test_generated(root: Path, head: str) -> None:
    assert "generated" in reason(root, head + "code()\n")


@pytest.mark.parametrize(
    "text",
    [
        'def f():\n    """Writes the words DO NOT EDIT."""\n    return "generated: do not edit"\n',
        "# Do not edit the list without running the tests.\n",
        "@Entity\nclass A { @GeneratedValue int id; }\n",
        "# Lists what was generated.\n",
        "x = 1\n" * 1_000 + "# @generated\n",
    ],
)
def test_not_generated(root: Path, text: str) -> None:
    assert text_of(root, text) == text


def test_private_key_under_a_harmless_name(root: Path) -> None:
    for kind in ("", "RSA ", "OPENSSH ", "ENCRYPTED "):
        assert "private key" in reason(root, f"-----BEGIN {kind}PRIVATE KEY-----\nMII\n", "notes.txt")
    assert "private key" in reason(root, "-----BEGIN PGP PRIVATE KEY BLOCK-----\n", "notes.asc")
    assert text_of(root, 'KEY = """-----BEGIN PRIVATE KEY-----"""\n')


def test_stamp_of_a_file_just_changed_is_not_trusted(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root / "a.py")
    fresh = read(root, "a.py")
    os.utime(root / "a.py", ns=(1, time.time_ns() - 10**9))
    set_back = read(root, "a.py")
    later = time.time_ns() + 10**10
    monkeypatch.setattr(source_module.time, "time_ns", lambda: later)
    settled = read(root, "a.py")
    assert isinstance(fresh, Source) and isinstance(set_back, Source) and isinstance(settled, Source)
    if os.name == "posix":
        assert set_back.stamp.mtime_ns == 0, "its inode has just changed"
    assert fresh.stamp.mtime_ns == 0 and settled.stamp.mtime_ns == (root / "a.py").stat().st_mtime_ns
    assert fresh.content_hash == settled.content_hash and len(fresh.content_hash) == 32


def test_file_that_keeps_changing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root / "a.py")
    real = source_module._read_all

    def appending(descriptor: int, limit: int) -> bytes:
        data = real(descriptor, limit)
        with open(root / "a.py", "a") as stream:
            stream.write("more")
        return data

    monkeypatch.setattr(source_module, "_read_all", appending)
    assert "keeps changing" in str(read(root, "a.py"))


@pytest.mark.skipif(os.name == "nt", reason="the checked way needs no second test there")
def test_the_way_without_anchored_folders_is_as_strict(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "_CAN_ANCHOR", False)
    test_no_link_is_followed_and_no_pipe_opened(root, tmp_path)


@pytest.mark.parametrize("told", ["Cart.py", "SHOP/cart.py", "shop/Cart.py", "shop/sub/../cart.py"])
def test_a_file_is_found_by_its_own_letters_alone(
    root: Path, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    """On a disk that finds names whatever their case, which none here does."""
    write(root / "cart.py")
    write(root / "shop" / "cart.py")
    lstat = os.lstat

    def lenient(path: str | Path) -> os.stat_result:
        return lstat(Path(root, os.path.relpath(path, root).lower()))

    monkeypatch.setattr(os, "lstat", lenient)
    monkeypatch.setattr(walk_module, "_FOLDS_CASE", True)
    membership = Membership(root, Settings())
    assert not [one for one in walk_path(root, membership, RelativePath(told)) if isinstance(one, FoundFile)]
    (own,) = walk_path(root, membership, RelativePath("shop/cart.py"))
    assert isinstance(own, FoundFile) and own.path == "shop/cart.py"
    assert [one.path for one in walk_path(root, membership, RelativePath("shop"))] == ["shop/cart.py"]
