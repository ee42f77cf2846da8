"""Questions about files of a workspace: the text of some lines, tokens, and why one is indexed or not."""

from __future__ import annotations

from collections.abc import Iterable

from semlens.core.files.content_rules import PRIVATE_KEY
from semlens.core.files.membership import Membership
from semlens.core.files.permission import Permission
from semlens.core.files.remedy import remedy
from semlens.core.files.source import NOT_TEXT, read_source
from semlens.core.index.folder import FolderIndex
from semlens.core.search.locate import source_on_disk
from semlens.core.text.tokenizers.types import Tokenizer
from semlens.errors import FolderError
from semlens.protocol.engine import LeftOutAnswer, LeftOutFile, Refusal, WhyAnswer
from semlens.types import RelativePath, Skipped, Span, is_at_or_below


def text_of_lines(index: FolderIndex, path: RelativePath, span: Span) -> str:
    """The text of some lines on disk. Raises `FolderError` if the file cannot be read."""
    source = source_on_disk(index, path)
    if isinstance(source, Skipped):
        raise FolderError(f"{path} {source.reason}.")
    return "\n".join(source.text.split("\n")[span.start - 1 : span.end])


def why(index: FolderIndex, membership: Membership, path: RelativePath) -> WhyAnswer:
    """Whether a file or folder is in the index, and the rule that keeps it out."""
    place = index.root / path
    if place.is_dir() and not place.is_symlink():
        skipped = membership.refuse(path, True)
        if skipped is None and not index.reader.files.has_any_below(path):
            return WhyAnswer(False, "No file in this folder is indexed.")
        if skipped is None:
            return WhyAnswer(True, "This folder is in the index.")
        return WhyAnswer(False, skipped.reason, _refusal(skipped), remedy(skipped))
    skipped = membership.refuse(path, False)
    if skipped is None and index.reader.chunks.of_file(path):
        return WhyAnswer(True, "This file is in the index.")
    skipped = skipped or _recorded(index, path) or _seen(index, membership, path)
    if skipped is None:
        return WhyAnswer(False, "This file is not in the index yet. Indexing will reach it.")
    let_in = read_source(index.root, path, membership.max_bytes, index.encoding, Permission.NAME)
    hopeless = isinstance(let_in, Skipped) and let_in.reason in (PRIVATE_KEY, NOT_TEXT)
    if isinstance(let_in, Skipped) and let_in.reason == PRIVATE_KEY:
        skipped = let_in
    return WhyAnswer(False, skipped.reason, _refusal(skipped), None if hopeless else remedy(skipped))


def left_out(index: FolderIndex, below: RelativePath, limit: int) -> LeftOutAnswer:
    """The files and folders at or below `below` that are not in the index, and why. Raises `StorageError`."""
    found = [one for one in index.reader.files.skipped() if is_at_or_below(one.path, below)]
    files = [LeftOutFile(one.path, one.reason, _refusal(one)) for one in found[:limit]]
    return LeftOutAnswer(files, len(found))


def indexed_at(index: FolderIndex, path: RelativePath) -> list[RelativePath]:
    """An indexed file, or all indexed files below a folder."""
    known = index.reader.files.content_hash(path) is not None
    return [path] if known else index.reader.files.paths_below(path)


def token_counts(
    index: FolderIndex, files: Iterable[RelativePath], tokenizer: Tokenizer
) -> dict[RelativePath, int]:
    """The tokens of indexed files as they are on disk now; an image has none, nor has a file that is gone."""
    images = index.reader.files.images()
    sources = ((file, source_on_disk(index, file)) for file in files if file not in images)
    return {
        file: tokenizer.count(source.written) for file, source in sources if not isinstance(source, Skipped)
    }


def _refusal(skipped: Skipped) -> Refusal:
    return Refusal(skipped.rule, skipped.rule_file, skipped.rule_line)


def _recorded(index: FolderIndex, path: RelativePath) -> Skipped | None:
    recorded = index.reader.files.skipped(path)
    return recorded[0] if recorded else None


def _seen(index: FolderIndex, membership: Membership, path: RelativePath) -> Skipped | None:
    permission = membership.permission(path)
    source = read_source(index.root, path, membership.max_bytes, index.encoding, permission)
    return source if isinstance(source, Skipped) else None
