"""Bring the images of an index to what is on the disk, and to what the indexed files say of them.

An image's words depend on other files. So what each file says is kept, and images of a name are worded anew
when one of them, or what is said of the name, has changed: an index that follows changes equals a new one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Final, TypeVar

from semlens.core.chunk import CHUNKER_VERSION
from semlens.core.files.content_rules import PRIVATE_KEY
from semlens.core.files.images import (
    IMAGE,
    NOT_AN_IMAGE,
    SIGNATURE_BYTES,
    begins_as_image,
    has_image_name,
    is_svg,
)
from semlens.core.files.private_keys import holds_private_key
from semlens.core.files.source import read_head
from semlens.core.files.walk import FoundFile
from semlens.core.images.mentions import MENTIONS_VERSION, mentions_in, name_key
from semlens.core.images.picture_text import ImageWords, with_picture_text
from semlens.core.images.svg import NotSvgError, svg_words
from semlens.core.images.wording import Use, uses_of, wording
from semlens.core.index.folder import FolderIndex
from semlens.core.index.known_vectors import known_instant_vectors
from semlens.core.index.prepare import Prepared, ReadFile, Reading, Unchanged, complete
from semlens.core.store.image_table import StoredImage, StoredUse
from semlens.core.store.records import ChunkText, StoredChunk
from semlens.core.util.content_hash import hash_text
from semlens.types import (
    CancelToken,
    Chunk,
    ChunkKind,
    ContentHash,
    FileStamp,
    RelativePath,
    Skipped,
    Symbol,
)

T = TypeVar("T")

WORDING_VERSION: Final = 1
"""Raise it when an image gets other words."""

_BATCH: Final = 64
"""Files or images between two looks at the cancel token."""

_NOTEBOOK: Final = ".ipynb"
_DOCUMENTS: Final = (
    ".md", ".markdown", ".mdx", ".rst", ".txt", ".adoc", ".asciidoc", ".org", ".tex", ".html", ".htm",
    _NOTEBOOK,
)  # fmt: skip
"""Endings of texts with headings; all others have comments."""


def forget_images(index: FolderIndex) -> None:
    """Drop what is kept of images, as they are not wanted; their files are removed as others are."""
    index.database.images.end()
    index.database.picture_texts.end()


def image_batches(
    index: FolderIndex,
    found: Sequence[FoundFile],
    touched: Collection[RelativePath] | None,
    max_bytes: int,
    cancel: CancelToken,
    read_text: bool = False,
) -> Iterator[Prepared]:
    """What to store so that images have the words that they have now; nothing for those that have them.

    Call it when all other files are stored, and store each result before asking for the next.

    :param found: the images on the disk; all of them, or those of `touched`
    :param touched: files that may have changed, be new or gone; None if any may
    :param max_bytes: of larger SVG files the text is not read
    :param read_text: whether text that was read in images of pixels is a part of their words
    :raises Cancelled: what is done is kept; a call without `touched` does the rest
    """
    table = index.database.images
    version = f"{MENTIONS_VERSION} {WORDING_VERSION} {CHUNKER_VERSION} {index.models.deep_fingerprint}"
    if touched is not None and table.version != version:
        return  # A scan of the whole folder is to come.
    table.begin(version)
    if not read_text:
        index.database.picture_texts.end()
    _read_sources(index, touched, cancel)
    known, here = table.stamps(), {item.path for item in found}
    stale = [item for item in found if known.get(item.path) != item.stamp]
    gone = (known.keys() if touched is None else known.keys() & set(touched)) - here
    for batch in _in_batches(stale):
        cancel.check()
        read = [_read_image(index, item, max_bytes) for item in batch]
        images = [one for one in read if isinstance(one, StoredImage)]
        skipped = [one for one in read if isinstance(one, Skipped)]
        table.change(images, [one.path for one in skipped])
        if skipped:
            yield Prepared((), tuple(skipped), (), {}, 0)
    table.change((), gone)
    stored = index.reader.files.stamps()
    changed = set(table.changed_names())
    others = {name_key(path) for path, stamp in table.stamps().items() if _lacks(stored.get(path), stamp)}
    for names in _in_batches(sorted(changed | others)):
        cancel.check()
        prepared = _worded(index, names, stored, read_text, cancel)
        if prepared.files or prepared.unchanged:
            yield prepared
        if not changed.isdisjoint(names):
            table.forget_changed(names)


def _lacks(stored: tuple[FileStamp, ContentHash] | None, stamp: FileStamp) -> bool:
    """Whether an image is not in the index, or has another stamp there."""
    return stored is None or stored[0] != stamp


def _read_sources(index: FolderIndex, touched: Collection[RelativePath] | None, cancel: CancelToken) -> None:
    """Keep what the files say of images."""
    table = index.database.images
    files = {
        path: content
        for path, (_, content) in index.reader.files.stamps().items()
        if not has_image_name(path) and (touched is None or path in touched)
    }
    read = table.sources(touched)
    table.set_uses({path: None for path in read if path not in files}, ())
    unread = {path: content for path, content in files.items() if read.get(path) != content}
    for batch in _in_batches(unread):
        cancel.check()
        uses = [use for document in index.reader.texts.documents_of(batch) for use in _uses_in(document)]
        table.set_uses({path: unread[path] for path in batch}, uses)


def _uses_in(document: Sequence[tuple[StoredChunk, ChunkText, object]]) -> Iterator[StoredUse]:
    if not document:
        return
    path = document[0][0].path
    in_notebook = path.lower().endswith(_NOTEBOOK)
    lines: dict[int, str] = {}
    after = 0
    for chunk, text, _ in document:
        written = (text.embedding_text if in_notebook else text.text).split("\n")
        first = max(after + 1, chunk.start_line) if in_notebook else chunk.start_line
        for row, line in enumerate(written):
            lines.setdefault(first + row, line)
        after = max(after, first + len(written))
    numbered = [lines.get(number, "") for number in range(1, max(lines, default=0) + 1)]
    for use in mentions_in(numbered, path.lower().endswith(_DOCUMENTS)):
        yield StoredUse(path, use.line, use.name, use.target, use.words)


def _read_image(index: FolderIndex, item: FoundFile, max_bytes: int) -> StoredImage | Skipped:
    """An image with the texts in it, or why it is none. Of pixels nothing but the first bytes is read."""
    in_xml = is_svg(item.path)
    head = read_head(index.root, item.path, max_bytes if in_xml else SIGNATURE_BYTES)
    if isinstance(head, Skipped):
        return head
    data, stamp = head
    words: tuple[str, ...] = ()
    if not in_xml:
        is_image = begins_as_image(data)
    elif stamp.size > len(data):
        is_image = b"<svg" in data
    else:
        if holds_private_key(item.path, data.decode("utf-8", "replace")):
            return Skipped(item.path, PRIVATE_KEY, stamp=stamp)
        try:
            is_image, words = True, svg_words(data)
        except NotSvgError:
            is_image = False
    if not is_image:
        return Skipped(item.path, NOT_AN_IMAGE, stamp=stamp)
    return StoredImage(item.path, name_key(item.path), stamp, words)


def _worded(
    index: FolderIndex,
    names: Iterable[str],
    stored: Mapping[RelativePath, tuple[FileStamp, ContentHash]],
    read_text: bool,
    cancel: CancelToken,
) -> Prepared:
    """The images of some names that have other words than what is stored, or another stamp."""
    files: list[ReadFile] = []
    unchanged: list[Unchanged] = []
    for images, uses in index.database.images.of_names(names):
        said = [Use(one.path, one.line, one.target, one.words) for one in uses]
        by_image = uses_of([image.path for image in images], said)
        stamps = {image.path: image.stamp for image in images}
        read = index.database.picture_texts.lines_of(stamps) if read_text else {}
        for image in images:
            plain = wording(image.path, image.words, by_image[image.path], index.models.tokenizer)
            words = with_picture_text(plain, read.get(image.path, ()), index.models.tokenizer)
            key = hash_text(words.text)
            stamp, content = stored.get(image.path, (None, None))
            if content != key:
                files.append(_file(image, words, key))
            elif stamp != image.stamp:
                unchanged.append(Unchanged(image.path, image.stamp))
    reading = Reading(tuple(files), (), tuple(unchanged))
    return complete(reading, index.models.static, partial(known_instant_vectors, index), cancel=cancel)


def _file(image: StoredImage, words: ImageWords, key: ContentHash) -> ReadFile:
    symbol = Symbol(image.path.rpartition("/")[2], IMAGE, None, 1, 1)
    embedded = hash_text(words.embedded)
    chunk = Chunk(words.text, 1, 1, IMAGE, ChunkKind.IMAGE, words.embedded, embedded, symbol)
    return ReadFile(image.path, image.stamp, key, IMAGE, (chunk,))


def _in_batches(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, _BATCH)):
        yield batch
