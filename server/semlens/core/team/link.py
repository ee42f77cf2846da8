"""The link between the deep tier and the team that the user has joined, which may change at any time."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from semlens.core.team.counts import Tally
from semlens.core.team.giving import Giving
from semlens.core.team.taking import Taking
from semlens.core.team.team import Embed, Model, Team
from semlens.types import ContentHash


@dataclass(frozen=True, slots=True)
class Searched:
    """A folder whose questions go to the team's server, too."""

    repository: str
    """What tells the folder's repository from others."""
    gives: bool = False
    """Whether the server gets this folder's vectors to search them."""


class TeamLink:
    """The team in use, if there is one. Safe for many threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._team: Team | None = None
        self._giving: Giving | None = None
        self._offered: set[str] = set()
        self._searched: Mapping[Path, Searched] = {}

    @property
    def team(self) -> Team | None:
        """The team in use."""
        return self._team

    @property
    def waiting(self) -> int:
        """How many contents wait to be given."""
        giving = self._giving
        return 0 if giving is None else len(giving)

    @property
    def searches(self) -> Mapping[Path, Searched]:
        """The folders whose questions go to the server, by their root."""
        return self._searched

    def searched(self, root: Path) -> Searched | None:
        """How the folder `root` is searched at the server; None if it is not."""
        team = self._team
        return None if team is None or team.access == "off" else self._searched.get(root)

    def search(self, folders: Mapping[Path, Searched]) -> None:
        """From now on questions about these folders, by their root, go to the server, and about no others."""
        with self._guard:
            self._searched = dict(folders)
            self._offered.clear()

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

    def offer_searched(self, root: Path, model: Model, hashes: Sequence[ContentHash]) -> None:
        """As `offer`, for the shared index of the folder's repository, if the folder gives."""
        searched = self.searched(root)
        if searched is not None and searched.gives:
            self.offer(replace(model, repository=searched.repository), hashes)

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
