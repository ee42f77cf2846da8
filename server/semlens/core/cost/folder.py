"""What a folder costs in tokens, file by file.

Only files that belong to the index are counted, so that a file that search leaves out (ignored, binary,
generated, secret) is left out of the sum too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from attrs import evolve

from semlens.core.cost.types import FileCost, FolderCost
from semlens.core.files.membership import Membership
from semlens.core.files.source import Source as SourceText
from semlens.core.files.source import read_source
from semlens.core.files.walk import walk_path
from semlens.core.text.tokenizers.types import Tokenizer
from semlens.settings import Settings
from semlens.types import CancelToken, RelativePath, Skipped


def cost_of_folder(
    root: Path,
    below: RelativePath,
    settings: Settings,
    tokenizer: Tokenizer,
    cancel: CancelToken,
    counted: Callable[[FileCost], None] = lambda file: None,
) -> FolderCost:
    """What the files at or below `below` in the workspace folder `root` cost in `tokenizer`.

    Paths are relative to `root`. Calls `counted` after each file.
    Raises `Cancelled`, `FolderError` and `ModelError`.
    """
    files: list[FileCost] = []
    skipped = 0
    for source in _sources(root, below, settings, cancel):
        if isinstance(source, Skipped):
            skipped += 1
            continue
        files.append(FileCost(source.path, tokenizer.count(source.written)))
        counted(files[-1])
    return FolderCost(tokenizer.name, tuple(files), skipped)


def texts_of(root: Path, below: RelativePath, settings: Settings, cancel: CancelToken) -> Iterator[str]:
    """The texts of the files that belong to the index. Raises `Cancelled` and `FolderError`."""
    for source in _sources(root, below, settings, cancel):
        if not isinstance(source, Skipped):
            yield source.text


def _sources(
    root: Path, below: RelativePath, settings: Settings, cancel: CancelToken
) -> Iterator[SourceText | Skipped]:
    membership = Membership(root, evolve(settings, images=False))
    for found in walk_path(membership.root, membership, below, cancel):
        cancel.check()
        if isinstance(found, Skipped):
            yield found
        else:
            yield read_source(
                membership.root, found.path, membership.max_bytes, membership.encoding, found.permission
            )
