"""Find where a chunk stands in its file now, so that a hit never opens at a wrong line.

If a file has changed since it was indexed, look for the chunk's lines in the new text.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from semlens.core.chunk import definitions
from semlens.core.files.permission import Permission
from semlens.core.files.source import Source, read_source
from semlens.core.files.walk import stamp_of
from semlens.core.index.folder import FolderIndex
from semlens.core.index.prepare import chunks_of, language_in
from semlens.core.search.caches import LocatedChunk, NamingLine, PlaceCaches
from semlens.core.store.records import StoredChunk
from semlens.types import ChunkKind, FileStamp, RelativePath, Skipped, Symbol

log = logging.getLogger(__name__)

T = TypeVar("T")

_MAX_READ_BYTES = 64 * 1024 * 1024
"""A file that was indexed may have grown; up to this size it is read."""

MAX_HEADER = 12
"""Lines of a definition's header, its name and its parameters, that are looked at."""

YOUNG_SECONDS = 2.0
"""The coarsest clock of a file system in use (FAT)."""


class Locator:
    """Locates the chunks of one answer, and reads each of their files at most once."""

    def __init__(self, index: FolderIndex, caches: PlaceCaches) -> None:
        self._index = index
        self._caches = caches
        self._root = os.fspath(index.root)
        self._sources: dict[RelativePath, Source | None] = {}
        self._unchanged: dict[RelativePath, bool] = {}
        self._texts: dict[RelativePath, list[str]] = {}
        self._kept: dict[RelativePath, dict[int, str]] = {}

    def locate(self, chunk: StoredChunk) -> LocatedChunk | None:
        """The chunk as it is on disk now, or None if its file is gone.

        A chunk's id stands for one text, and a file's stamp for its bytes. If the cache has both, or the
        index has this stamp, no file is read.
        """
        if chunk.kind is ChunkKind.IMAGE:
            return self._image(chunk)
        stamp = self._stamp(chunk.path)
        located = self._caches.located.get((chunk.id, stamp)) if stamp is not None else None
        if located is None:
            located = (self._unchanged_lines(chunk, stamp) if stamp else None) or self._look_up(chunk)
            if located is not None and stamp is not None:
                self._caches.located.put((chunk.id, stamp), located)
        return located

    def naming_line(self, chunk: StoredChunk, located: LocatedChunk) -> NamingLine | None:
        """The line that names the chunk's symbol, as it is on disk now; None without it."""
        if chunk.symbol is None or located.stale:
            return None
        stamp = self._stamp(chunk.path)
        known = self._caches.naming.get((chunk.id, stamp)) if stamp is not None else None
        if known is None:
            known = self._look_up_name(chunk, chunk.symbol, located)
            if known is not None and stamp is not None:
                self._caches.naming.put((chunk.id, stamp), known)
        return known

    def definitions_in(self, path: RelativePath) -> tuple[list[str], Sequence[Symbol]]:
        """The lines of a file as it is on disk now, and its definitions in order; neither if it is gone."""
        source = self._source(path)
        if source is None:
            return [], ()
        found = self._parse(source, lambda: definitions(source.parsed, language_in(source)))
        return _lines(source.text), found

    def _unchanged_lines(self, chunk: StoredChunk, stamp: FileStamp) -> LocatedChunk | None:
        """The chunk at its place in the index, if its file has the stamp that it had then."""
        if chunk.path not in self._kept:
            self._kept[chunk.path] = self._index.reader.texts.lines_of_unchanged(chunk.path, stamp)
        text = self._kept[chunk.path].get(chunk.id)
        return None if text is None else LocatedChunk(text, chunk.start_line, chunk.end_line, stale=False)

    def _look_up(self, chunk: StoredChunk) -> LocatedChunk | None:
        source = self._source(chunk.path)
        if source is None:
            return None
        here = _at(source, chunk.start_line, chunk.end_line)
        if self._is_unchanged(source):
            return here
        indexed = self._indexed_text(chunk)
        if here.text == indexed:
            return here
        start = _nearest_copy(indexed, source, chunk.start_line) if indexed else None
        if start is not None:
            return _at(source, start, start + chunk.end_line - chunk.start_line)
        return self._in_changed(source, chunk)

    def _look_up_name(self, chunk: StoredChunk, symbol: Symbol, located: LocatedChunk) -> NamingLine | None:
        source = self._source(chunk.path)
        if source is None:
            return None
        lines = source.text.split("\n")
        start = symbol.start_line + located.start_line - chunk.start_line
        for number in range(max(start, 1), min(start + MAX_HEADER, len(lines)) + 1):
            if symbol.name in lines[number - 1]:
                return NamingLine(number, lines[number - 1 : number - 1 + MAX_HEADER])
        return None

    def _image(self, chunk: StoredChunk) -> LocatedChunk | None:
        """An image with its words, which stand in no line of its file; None if it is gone."""
        text = self._indexed_text(chunk)
        if text is None or not os.path.lexists(os.path.join(self._root, chunk.path)):
            return None
        return LocatedChunk(text, chunk.start_line, chunk.end_line, stale=False)

    def _stamp(self, path: RelativePath) -> FileStamp | None:
        """The file's stamp, or None while the file is so young that a change may leave the same stamp."""
        try:
            status = os.lstat(os.path.join(self._root, path))  # faster than a Path, for each hit
        except (OSError, ValueError):
            return None
        return stamp_of(status) if time.time() - status.st_mtime > YOUNG_SECONDS else None

    def _in_changed(self, source: Source, chunk: StoredChunk) -> LocatedChunk:
        """The chunk in a changed text: its content elsewhere, or, stale, its definition or its old lines.

        The content hash finds the parts of a long line too, whose text is not a whole line.
        """
        chunks = self._parse(source, lambda: chunks_of(source, self._index.models.tokenizer)[1])
        same = [one for one in chunks if one.content_hash == chunk.content_hash]
        if same:
            nearest = min(same, key=lambda one: abs(one.start_line - chunk.start_line))
            return _at(source, nearest.start_line, nearest.end_line)
        name = chunk.symbol.name if chunk.symbol is not None else None
        defined = self._parse(source, lambda: definitions(source.parsed, language_in(source)))
        named = [one for one in defined if one.name == name]
        if named:
            found = min(named, key=lambda one: abs(one.start_line - chunk.start_line))
            return _at(source, found.start_line, found.end_line, stale=True)
        last = max(1, len(_lines(source.text)))
        return _at(source, min(chunk.start_line, last), min(chunk.end_line, last), stale=True)

    def _parse(self, source: Source, parse: Callable[[], Sequence[T]]) -> Sequence[T]:
        """What `parse` returns, or nothing for a source whose parsing may crash this process."""
        quarantine = self._index.quarantine
        if quarantine.blocks(source.content_hash):
            return ()
        try:
            with quarantine.parsing(source.content_hash):
                return parse()
        except Exception:  # Whatever it is, the hit is then where it was, and stale.
            log.warning("%s could not be parsed", source.path, exc_info=True)
            return ()

    def _is_unchanged(self, source: Source) -> bool:
        if source.path not in self._unchanged:
            known = self._index.reader.files.content_hash(source.path)
            self._unchanged[source.path] = source.content_hash == known
        return self._unchanged[source.path]

    def _indexed_text(self, chunk: StoredChunk) -> str | None:
        """The chunk's text when it was indexed."""
        if chunk.path not in self._texts:
            self._texts[chunk.path] = self._index.reader.texts.lines_of(chunk.path)
        texts = self._texts[chunk.path]
        return texts[chunk.ordinal] if chunk.ordinal < len(texts) else None

    def _source(self, path: RelativePath) -> Source | None:
        if path not in self._sources:
            source = source_on_disk(self._index, path)
            self._sources[path] = None if isinstance(source, Skipped) else source
        return self._sources[path]


def source_on_disk(index: FolderIndex, path: RelativePath) -> Source | Skipped:
    """An indexed file as it is on disk now, decoded as it was for the index. Raises `ShortageError`."""
    return read_source(index.root, path, _MAX_READ_BYTES, index.encoding, Permission.NAME)


def _lines(text: str) -> list[str]:
    """The lines of a text: none is empty behind the last line end."""
    lines = text.split("\n")
    return lines if lines[-1] else lines[:-1]


def _at(source: Source, start: int, end: int, stale: bool = False) -> LocatedChunk:
    return LocatedChunk("\n".join(source.text.split("\n")[start - 1 : end]), start, end, stale)


def _nearest_copy(text: str, source: Source, line: int) -> int | None:
    """The line at which `text` stands in the source, nearest to `line`; None if it does not."""
    whole, wanted = f"\n{source.text}\n", f"\n{text}\n"
    starts: list[int] = []
    at = whole.find(wanted)
    while at >= 0:
        starts.append(whole.count("\n", 0, at) + 1)
        at = whole.find(wanted, at + 1)
    return min(starts, key=lambda start: abs(start - line), default=None)
