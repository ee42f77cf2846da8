"""What the files of an index cost in tokens: known by their content, else counted from the index."""

from __future__ import annotations

from collections.abc import Callable

from semlens.core.index.folder import FolderIndex
from semlens.core.index.whole_text import whole_text
from semlens.core.search.locate import source_on_disk
from semlens.core.store.token_counts import TokenCounts
from semlens.types import CancelToken, ContentHash, RelativePath, Skipped, is_at_or_below

KEEP_EVERY = 200
"""Files after which their counts are kept, so that a cancelled count is not lost."""

Count = Callable[[str], int]
"""The tokens of a text."""

Progress = Callable[[int, int], None]
"""Called with the files that are counted, and all."""


def costs_of_files(
    index: FolderIndex,
    below: RelativePath,
    count: Count,
    identity: str,
    counts: TokenCounts,
    cancel: CancelToken,
    progress: Progress = lambda done, total: None,
) -> dict[RelativePath, int]:
    """The tokens of every indexed file at or below `below`, by path.

    `identity` tells the tokenizer from any other, as `TokenizerLibrary.identity` does. A file that has
    changed since it was indexed counts as it was then if the index has all of its text, else as it is now.
    Raises `Cancelled`, `ModelError` and `StorageError`.
    """
    files = _hashes_below(index, below)
    known = counts.get(identity, files.values())
    found: dict[RelativePath, int] = {}
    new: dict[ContentHash, int] = {}
    for done, (path, content) in enumerate(files.items()):
        cancel.check()
        if content not in known:
            text = whole_text(index.reader, path, content)
            if text is not None:
                known[content] = new[content] = count(text)
            else:
                _count_on_disk(index, path, count, known, new)
        if content in known:
            found[path] = known[content]
        if len(new) >= KEEP_EVERY:
            counts.put(identity, new)
            new = {}
            progress(done + 1, len(files))
    if new:
        counts.put(identity, new)
    return found


def _count_on_disk(
    index: FolderIndex,
    path: RelativePath,
    count: Count,
    known: dict[ContentHash, int],
    new: dict[ContentHash, int],
) -> None:
    """Note the count of a file whose text the index does not have."""
    source = source_on_disk(index, path)
    if isinstance(source, Skipped):
        return
    tokens = count(source.written)
    new[source.content_hash] = tokens
    content = index.reader.files.content_hash(path)
    if content is not None:
        known[content] = tokens


def _hashes_below(index: FolderIndex, below: RelativePath) -> dict[RelativePath, ContentHash]:
    files = index.reader.files
    stamps, images = sorted(files.stamps().items()), files.images()
    return {
        path: content for path, (_, content) in stamps if path not in images and is_at_or_below(path, below)
    }
