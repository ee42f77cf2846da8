"""Names typed into the search: how often the one definition of a name is the first hit."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from quality.bench import Bench, Way
from semlens.core.index.folder import FolderIndex
from semlens.core.search.ranking.name_match import qualifier_match
from semlens.core.store.records import StoredChunk

_NAME = re.compile(r"[A-Za-z_$@][\w$]*[?!]?")
_PROSE = frozenset({"markdown", "rst", "text"})
"""A heading has no name that somebody would type."""
_COLONS = frozenset({"rust", "cpp", "ruby", "php"})
_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Named:
    """A name as it is typed, and the one chunk that defines it."""

    query: str
    chunk: StoredChunk


@dataclass(frozen=True, slots=True)
class Asked:
    named: Named
    first: bool
    shown: str


def plain_names(index: FolderIndex, most: int) -> list[Named]:
    """Names that one chunk alone defines, at most so many, chosen by chance with a fixed seed."""
    names = [name for name in index.reader.names_with_prefix("", _ALL) if _NAME.fullmatch(name)]
    defining = index.reader.chunks_defining(names, ignore_case=False)
    once = {name: ids[0] for name, ids in defining.items() if len(ids) == 1}
    chunks = index.reader.chunks_by_id(once.values())
    named = [Named(name, chunks[number]) for name, number in sorted(once.items())]
    return _some([one for one in named if one.chunk.language not in _PROSE], most)


def qualified_names(index: FolderIndex, most: int) -> list[Named]:
    """Names with what encloses them, which together only one chunk defines: no overloads."""
    names = [name for name in index.reader.names_with_prefix("", _ALL) if _NAME.fullmatch(name)]
    defining = index.reader.chunks_defining(names, ignore_case=False)
    chunks = index.reader.chunks_by_id({number for ids in defining.values() for number in ids})
    named = []
    for _, chunk in sorted(chunks.items()):
        symbol = chunk.symbol
        if symbol is None or symbol.container is None or chunk.language in _PROSE:
            continue
        outer = symbol.container.rsplit(".", 1)[-1]
        same = [chunks[number] for number in defining.get(symbol.name, ())]
        if _NAME.fullmatch(outer) and [one for one in same if qualifier_match(one, [outer]) == 1] == [chunk]:
            mark = "::" if chunk.language in _COLONS else "."
            named.append(Named(f"{outer}{mark}{symbol.name}", chunk))
    return _some(named, most)


def ask(bench: Bench, index: FolderIndex, names: Sequence[Named], way: Way) -> list[Asked]:
    asked = []
    for one in names:
        places = bench.places(index, one.query, way)
        wanted = (one.chunk.path, one.chunk.start_line, one.chunk.end_line)
        shown = "{}:{}-{}".format(*places[0]) if places else "nothing"
        asked.append(Asked(one, places[:1] == [wanted], shown))
    return asked


def _some(named: list[Named], most: int) -> list[Named]:
    return named if len(named) <= most else random.Random(0).sample(named, most)
