"""`semlens forget`: which folder is meant, what is said and asked, and what goes."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from semlens.cli.commands import forget as forgetting
from semlens.cli.commands import kept_folders
from semlens.engine.wire.endpoint import owner_lock
from semlens.errors import EngineError, FolderError
from semlens.protocol.editor import KeptFolder
from support.command_line import Ended, Run
from support.live import Live, write

posix = pytest.mark.skipif(os.name != "posix", reason="links and deleted current folders")


@pytest.fixture
def shop(live: Live, run: Run, tmp_path: Path) -> Path:
    """An indexed folder. The engine has no transformer to load."""
    live.start()
    folder = write(tmp_path / "work" / "shop", {"a.py": "def first():\n    return 1\n"})
    assert run("index", folder, "--tier", "instant").status == 0
    return folder


def answers(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Have a person at a terminal who types this."""
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)

    def confirm(question: str, err: bool) -> bool:
        assert question.startswith("Delete the index of 1 folder, ") and err
        assert question.endswith("? Your files stay.")
        return text == "y"

    monkeypatch.setattr(forgetting.typer, "confirm", confirm)


def test_it_says_what_goes_and_asks(run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = run("forget", shop)
    assert refused.status == 2 and refused.out == ""
    assert f"This would delete the index of 1 folder, {shop} (1 chunk, " in refused.err
    assert refused.err.endswith("): say --yes to do it.\n")
    answers(monkeypatch, "n")
    declined = run("forget", shop)
    assert (declined.status, declined.out) == (0, "")
    assert f"{shop}: 1 chunk, " in declined.err and "Nothing is deleted." in declined.err
    assert f"{shop}: ready, 1 files" in run("status").out
    answers(monkeypatch, "y")
    done = run("forget", shop)
    assert done.status == 0 and done.out.startswith(f"Forgotten: {shop}\n") and " freed.\n" in done.out
    assert "Nothing is indexed yet" in run("status").out
    again = run("forget", shop, "-y")
    assert again == Ended(1, "", f"semlens: {shop} has no index. semlens status lists the indexed folders.\n")
    assert (shop / "a.py").exists()


def by_slash(folder: Path) -> str:
    return f"{folder}/"


def by_dots(folder: Path) -> str:
    return str(folder / ".." / folder.name / ".")


def by_link(folder: Path) -> str:
    (folder.parent.parent / "link").symlink_to(folder.parent)
    return str(folder.parent.parent / "link" / folder.name)


def relative(folder: Path) -> str:
    return os.path.relpath(folder)


@posix
@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("named", [by_slash, by_dots, by_link, relative])
def test_a_folder_is_told_by_each_of_its_paths_also_when_it_is_gone(
    run: Run,
    shop: Path,
    monkeypatch: pytest.MonkeyPatch,
    named: Callable[[Path], str],
    there: bool,
) -> None:
    monkeypatch.chdir(shop.parent.parent)
    name = named(shop)
    if not there:
        shutil.rmtree(shop)
    done = json.loads(run("forget", name, "--yes", "--json").out)
    assert [one["folder"] for one in done["forgotten"]] == [str(shop)]
    assert done["forgotten"][0]["chunks"] == 1 and done["freedBytes"] > 0 and done["problems"] == []


@posix
def test_without_a_name_the_terminals_folder_is_meant_also_a_deleted_one(
    run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = write(shop / "below", {"b.py": "pass\n"})
    monkeypatch.chdir(below)
    refused = run("forget", "-y")
    assert refused.status == 1
    assert refused.err == (
        f"semlens: {below} has no index. It lies in {shop}, which has one: semlens forget {shop}\n"
    )
    monkeypatch.chdir(shop)
    monkeypatch.setenv("PWD", str(shop))
    shutil.rmtree(shop)
    assert run("forget", "-y").out.startswith(f"Forgotten: {shop}\n")
    monkeypatch.delenv("PWD")
    assert "no longer there; change to another one" in run("forget", "-y").err
    monkeypatch.chdir("/")


def test_all_that_are_no_longer_there_are_forgotten_at_once(
    run: Run, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("forget", "--missing") == Ended(0, "Every indexed folder is still there.\n", "")
    assert json.loads(run("forget", "--missing", "--json").out) == {
        "forgotten": [], "freedBytes": 0, "problems": []
    }  # fmt: skip
    gone = [write(tmp_path / name, {"a.py": f"def {name}(): ...\n"}) for name in ("one", "two")]
    for folder in gone:
        assert run("index", folder, "--tier", "instant").status == 0
        shutil.rmtree(folder)
    said = run("status").out
    assert f"{gone[0]}: ready, 1 files, 1 chunks, 0 left out, " in said and ", no longer there, deep" in said
    assert "semlens forget --missing frees " in said
    listed = json.loads(run("status", "--json").out)["indexed"]
    assert {one["folder"]: one["presence"] for one in listed} == {
        str(shop): "there", **{str(one): "gone" for one in gone}
    }  # fmt: skip
    refused = run("forget", "--missing")
    assert refused.status == 2 and "the indexes of 2 folders, " in refused.err
    done = run("forget", "--missing", "-y")
    assert done.out.startswith("".join(f"Forgotten: {one}\n" for one in gone)) and done.status == 0
    assert f"{shop}: " in run("status").out
    assert run("forget", shop, "--missing").status == 2


def test_without_an_engine_it_works_too(run: Run, live: Live, shop: Path, monkeypatch: Any) -> None:
    def fail(ask: object) -> object:
        raise EngineError("The Semlens engine did not start, because the disk is full.")

    monkeypatch.setattr(kept_folders, "with_engine", fail)
    assert run("forget", shop, "-y").err == (  # The engine runs: nobody else touches its data.
        "semlens: The Semlens engine did not start, because the disk is full.\n"
    )
    live.kill_all()
    with owner_lock(live.data_dir):
        assert run("forget", shop, "-y").status == 1
    done = run("forget", shop, "-y")
    assert done.out.startswith(f"Forgotten: {shop}\n") and done.status == 0
    assert list((live.data_dir / "workspaces").iterdir()) == []
    missed = run("forget", shop, "-y")
    assert missed.status == 1 and "has no index" in missed.err


# Which folder is meant


def kept(*folders: str) -> list[KeptFolder]:
    from semlens.core.store.layout import workspace_name

    return [KeptFolder(folder, workspace_name(folder), 1, 1, 0.0, "gone") for folder in folders]


@posix
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("/w/shop/src/deep", "It lies in /w/shop, which has one: semlens forget /w/shop"),
        ("/w/my shop/src", "It lies in /w/my shop, which has one: semlens forget '/w/my shop'"),
        ("/w/shop/lib/x", "It lies in /w/shop/lib, which has one: semlens forget /w/shop/lib"),
        ("/w", "Below it these have one: /w/shop, /w/shop/lib, /w/my shop and 1 more"),
        ("/elsewhere/tools", "Did you mean /w/tools?"),
        ("/quite/another", "semlens status lists the indexed folders."),
        ("/w/tool", "Did you mean /w/tools?"),
    ],
)
def test_a_folder_without_an_index_is_refused_and_near_ones_are_named(asked: str, said: str) -> None:
    folders = kept("/w/shop", "/w/shop/lib", "/w/my shop", "/w/tools")
    with pytest.raises(FolderError) as refused:
        forgetting.chosen(folders, Path(asked))
    assert str(refused.value) == f"{asked} has no index. {said}"


@posix
def test_a_path_that_is_listed_means_that_folder_where_a_link_has_taken_its_place(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "old").symlink_to(tmp_path / "new")
    old, new = kept(str(tmp_path / "old"), str(tmp_path / "new"))
    assert forgetting.chosen([old, new], tmp_path / "old") == old
    assert forgetting.chosen([new], tmp_path / "old") == new
    # Behind a link, `..` is beside its target.
    assert forgetting.chosen([old, new], tmp_path / "old" / ".." / "new") == new


def test_an_index_whose_path_is_lost_is_told_by_its_name() -> None:
    (lost,) = kept(os.path.realpath("/w/shop"))
    nameless = KeptFolder("", lost.place, None, 1, 0.0, "gone")
    assert forgetting.chosen([nameless], Path(os.path.realpath("/w/shop"))) == nameless
    assert kept_folders.title(nameless) == f"a folder whose path is lost ({lost.place})"
    assert kept_folders.facts(nameless) == "unfinished or damaged, 1 B"


@pytest.mark.parametrize(
    ("presence", "end"),
    [("there", ""), ("gone", ", no longer there"), ("away", ", not there: its drive may not be connected")],
)
def test_facts_of_an_index(presence: Any, end: str) -> None:
    one = KeptFolder("/w", "w", 1204, 5_600_000, 0.0, presence)
    assert kept_folders.facts(one) == f"1,204 chunks, 5.6 MB{end}"


def test_a_drive_that_is_not_connected_keeps_its_folders(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    away = KeptFolder("/mnt/usb/my shop", "w", 1, 1, 0.0, "away")
    monkeypatch.setattr(forgetting, "listed", lambda: [away])
    assert run("forget", "--missing", "-y") == Ended(
        0,
        "Every other indexed folder is still there.\n",
        "/mnt/usb/my shop stays, as its drive may not be connected: semlens forget '/mnt/usb/my shop'\n",
    )
