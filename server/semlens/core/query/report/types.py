"""What a long text tells about the code that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Place(NamedTuple):
    """A file that a text names."""

    parts: tuple[str, ...]
    """The folders and the file, as they are written; without an extension if `is_module`."""
    is_module: bool
    """Whether it is a name with dots or colons, such as `http.client`. Its last parts may name something
    within the file."""
    line: int = 0
    """From 1; 0 if none is named."""
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Report:
    """The parts of a long text that tell where the code is."""

    title: str
    """The first sentence that says something."""
    gist: str
    """The title and the first sentences, without code, outputs, templates, tables and logs."""
    names: Mapping[str, float] = field(default_factory=dict)
    """The names of code that the text mentions, with weights: those of the title have the most."""
    places: tuple[Place, ...] = ()
    """The files that the text names."""
