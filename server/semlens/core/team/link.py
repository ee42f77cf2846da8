"""The link between the deep tier and the team that the user has joined, which may change at any time."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from semlens.core.team.counts import Tally
from semlens.core.team.giving import Giving
from semlens.core.team.taking import Taking
from semlens.core.team.team import Embed, Model, Team
from semlens.types import ContentHash


class TeamLink:
    """The team in use, if there is one. Safe for many threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._team: Team | None = None
        self._giving: Giving | None = None
        self._offered: set[str] = set()

    @property
    def team(self) -> Team | None:
        """The team in use."""
        return self._team

    @property
    def waiting(self) -> int:
        """How many contents wait to be given."""
        giving = self._giving
        return 0 if giving is None else len(giving)

    def use(self, team: Team | None) -> None:
        """Use another team from now on, or none; the one before is closed."""
        with self._guard:
            before, giving = self._team, self._giving
            self._team = team
            self._offered.clear()
            self._giving = Giving(team) if team is not None and team.access == "readWrite" else None
        if giving is not None:
            giving.stop()
        if before is not None:
            before.close()

    def take(self, model: Model, wanted: Sequence[ContentHash], embed: Embed) -> Taking | None:
        """Begin to ask for contents that the cache lacks; None without a team, or if nothing is wanted."""
        team = self._team
        if team is None or team.access == "off" or not wanted or not team.trusts(model):
            return None
        return Taking(team, model, wanted, embed)

    def offer(self, model: Model, hashes: Sequence[ContentHash]) -> None:
        """Give the team these vectors, which the cache has, in the background, if it lacks them."""
        giving = self._giving
        if giving is not None:
            giving.offer(model, hashes)

    def is_new(self, index: str) -> bool:
        """Whether this is the first call for an index since the team is in use: offer all of it."""
        with self._guard:
            new = self._giving is not None and index not in self._offered
            self._offered.add(index)
            return new

    def made(self, count: int) -> None:
        """Count vectors that were made here."""
        team = self._team
        if team is not None and count:
            team.counts.add(Tally(made=count))

    def drain(self, patience: float) -> bool:
        """As `Giving.drain`; True without a team."""
        giving = self._giving
        return giving is None or giving.drain(patience)

    def close(self) -> None:
        """End what is under way."""
        self.use(None)
