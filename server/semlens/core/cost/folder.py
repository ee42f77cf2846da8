"""What a folder costs in tokens, file by file.

Only files that belong to the index are counted, so that a file that search leaves out (ignored, binary,
generated, secret) is left out of the sum too.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from semlens.core.cost.types import FileCost, FolderCost
from semlens.core.files.membership import Membership
from semlens.core.files.source import read_source
from semlens.core.files.walk import walk_path
from semlens.core.text.tokens import BILLED, tokenizer_named
from semlens.settings import Settings
from semlens.types import CancelToken, RelativePath, Skipped


def cost_of_folder(
    root: Path,
    below: RelativePath,
    settings: Settings,
    cancel: CancelToken,
    counted: Callable[[FileCost], None] = lambda file: None,
) -> FolderCost:
    """What the files at or below `below` in the workspace folder `root` cost; paths are relative to `root`.

    Calls `counted` after each file. Raises `Cancelled` and `FolderError`.
    """
    tokenizer = tokenizer_named(BILLED)
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
        files.append(FileCost(source.path, tokenizer.count(source.text)))
        counted(files[-1])
    return FolderCost(tokenizer.name, tuple(files), skipped)
