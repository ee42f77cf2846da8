"""What an index knows of symbols: the definitions of a name, and the outline of a file or a folder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice

from semlens.core.files.role import Role, role_of
from semlens.core.index.folder import FolderIndex
from semlens.core.query.scope import ScopeFilter
from semlens.core.search.caches import PlaceCaches
from semlens.core.search.locate import Locator
from semlens.core.store.records import StoredChunk
from semlens.types import Hit, RelativePath, Symbol

MAX_FILES = 100
"""Files that are read to find the definitions of one name, the likeliest first."""

_SUGGESTIONS = 8
_COMPARED = 1_000
"""Names with the same beginning whose spelling is compared."""
_SEPARATORS = re.compile(r"::|->|[.#/\\:]|\s+")


@dataclass(frozen=True, slots=True)
class FoundDefinitions:
    """The definitions of a name."""

    hits: list[Hit]
    unread: int = 0
    """How many more files define the name, as the index says."""


@dataclass(frozen=True, slots=True)
class OutlineFile:
    """The definitions of one file."""

    path: RelativePath
    lines: dict[int, str]
    """Line number → the text that stands for the definition there, in order."""
    outer: tuple[int, ...]
    """The lines of the outermost definitions."""
    last: int
    """The number of the file's last line, or of its last indexed one; 1 for an empty file."""


def find_definitions(
    index: FolderIndex, caches: PlaceCaches, name: str, scope: ScopeFilter
) -> FoundDefinitions:
    """The definitions of `name`, as they are on disk now, the likeliest first.

    A qualified name (`Cart.total`, `Cart::total`) prefers definitions inside those containers. Names that
    differ in case alone are found if no other is.
    """
    *containers, last = [part for part in _SEPARATORS.split(name.strip()) if part] or [""]
    last = last.removesuffix("()")
    for ignore_case in (False, True):
        key = last.lower() if ignore_case else last
        ids = index.reader.chunks.defining([last], ignore_case).get(key, [])
        chunks = [
            chunk
            for chunk in index.reader.chunks.by_id(ids).values()
            if scope.admits(chunk.path, chunk.language)
        ]
        chunks.sort(key=lambda chunk: _order(chunk, containers))
        languages = {chunk.path: chunk.language for chunk in chunks}
        found = list(_definitions(index, caches, languages, key, ignore_case))
        if found:
            found.sort(key=lambda hit: _order(hit, containers))
            return FoundDefinitions(found, max(0, len(languages) - MAX_FILES))
    return FoundDefinitions([])


def similar_names(index: FolderIndex, name: str) -> list[str]:
    """Other defined names that begin as `name` does, the nearest first."""
    last = _last_part(name)
    for length in (len(last), (len(last) + 1) // 2, 3):
        names = index.reader.chunks.names_with_prefix(last[:length], _COMPARED) if length >= 3 else []
        others = [one for one in names if one.lower() != last.lower()]
        if others:
            return nearest_first(name, others)[:_SUGGESTIONS]
    return []


def nearest_first(name: str, others: Sequence[str]) -> list[str]:
    """Names in the order of how like `name` they are spelled, in any case; its containers do not count."""
    matcher = SequenceMatcher(b=_last_part(name).lower(), autojunk=False)

    def likeness(other: str) -> float:
        matcher.set_seq1(other.lower())
        return matcher.ratio()

    return sorted(others, key=lambda other: (-likeness(other), other))


def _last_part(name: str) -> str:
    return (_SEPARATORS.split(name.strip()) or [""])[-1].removesuffix("()")


def outline_of_file(index: FolderIndex, caches: PlaceCaches, path: RelativePath) -> OutlineFile:
    """The line that names each definition of an indexed file, as it is on disk now."""
    lines, symbols = Locator(index, caches).definitions_in(path)
    named = {_name_line(lines, symbol): symbol for symbol in symbols}
    outer = tuple(line for line, symbol in named.items() if not symbol.container)
    shown = {line: lines[line - 1] for line in sorted(named)}
    return OutlineFile(path, shown, outer, max(1, len(lines)))


def indexed_outline(index: FolderIndex, path: RelativePath) -> OutlineFile:
    """The definitions of an indexed file, from the index alone."""
    lines: dict[int, str] = {}
    outer: list[int] = []
    chunks = index.reader.chunks.of_file(path)
    for chunk in chunks:
        line, text = _summary(chunk)
        if text and line not in lines:
            lines[line] = text
            if chunk.symbol is None or not chunk.symbol.container:
                outer.append(line)
    last = max((chunk.end_line for chunk in chunks), default=1)
    return OutlineFile(path, lines, tuple(outer), last)


def _definitions(
    index: FolderIndex,
    caches: PlaceCaches,
    languages: Mapping[RelativePath, str],
    name: str,
    ignore_case: bool,
) -> Iterator[Hit]:
    """The definitions of a name in the first files of `languages`."""
    locator = Locator(index, caches)
    for path in islice(languages, MAX_FILES):
        lines, symbols = locator.definitions_in(path)
        for symbol in symbols:
            if (symbol.name.lower() if ignore_case else symbol.name) == name:
                text = "\n".join(lines[symbol.start_line - 1 : symbol.end_line])
                yield Hit(
                    path=path,
                    start_line=symbol.start_line,
                    end_line=symbol.end_line,
                    score=1.0,
                    language=languages[path],
                    symbol=symbol,
                    preview=text,
                    stale=False,
                    reasons=(),
                    folder=str(index.root),
                )


def _order(place: Hit | StoredChunk, containers: Sequence[str]) -> tuple[int, bool, RelativePath, int]:
    """Definitions in the asked containers first, then those in source files, then by place."""
    around = _SEPARATORS.split(_around(place).lower())
    of_path = place.path.lower()
    matching = sum(part.lower() in around or part.lower() in of_path for part in containers)
    return -matching, role_of(place.path) is not Role.SOURCE, place.path, place.start_line


def _around(place: Hit | StoredChunk) -> str:
    """The names of the definitions around one. A chunk may be of a class that has it as a member."""
    if place.symbol is None:
        return ""
    return place.symbol.dotted_name if isinstance(place, StoredChunk) else place.symbol.container or ""


def _name_line(lines: Sequence[str], symbol: Symbol) -> int:
    """The line of a definition that has its name: its first lines may be decorators."""
    for line in range(symbol.start_line, min(symbol.end_line, symbol.start_line + 10) + 1):
        if line <= len(lines) and symbol.name in lines[line - 1]:
            return line
    return symbol.start_line


def _summary(chunk: StoredChunk) -> tuple[int, str]:
    """The line of a chunk's definition with its kind and name; other names that it defines behind it."""
    symbol = chunk.symbol
    names = [name for name in chunk.defines if symbol is None or name != symbol.name]
    if symbol is None:
        return chunk.start_line, ", ".join(names)
    label = f"{symbol.kind} {symbol.dotted_name}"
    return symbol.start_line, f"{label}: {', '.join(names)}" if names else label
