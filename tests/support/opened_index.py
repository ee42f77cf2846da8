"""A real index of a folder, for as long as a test needs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from semlens.core.files.membership import Membership
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import reconcile
from semlens.engine.models.registry import ModelRegistry
from semlens.private_files import private_dir
from semlens.settings import Settings
from semlens.types import CancelToken


@contextmanager
def opened_index(root: Path, data: Path) -> Iterator[FolderIndex]:
    """The index of `root`, up to date, kept below `data` with the models' own files."""
    registry = ModelRegistry(private_dir(data))
    index = FolderIndex(root, private_dir(data / "index"), registry.models(Settings()))
    reconcile(index, Membership(root, Settings()), CancelToken())
    yield index
    index.close()
    registry.close()
