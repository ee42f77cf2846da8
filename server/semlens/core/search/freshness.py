"""Where a chunk stands in its file now: a hit never opens at a wrong line.

A file that changed since it was indexed is read again, and the chunk's lines are looked for in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from semlens.core.files.source import Source, read_source
from semlens.core.index.folder import FolderIndex
from semlens.core.index.prepare import chunks_of
from semlens.core.store.records import StoredChunk
from semlens.types import RelativePath, Skipped

MAX_READ = 64 * 1024 * 1024
"""A file that was small enough to be indexed is read whatever it grew to since, up to this many bytes."""


@dataclass(frozen=True, slots=True)
class Seen:
    text: str
    start_line: int
    end_line: int
    stale: bool


class Freshness:
    """Reads each file of one answer once."""

    def __init__(self, index: FolderIndex) -> None:
        self._index = index
        self._sources: dict[RelativePath, Source | None] = {}
        self._texts: dict[RelativePath, list[str]] = {}

    def look(self, chunk: StoredChunk) -> Seen | None:
        """The chunk as it is on disk now, or None if its file is gone."""
        source = self._source(chunk.path)
        if source is None:
            return None
        text = _lines(source, chunk.start_line, chunk.end_line)
        if text == self._indexed(chunk):
            return Seen(text, chunk.start_line, chunk.end_line, False)
        return self._moved(source, chunk)

    def _moved(self, source: Source, chunk: StoredChunk) -> Seen:
        """The same chunk at its new lines; where it is no longer to be found, its old lines, marked stale."""
        candidates = chunks_of(source, self._index.models.measure)[1]
        same = [one for one in candidates if one.content_hash == chunk.content_hash]
        if same:
            nearest = min(same, key=lambda one: abs(one.start_line - chunk.start_line))
            return Seen(nearest.text, nearest.start_line, nearest.end_line, False)
        if chunk.symbol is not None:
            named = [one for one in candidates if chunk.symbol.name in one.defines]
            if named:
                nearest = min(named, key=lambda one: abs(one.start_line - chunk.start_line))
                return Seen(nearest.text, nearest.start_line, nearest.end_line, True)
        last = source.text.count("\n") + 1
        start, end = min(chunk.start_line, last), min(chunk.end_line, last)
        return Seen(_lines(source, start, end), start, end, True)

    def _indexed(self, chunk: StoredChunk) -> str | None:
        """What the chunk said when it was indexed."""
        if chunk.path not in self._texts:
            self._texts[chunk.path] = [item.text for item in self._index.database.texts_of_file(chunk.path)]
        texts = self._texts[chunk.path]
        return texts[chunk.ordinal] if chunk.ordinal < len(texts) else None

    def _source(self, path: RelativePath) -> Source | None:
        if path not in self._sources:
            source = read_source(self._index.root, path, MAX_READ)
            self._sources[path] = None if isinstance(source, Skipped) else source
        return self._sources[path]


def _lines(source: Source, start: int, end: int) -> str:
    return "\n".join(source.text.split("\n")[start - 1 : end])
