"""Lines of files, to be shown around hits."""

from __future__ import annotations

from attrs import frozen


@frozen
class LineBlock:
    """Lines of a file that follow each other, both ends 0-based and inclusive."""

    first: int
    last: int


@frozen
class FileBlocks:
    """The lines that are wanted of a file."""

    uri: str
    blocks: list[LineBlock]


@frozen
class ExcerptsParams:
    """Read lines of files of the workspace as a search shows them."""

    files: list[FileBlocks]


@frozen
class FileExcerpts:
    """The lines of a file."""

    uri: str
    blocks: list[list[str]]
    """One for each asked block, cut off at the end of the file; none if the file cannot be read."""


@frozen
class ExcerptsResult:
    """The lines of files, in the order that they were asked for."""

    files: list[FileExcerpts]
