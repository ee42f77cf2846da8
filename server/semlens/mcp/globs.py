"""The globs of a client as globs of each folder that is searched.

A client writes them relative to that folder, or copies them from an answer, where a path begins with the
names of the folders between the answer's root and the file, or is absolute.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from semlens.core.files.globs import expand_choices
from semlens.mcp.roots import InRoot, Roots

_WILDCARDS = frozenset("*?[")
_EVERYTHING = "**"


def globs_of_folders(roots: Roots, places: Sequence[InRoot], globs: Sequence[str]) -> Mapping[str, list[str]]:
    """Root → globs of the files to search there, for those of `places` that may have such files.

    A root without globs is searched as a whole. A glob that begins with the name of a place is meant for it
    alone; any other glob is meant for all of them.
    """
    if not any(glob.strip() for glob in globs):
        return {place.root: [place.glob] if place.path else [] for place in places}
    found: dict[str, list[str]] = {place.root: [] for place in places}
    for glob in (one.strip() for given in globs for one in expand_choices(given) if one.strip()):
        below = {place: rests for place in places if (rests := [*_rests(glob, place, roots)])}
        named = {place for place, rests in below.items() if any(literal for _, literal in rests)}
        for place in places:
            found[place.root] += [f"{place.glob.rstrip('/')}/{rest}" for rest, _ in below.get(place, ())]
            if not named:
                found[place.root].append(_relative(place, glob))
    return {root: its for root, its in found.items() if its}


def _rests(glob: str, place: InRoot, roots: Roots) -> Iterator[tuple[str, bool]]:
    """What a glob that leads to a place says below it, and whether it names the place without wildcards."""
    readings = [(_parts(glob), _parts(roots.name(place)))]
    if os.path.isabs(glob):
        readings.append((_parts(_resolved(glob)), _parts(place.absolute)))
    for parts, names in readings:
        rest = _rest(parts, names)
        if rest is not None:
            yield rest, _WILDCARDS.isdisjoint("".join(parts[: len(names)]))


def _rest(parts: Sequence[str], names: Sequence[str]) -> str | None:
    """The parts of a glob that are left below the folder with these names; None if it leads elsewhere."""
    for at, (part, name) in enumerate(zip(parts, names, strict=False)):
        if part == _EVERYTHING:
            return "/".join(parts[at:]) if at else None
        if part != name and not fnmatchcase(name, part):
            return None
    return ("/".join(parts[len(names) :]) or _EVERYTHING) if names else None


def _relative(place: InRoot, glob: str) -> str:
    """A glob relative to a place as a glob of its root."""
    if not place.path:
        return glob
    if "/" in glob:
        return f"{place.glob}/{glob.removeprefix('./').lstrip('/')}"
    part = glob if not _WILDCARDS.isdisjoint(glob) else f"*{glob}*"
    return f"{place.glob}/**/{part}"


def _resolved(glob: str) -> str:
    """An absolute glob with the links before its first wildcard followed, as those of a root are."""
    parts = glob.replace("\\", "/").split("/")
    wild = next((at for at, part in enumerate(parts) if not _WILDCARDS.isdisjoint(part)), len(parts))
    try:
        real = os.path.realpath("/".join(parts[:wild]) or "/")
    except (OSError, ValueError):  # such as a NUL character
        return glob
    return "/".join([real, *parts[wild:]])


def _parts(path: str) -> list[str]:
    return [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]
