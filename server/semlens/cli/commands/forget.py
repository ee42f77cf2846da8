"""`semlens forget`: say what goes with a folder's index, ask, and delete it."""

from __future__ import annotations

import difflib
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from semlens.cli.commands.kept_folders import ask_about_folders, facts, listed, title
from semlens.cli.engine import print_json, say
from semlens.cli.sizes import human_size
from semlens.core.text.printable import printable
from semlens.core.util.current_folder import last_folder
from semlens.errors import FolderError, StorageError, UsageError
from semlens.protocol.editor import KeptFolder
from semlens.protocol.folders import ForgetFolders, ForgetFoldersAnswer

_EDITOR = "language server"
"""The name of the client behind an editor."""
_NAMED = 3
"""The most folders that an error names."""
_LEFT_OUT = "An editor that has it open leaves it out until you reindex there or open the folder again."


def forget(folder: Path, yes: bool, as_json: bool) -> None:
    """Delete the index of `folder`, after asking. Raises `SemlensError` if it has none."""
    _forget([chosen(listed(), folder)], yes, as_json)


def forget_missing(yes: bool, as_json: bool) -> None:
    """Delete the indexes of all folders that are gone, after asking. Raises `SemlensError`."""
    kept = listed()
    away = [one for one in kept if one.presence == "away"]
    for one in away:
        _note(f"{one.folder} stays, as its drive may not be connected: semlens forget {_quoted(one)}")
    gone = [one for one in kept if one.presence == "gone"]
    if gone:
        _forget(gone, yes, as_json)
    elif as_json:
        _print_forgotten(ForgetFoldersAnswer([], 0))
    else:
        say("Every other indexed folder is still there." if away else "Every indexed folder is still there.")


def chosen(kept: Sequence[KeptFolder], folder: Path) -> KeptFolder:
    """The indexed folder that `folder` names. Raises `FolderError`, which names those near it.

    A path that is listed as it is means that folder, also where a link has taken its place since.
    """
    from semlens.core.store.layout import workspace_name

    named = folder.expanduser()
    whole = named if named.is_absolute() else last_folder() / named
    real = os.path.realpath(whole)
    # What `..` means behind a link, its real path alone says.
    spelled = real if ".." in whole.parts else os.path.normpath(whole)
    by_place = {one.place: one for one in kept}
    for path in (spelled, real):
        if found := by_place.get(workspace_name(path)):
            return found
    raise FolderError(f"{spelled} has no index. {_near(kept, real)}")


def _forget(gone: Sequence[KeptFolder], yes: bool, as_json: bool) -> None:
    if not yes and not _agreed(gone):
        _note("Nothing is deleted.")
        return
    answer = ask_about_folders(ForgetFolders([one.place for one in gone]))
    if as_json:
        _print_forgotten(answer)
    else:
        for one in answer.forgotten:
            say(f"Forgotten: {title(one)}")
        if answer.forgotten:
            say(f"{human_size(answer.freed_bytes)} freed.")
        if any(_EDITOR in one.followers for one in answer.forgotten):
            say(_LEFT_OUT)
    if answer.problems:
        raise StorageError(" ".join(answer.problems))


def _print_forgotten(answer: ForgetFoldersAnswer) -> None:
    folders = [
        {"folder": one.folder, "chunks": one.chunks, "disk_bytes": one.disk_bytes} for one in answer.forgotten
    ]
    print_json({"forgotten": folders, "freed_bytes": answer.freed_bytes, "problems": answer.problems})


def _agreed(gone: Sequence[KeptFolder]) -> bool:
    """Whether the user wants it, who is told what goes. Raises `UsageError` where nobody can be asked."""
    what = "the index of 1 folder" if len(gone) == 1 else f"the indexes of {len(gone):,} folders"
    size = human_size(sum(one.disk_bytes for one in gone))
    if not sys.stdin.isatty():
        names = ", ".join(f"{title(one)} ({facts(one)})" for one in gone)
        raise UsageError(f"This would delete {what}, {names}: say --yes to do it.")
    for one in gone:
        _note(f"{title(one)}: {facts(one)}")
    if any(_EDITOR in one.followers for one in gone):
        _note(_LEFT_OUT)
    if any(one.chosen for one in gone):
        _note("The choice of a model or of images that was made for it alone goes, too.")
    return typer.confirm(f"Delete {what}, {size}? Your files stay.", err=True)


def _note(text: str) -> None:
    typer.echo(printable(text), err=True)


def _near(kept: Sequence[KeptFolder], path: str) -> str:
    """A sentence that names indexed folders around, below or like `path`."""
    known = [one for one in kept if one.folder]
    around = [one for one in known if Path(one.folder) in Path(path).parents]
    if around:
        nearest = max(around, key=lambda one: len(one.folder))
        return f"It lies in {nearest.folder}, which has one: semlens forget {_quoted(nearest)}"
    below = [one for one in known if Path(path) in Path(one.folder).parents]
    if below:
        return f"Below it these have one: {_names(below)}"
    same = [one for one in known if os.path.basename(one.folder) == os.path.basename(path)]
    like = difflib.get_close_matches(path, [one.folder for one in known], _NAMED, 0.8)
    alike = same or [one for one in known if one.folder in like]
    if alike:
        return f"Did you mean {_names(alike)}?"
    return "semlens status lists the indexed folders."


def _names(folders: Sequence[KeptFolder]) -> str:
    named = ", ".join(one.folder for one in folders[:_NAMED])
    return f"{named} and {len(folders) - _NAMED:,} more" if len(folders) > _NAMED else named


def _quoted(one: KeptFolder) -> str:
    return shlex.quote(one.folder)
