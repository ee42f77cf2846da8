"""The map of a folder's code: a point for each definition, near those that mean the same."""

from __future__ import annotations

from attrs import frozen


@frozen
class MapParams:
    """Draw the map of a folder."""

    folder: str
    """The URI of a folder in the workspace."""
    again: bool = False
    """Lay out everything again; else known code stays where it was."""
    work_done_token: str | int | None = None
    """The token for reports of progress."""


@frozen
class MapCluster:
    """Definitions that lie together."""

    name: str
    """Its telling words; empty if no word tells it from the others."""
    size: int
    x: float
    y: float
    """Its middle."""


@frozen
class MapResult:
    """The points of a map, column by column. Numbers are little-endian arrays in base64."""

    points: int
    positions: str
    """32-bit floats: x and y of each point."""
    files: str
    """32-bit unsigned integers: the place in `paths` of each point's file."""
    lines: str
    """32-bit unsigned integers: the first and the last line of each point, 0-based."""
    clusters: str
    """16-bit integers: the place in `cluster_list` of each point's cluster, or -1."""
    kinds: str
    """Bytes: the place in `kind_list` of each point's kind."""
    names: list[str]
    """The dotted name of each point."""
    kind_list: list[str]
    """Kinds of definitions, such as `function`."""
    paths: list[str]
    """Relative to the folder."""
    languages: list[str]
    """The language of each path."""
    changed: list[int]
    """When the file at each path was last changed, in seconds since the epoch."""
    cluster_list: list[MapCluster]
    """The largest first."""
    placed: int
    """Points that were placed among the others, since all were laid out."""
    outdated: bool
    """Whether a better model than the one that laid them out has read all of the code by now."""
    complete: bool
    """Whether all files are in the index: false while it is being made."""


@frozen
class NearParams:
    """Why a point of the map is where it is."""

    folder: str
    """The URI of a folder in the workspace."""
    path: str
    """Relative to the folder."""
    line: int
    """The first line of the point, 0-based."""


@frozen
class NearDefinition:
    """A definition near the one asked about."""

    path: str
    name: str
    line: int
    """0-based."""
    cosine: float
    words: list[str]
    """Words of both that make them alike, those that do most first."""


@frozen
class NearResult:
    near: list[NearDefinition]
    """The most alike first; none if the definition is no longer there."""
