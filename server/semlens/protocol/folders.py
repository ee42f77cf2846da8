"""The engine's requests about the folders that have an index: which there are, and forget some."""

from __future__ import annotations

from typing import ClassVar

from attrs import Factory, frozen

from semlens.protocol.editor import KeptFolder
from semlens.protocol.request import Request, Requests


@frozen
class ListFoldersAnswer:
    folders: list[KeptFolder]
    """By path."""


@frozen
class ListFolders(Request[ListFoldersAnswer]):
    """Every folder that has an index, open or not."""

    method: ClassVar[str] = "list_folders"


@frozen
class ForgetFoldersAnswer:
    forgotten: list[KeptFolder]
    """As they were before."""
    freed_bytes: int
    """By how much the data folder has shrunk."""
    problems: list[str] = Factory(list)
    """A sentence for each folder that is not forgotten, or whose files are not all deleted."""


@frozen
class ForgetFolders(Request[ForgetFoldersAnswer]):
    """Close folders and delete their indexes. One that is forgotten already is no error."""

    method: ClassVar[str] = "forget_folders"
    places: list[str]
    """As `KeptFolder.place`."""


FOLDER_REQUESTS: Requests = {kind.method: kind for kind in (ListFolders, ForgetFolders)}
"""Method → request."""
