"""Which folders have an index, open or not, and what it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from semlens.core.store.layout import disk_usage, last_used, workspaces
from semlens.core.store.live_set import count_chunks
from semlens.core.util.presence import presence
from semlens.engine.workspace.last_model import last_model
from semlens.protocol.editor import KeptFolder


def kept_folders(
    data_dir: Path, opened: Mapping[str, Path], followers: Callable[[Path], list[str]]
) -> list[KeptFolder]:
    """Every folder that has an index, or the beginning of one, by path. Raises `StorageError`.

    :param opened: the names of the private folders of open folders, with these folders
    :param followers: gives the names of the programs that follow a folder
    """
    found = [
        _kept(data_dir, private, named or opened.get(private.name), private.name in opened, followers)
        for private, named in workspaces(data_dir)
    ]
    return sorted(found, key=lambda one: (not one.folder, one.folder))


def _kept(
    data_dir: Path, private: Path, root: Path | None, is_open: bool, followers: Callable[[Path], list[str]]
) -> KeptFolder:
    indexes = [database.parent for database in private.glob("*/index.db")]
    newest = max(indexes, key=last_used, default=None)
    last = last_model(data_dir, root) if root is not None else None
    return KeptFolder(
        folder=str(root or ""),
        place=private.name,
        chunks=count_chunks(newest / "index.db") if newest is not None else None,
        disk_bytes=disk_usage(private),
        last_used=max(map(last_used, indexes), default=0.0),
        presence=presence(root) if root is not None else "gone",
        open=is_open,
        followers=followers(root) if root is not None else [],
        chosen=last is not None and last.is_choice,
    )
