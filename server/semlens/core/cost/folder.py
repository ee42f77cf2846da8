"""What a folder costs in tokens: file by file, as language models bill it.

The files counted are those that belong to the index, so that what is left out of a search (ignored,
binary, generated, secret) is left out of the sum as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from semlens.core.files.membership import Membership
from semlens.core.files.source import read_source
from semlens.core.files.walk import walk_path
from semlens.core.text.tokens import count_tokens
from semlens.settings import Settings
from semlens.types import CancelToken, RelativePath, Skipped

BILLED: Final = "o200k_base"
"""The encoding of `core.tokens.TOKENIZERS` that a folder is counted in."""


@dataclass(frozen=True, slots=True)
class FileCost:
    """One file's tokens."""

    path: RelativePath
    tokens: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What all the files below a folder cost."""

    files: tuple[FileCost, ...]
    skipped: int
    """Files and folders that were left out."""

    @property
    def tokens(self) -> int:
        return sum(file.tokens for file in self.files)


def cost_of(
    root: Path,
    below: RelativePath,
    settings: Settings,
    cancel: CancelToken,
    counted: Callable[[FileCost], None] = lambda file: None,
) -> Cost:
    """Count every file at or below `below` in the workspace `root`; `counted` is told of each.

    Raises `Cancelled` and `FolderError`.
    """
    membership = Membership(root, settings)
    files: list[FileCost] = []
    skipped = 0
    for found in walk_path(membership.root, membership, below, cancel):
        cancel.check()
        source = (
            found
            if isinstance(found, Skipped)
            else read_source(membership.root, found.path, membership.max_bytes)
        )
        if isinstance(source, Skipped):
            skipped += 1
            continue
        files.append(FileCost(source.path, count_tokens(source.text, BILLED)))
        counted(files[-1])
    return Cost(tuple(files), skipped)
