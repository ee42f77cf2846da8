"""Type names of symbols into the search: how often is the definition the first hit?"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from quality.repositories import IndexedRepositories, Variant
from semlens.core.index.folder import FolderIndex
from semlens.core.search.ranking.name_match import qualifier_match
from semlens.core.store.records import StoredChunk

_NAME = re.compile(r"[A-Za-z_$@][\w$]*[?!]?")
_PROSE = frozenset({"markdown", "rst", "text"})
"""Languages of prose: nobody searches for a heading by its name."""
_COLONS = frozenset({"rust", "cpp", "ruby", "php"})
"""Languages that write `outer::name`."""
_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class SymbolQuery:
    """A name as a person types it, and the only chunk that defines it."""

    query: str
    chunk: StoredChunk


@dataclass(frozen=True, slots=True)
class SymbolAnswer:
    """What the search answered to one name."""

    symbol: SymbolQuery
    first: bool
    """Whether the definition is the first hit."""
    shown: str
    """The first hit as `path:start-end`, or "nothing"."""


def plain_names(index: FolderIndex, most: int) -> list[SymbolQuery]:
    """At most `most` names that only one chunk defines, drawn with a fixed seed."""
    names = [name for name in index.reader.chunks.names_with_prefix("", _ALL) if _NAME.fullmatch(name)]
    defining = index.reader.chunks.defining(names, ignore_case=False)
    once = {name: ids[0] for name, ids in defining.items() if len(ids) == 1}
    chunks = index.reader.chunks.by_id(once.values())
    named = [SymbolQuery(name, chunks[number]) for name, number in sorted(once.items())]
    return _some([one for one in named if one.chunk.language not in _PROSE], most)


def qualified_names(index: FolderIndex, most: int) -> list[SymbolQuery]:
    """At most `most` names with the enclosing name, such as `outer.name`, that only one chunk defines.

    Overloads are left out.
    """
    names = [name for name in index.reader.chunks.names_with_prefix("", _ALL) if _NAME.fullmatch(name)]
    defining = index.reader.chunks.defining(names, ignore_case=False)
    chunks = index.reader.chunks.by_id({number for ids in defining.values() for number in ids})
    named = []
    for _, chunk in sorted(chunks.items()):
        symbol = chunk.symbol
        if symbol is None or symbol.container is None or chunk.language in _PROSE:
            continue
        outer = symbol.container.rsplit(".", 1)[-1]
        same = [chunks[number] for number in defining.get(symbol.name, ())]
        if _NAME.fullmatch(outer) and [one for one in same if qualifier_match(one, [outer]) == 1] == [chunk]:
            mark = "::" if chunk.language in _COLONS else "."
            named.append(SymbolQuery(f"{outer}{mark}{symbol.name}", chunk))
    return _some(named, most)


def ask(
    repositories: IndexedRepositories, index: FolderIndex, queries: Sequence[SymbolQuery], variant: Variant
) -> list[SymbolAnswer]:
    """Search `index` for each of `queries`."""
    answers = []
    for one in queries:
        locations = repositories.locations(index, one.query, variant)
        wanted = (one.chunk.path, one.chunk.start_line, one.chunk.end_line)
        shown = "{}:{}-{}".format(*locations[0]) if locations else "nothing"
        answers.append(SymbolAnswer(one, locations[:1] == [wanted], shown))
    return answers


def _some(named: list[SymbolQuery], most: int) -> list[SymbolQuery]:
    return named if len(named) <= most else random.Random(0).sample(named, most)
