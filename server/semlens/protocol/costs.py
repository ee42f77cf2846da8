"""The engine's requests about what indexed files cost in tokens."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from semlens.protocol.request import LongRequest
from semlens.types import RelativePath


@frozen
class FileTokens:
    """The tokens of an indexed file."""

    path: RelativePath
    tokens: int


@frozen
class FolderTokensAnswer:
    """The tokens of the indexed files of a folder."""

    tokenizer: str
    files: list[FileTokens]
    """By path."""
    skipped: int
    """The number of files and folders that are not in the index."""
    complete: bool
    """Whether all files are in the index: false while it is being made."""


@frozen
class FolderTokens(LongRequest[FolderTokensAnswer]):
    """Count the files at or below `below` in a tokenizer, as far as their counts are not known."""

    method: ClassVar[str] = "folder_tokens"
    folder: str
    below: RelativePath
    tokenizer: str
    """As `TokenizerLibrary.named` takes it."""
