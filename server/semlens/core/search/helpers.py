"""What a search may ask besides the index of its folder."""

from __future__ import annotations

from dataclasses import dataclass

from semlens.core.search.first_reader import FirstReader
from semlens.core.search.team_neighbours import TeamNeighbours


@dataclass(frozen=True, slots=True)
class Helpers:
    """Each has its own limit of time, and a search is whole without it."""

    reader: FirstReader | None = None
    """Has the transformer read the first candidates that it has not read yet."""
    team: TeamNeighbours | None = None
    """Asks the team's server for what is nearest."""


ALONE = Helpers()
"""The index alone."""
