"""The folders that have an index, whether the editor has them open or not, and how to forget some."""

from __future__ import annotations

from typing import Literal

from attrs import Factory, frozen

Presence = Literal["there", "gone", "away"]
"""`gone`: it was deleted. `away`: it is not there, and its drive may not be connected."""


@frozen
class KeptFolder:
    """A folder that has an index, or the beginning of one."""

    folder: str
    """Its path without links; empty if the file that says it is lost."""
    place: str
    """The name of its private folder, which tells it from all others."""
    chunks: int | None
    """The chunks of the index that was used last; null if it is unfinished or damaged."""
    disk_bytes: int
    """What its indexes take. Vectors, which folders share, are not among it."""
    last_used: float
    """When it was opened last, in seconds since 1970; 0 if that is not known."""
    presence: Presence
    open: bool = False
    """Whether the engine has it open."""
    followers: list[str] = Factory(list)
    """The names of the programs that follow it, such as `language server`."""
    chosen: bool = False
    """Whether a model or images were chosen for it alone."""
    uri: str | None = None
    """The URI of the editor's own folder, if the editor has it open."""


@frozen
class KeptFoldersParams:
    """Ask for every folder that has an index."""


@frozen
class KeptFoldersResult:
    """Every folder that has an index, by path."""

    folders: list[KeptFolder]


@frozen
class ForgetParams:
    """Delete the indexes of some folders. A folder that the editor has open is left out from then on."""

    places: list[str]
    """As in `KeptFolder`."""


@frozen
class ForgetResult:
    """What became of it."""

    freed_bytes: int
    """By how much Semlens's data have shrunk."""
    problems: list[str]
    """A sentence for each folder that is not forgotten, or whose files are not all deleted."""
