"""How a file's role and version weigh its candidates: most queries are about the code that does the work."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from semlens.core.files.role import Role, role_of
from semlens.types import RelativePath

FACTORS: Mapping[Role, float] = {
    Role.SOURCE: 1.0,
    Role.TEST: 0.5,
    Role.EXAMPLE: 0.4,
    Role.DECLARATION: 0.7,
    Role.VENDORED: 0.5,
    Role.REEXPORT: 0.6,
    Role.ENTRY: 1.15,
    Role.DOCUMENT: 0.6,
    Role.IMAGE: 0.6,
    Role.SETTINGS: 0.6,
}
"""The factor for a score, by the role of its file."""

SUPERSEDED = 0.6
"""The factor for a score in `v1` if the folder `v2` beside it has candidates too."""

_VERSION = re.compile(r"((?:.*[-_.])?)v(\d{1,3})", re.I)  # not ipv4 beside ipv6


def role_factors(paths: Sequence[RelativePath], requested: Collection[Role]) -> list[float]:
    """The factor of each path: 1 if the query requests its role, else that of `FACTORS`."""
    return [1.0 if role in requested else FACTORS[role] for role in map(role_of, paths)]


def superseded(paths: Iterable[RelativePath]) -> frozenset[RelativePath]:
    """The paths through a folder of an older version than another of `paths`."""
    versions = {path: _versions(path) for path in paths}
    newest: dict[str, int] = defaultdict(int)
    for found in versions.values():
        for series, number in found:
            newest[series] = max(newest[series], number)
    return frozenset(
        path for path, found in versions.items() if any(number < newest[series] for series, number in found)
    )


@lru_cache(maxsize=65_536)
def _versions(path: RelativePath) -> tuple[tuple[str, int], ...]:
    """(series, version) of each folder on the path that is named like `v2`."""
    folders = path.split("/")[:-1]
    matches = map(_VERSION.fullmatch, folders)
    return tuple(
        ("/".join([*folders[:depth], match[1].lower()]), int(match[2]))
        for depth, match in enumerate(matches)
        if match
    )
