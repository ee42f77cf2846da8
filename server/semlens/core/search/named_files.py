"""Find the indexed files that a text names, by path or as modules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from semlens.core.query.report import Place
from semlens.core.search.ranking.name_match import NAMED_AS_FOLDER
from semlens.types import RelativePath

_STANDS_FOR_FOLDER = NAMED_AS_FOLDER | {"lib", "main"}
"""A module's name leaves out these too."""

_ByLastPart = Mapping[tuple[bool, str], Sequence[tuple[RelativePath, tuple[str, ...]]]]
"""Whether it is a module, and the last part of its name → the files with it, with all parts."""


@dataclass(slots=True)
class NamedFile:
    """A file that a text names."""

    weight: float = 0.0
    """The sum over the places that name it; a place that fits several files is shared among them."""
    lines: list[int] = field(default_factory=list)
    """The lines that are named."""


def named_files(paths: Iterable[RelativePath], places: Sequence[Place]) -> dict[RelativePath, NamedFile]:
    """Those of the files at `paths` that `places` name."""
    by_last_part = _by_last_part(paths)
    found: dict[RelativePath, NamedFile] = {}
    for place in places:
        fitting = _fitting(place, by_last_part)
        for path in fitting:
            file = found.setdefault(path, NamedFile())
            file.weight += place.weight / len(fitting)
            if place.line:
                file.lines.append(place.line)
    return found


def _by_last_part(paths: Iterable[RelativePath]) -> _ByLastPart:
    found = defaultdict(list)
    for path in paths:
        parts = tuple(path.split("/"))
        stem = parts[-1].split(".", 1)[0]
        module = parts[:-1] if stem in _STANDS_FOR_FOLDER and len(parts) > 1 else (*parts[:-1], stem)
        found[False, parts[-1]].append((path, parts))
        found[True, module[-1]].append((path, module))
    return found


def _fitting(place: Place, by_last_part: _ByLastPart) -> list[RelativePath]:
    """The files with the most last parts in common with a place: two at least, or all that a path has.

    The last parts of a module may name something within it, so that they may be left out.
    """
    for end in range(len(place.parts), 1 if place.is_module else len(place.parts) - 1, -1):
        parts = place.parts[:end]
        common = {
            path: _common(parts, of_file)
            for path, of_file in by_last_part.get((place.is_module, parts[-1]), ())
        }
        most = max(common.values(), default=0)
        if most >= 2 or (most == len(parts) and not place.is_module):
            return [path for path, count in common.items() if count == most]
    return []


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    """How many parts two names have in common, from the last on."""
    count = 0
    for one, other in zip(reversed(first), reversed(second), strict=False):
        if one != other:
            break
        count += 1
    return count
