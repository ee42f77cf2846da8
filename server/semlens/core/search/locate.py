"""Where a chunk stands in its file now: a hit never opens at a wrong line.

A file that changed since it was indexed is read again, and the chunk's lines are looked for in it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from semlens.core.chunk import definitions
from semlens.core.files.source import Source, read_source
from semlens.core.files.walk import stamp_of
from semlens.core.index.folder import FolderIndex
from semlens.core.index.located import Located
from semlens.core.index.prepare import chunks_of, language_in
from semlens.core.store.records import StoredChunk
from semlens.types import FileStamp, RelativePath, Skipped

T = TypeVar("T")

MAX_READ = 64 * 1024 * 1024
"""A file that was small enough to be indexed is read whatever it grew to since, up to this many bytes."""

YOUNG_SECONDS = 2.0
"""The coarsest clock of a file system in use (FAT)."""


class Locator:
    """Reads each file of one answer once."""

    def __init__(self, index: FolderIndex) -> None:
        self._index = index
        self._root = os.fspath(index.root)
        self._sources: dict[RelativePath, Source | None] = {}
        self._same: dict[RelativePath, bool] = {}
        self._texts: dict[RelativePath, list[str]] = {}

    def look(self, chunk: StoredChunk) -> Located | None:
        """The chunk as it is on disk now, or None if its file is gone.

        A chunk's id stands for one text, and a file's stamp for its bytes: both known, nothing is read.
        """
        stamp = self._stamp(chunk.path)
        known = self._index.seen.get((chunk.id, stamp)) if stamp is not None else None
        if known is None:
            known = self._look(chunk)
            if known is not None and stamp is not None:
                self._index.seen.put((chunk.id, stamp), known)
        return known

    def _look(self, chunk: StoredChunk) -> Located | None:
        source = self._source(chunk.path)
        if source is None:
            return None
        here = _seen(source, chunk.start_line, chunk.end_line)
        if self._is_as_indexed(source):
            return here
        indexed = self._indexed(chunk)
        if here.text == indexed:
            return here
        start = _place_of(indexed, source, chunk.start_line) if indexed else None
        if start is not None:
            return _seen(source, start, start + chunk.end_line - chunk.start_line)
        return self._changed(source, chunk)

    def _stamp(self, path: RelativePath) -> FileStamp | None:
        """What the disk says of a file; None while it is so young that it may change without a trace."""
        try:
            status = os.lstat(os.path.join(self._root, path))  # for each hit, so not by way of a Path
        except (OSError, ValueError):
            return None
        return stamp_of(status) if time.time() - status.st_mtime > YOUNG_SECONDS else None

    def _changed(self, source: Source, chunk: StoredChunk) -> Located:
        """What stands for the chunk now: its lines, its definition, or where it was, marked stale.

        A part of a line is told by its hash alone, as its text is not the whole line.
        """
        chunks = self._parse(source, lambda: chunks_of(source, self._index.models.measure)[1])
        same = [one for one in chunks if one.content_hash == chunk.content_hash]
        if same:
            nearest = min(same, key=lambda one: abs(one.start_line - chunk.start_line))
            return _seen(source, nearest.start_line, nearest.end_line)
        name = chunk.symbol.name if chunk.symbol is not None else None
        defined = self._parse(source, lambda: definitions(source.text, language_in(source)))
        named = [one for one in defined if one.name == name]
        if named:
            found = min(named, key=lambda one: abs(one.start_line - chunk.start_line))
            return _seen(source, found.start_line, found.end_line, stale=True)
        last = source.text.count("\n") + 1
        return _seen(source, min(chunk.start_line, last), min(chunk.end_line, last), stale=True)

    def _parse(self, source: Source, parse: Callable[[], Sequence[T]]) -> Sequence[T]:
        """What `parse` makes of a source; nothing of one that could end this process."""
        quarantine = self._index.quarantine
        if quarantine.blocks(source.content_hash):
            return ()
        with quarantine.parsing(source.content_hash):
            return parse()

    def _is_as_indexed(self, source: Source) -> bool:
        if source.path not in self._same:
            known = self._index.reader.content_hash(source.path)
            self._same[source.path] = source.content_hash == known
        return self._same[source.path]

    def _indexed(self, chunk: StoredChunk) -> str | None:
        """What the chunk said when it was indexed."""
        if chunk.path not in self._texts:
            self._texts[chunk.path] = [item.text for item in self._index.reader.texts_of_file(chunk.path)]
        texts = self._texts[chunk.path]
        return texts[chunk.ordinal] if chunk.ordinal < len(texts) else None

    def _source(self, path: RelativePath) -> Source | None:
        if path not in self._sources:
            source = read_source(self._index.root, path, MAX_READ)
            self._sources[path] = None if isinstance(source, Skipped) else source
        return self._sources[path]


def _seen(source: Source, start: int, end: int, stale: bool = False) -> Located:
    return Located("\n".join(source.text.split("\n")[start - 1 : end]), start, end, stale)


def _place_of(text: str, source: Source, line: int) -> int | None:
    """The first of the lines that say `text` exactly, those nearest to `line`; None if there are none."""
    whole, wanted = f"\n{source.text}\n", f"\n{text}\n"
    starts: list[int] = []
    at = whole.find(wanted)
    while at >= 0:
        starts.append(whole.count("\n", 0, at) + 1)
        at = whole.find(wanted, at + 1)
    return min(starts, key=lambda start: abs(start - line), default=None)
