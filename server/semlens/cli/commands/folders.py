"""The folders that a command means, and whether they are indexed."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from semlens.core.util.current_folder import current_folder
from semlens.core.util.large_folder import is_too_large
from semlens.engine.client.client import EngineClient
from semlens.engine.wire.endpoint import default_data_dir, usable
from semlens.errors import FolderError
from semlens.protocol.engine import Status


def searched(folders: Sequence[Path]) -> list[str]:
    """The folders to search: those named, else the indexed one around the current folder, else this one.

    Each once, under the first of its names.

    :raises FolderError: none is named, and the current folder is a whole disk, the user's home or deleted.
    """
    if folders:
        each = {os.path.normcase(os.path.realpath(folder)): folder for folder in reversed(folders)}
        return [str(folder if is_known(folder) else project(folder)) for folder in reversed(each.values())]
    here = current_folder()
    try:
        return [str(indexed_folder(here))]
    except FolderError:
        if is_too_large(here):
            raise
        return [str(here)]


def project(folder: Path) -> Path:
    """`folder`; raises `FolderError` for a whole disk and for the user's home."""
    if is_too_large(folder):
        raise FolderError(f"{folder} is too large to be a project: name a folder in it.")
    return folder


def indexed_folder(start: Path) -> Path:
    """The nearest folder around the folder `start` that was ever indexed; raises FolderError."""
    real = Path(os.path.realpath(start))
    if not real.is_dir():
        raise FolderError(f"{start} is not a folder.")
    found = next((folder for folder in (real, *real.parents) if is_known(folder)), None)
    if found is None:
        raise not_indexed(str(start))
    return found


def is_known(folder: str | Path) -> bool:
    """Whether a folder was ever indexed."""
    from semlens.core.store.layout import is_known_workspace

    return is_known_workspace(usable(default_data_dir()), Path(folder))


async def check_all_is_read(client: EngineClient, folders: Sequence[str]) -> None:
    """Raise `FolderError` if folders without any indexed code may have some: they may be being indexed."""
    known = {folder.folder: folder for folder in (await client.request(Status())).folders}
    for folder in folders:
        status = known.get(os.path.realpath(folder))
        if status is None:
            raise not_indexed(folder)
        if status.state in ("indexing", "rebuilding"):
            raise FolderError(f"{folder} is being indexed ({status.message}); ask again in a moment.")
        if status.state in ("error", "paused") and status.message:
            raise FolderError(f"Nothing is indexed in {folder} yet. {status.message}")


def not_indexed(folder: str) -> FolderError:
    """The error for a folder without an index."""
    if is_too_large(folder):
        return FolderError(f"{folder} is too large to be a project: name a folder in it.")
    return FolderError(f"Nothing is indexed in {folder}; run: semlens index {shlex.quote(folder)}")
