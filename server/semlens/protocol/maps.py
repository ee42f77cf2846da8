"""The engine's requests about the map of a folder."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from semlens.protocol.editor import MapResult, NearResult
from semlens.protocol.request import LongRequest, Request
from semlens.types import RelativePath


@frozen
class DrawMap(LongRequest[MapResult]):
    """The map of a folder. Progress is in steps of its layout, if it is laid out."""

    method: ClassVar[str] = "draw_map"
    folder: str
    again: bool = False
    """Lay out everything again."""


@frozen
class NearOnMap(Request[NearResult]):
    """The definitions most like one of a folder, and why."""

    method: ClassVar[str] = "near_on_map"
    folder: str
    path: RelativePath
    line: int
    """The first line of the definition, 0-based as in `MapResult`."""
