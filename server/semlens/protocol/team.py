"""The engine's requests about a team's server of vectors."""

from __future__ import annotations

from typing import ClassVar, Literal

from attrs import Factory, field, frozen

from semlens.protocol.request import LongRequest, Request, Requests

Access = Literal["off", "read", "readWrite"]
"""Whether vectors are taken from the server, and whether those that are made here are given to it."""


@frozen
class SearchedFolder:
    """A folder whose questions go to the team's server, too."""

    folder: str
    gives: bool
    """Whether the server gets its vectors to search them."""
    covered: float | None = None
    """The share of its pieces that the server has; None if that is not known yet."""
    pieces: int | None = None
    """How many pieces of the repository the server has."""


@frozen
class TeamAnswer:
    """The team of this user, and how much came from where since it was joined."""

    url: str = ""
    """The server's; empty without a team."""
    host: str = ""
    tenant: str = ""
    database: str = ""
    access: Access = "off"
    agreed: bool = False
    """Whether the user has agreed to what is sent to the host."""
    in_use: bool = False
    """Whether the server is asked."""
    keyed: bool = False
    """Whether the team's secret is known, so that hashes tell nothing to others."""
    message: str | None = None
    """A sentence that says why the server is not used, or not fully."""
    asked: int = 0
    """Vectors that the server was asked for."""
    taken: int = 0
    """Vectors that came from it and were believed."""
    checked: int = 0
    """Vectors that came from it and were made here again, to compare them."""
    made: int = 0
    """Vectors that were made here meanwhile."""
    given: int = 0
    """Vectors that it lacked and got from here."""
    unsound: int = 0
    """Vectors that came from it and could not be right."""
    waiting: int = 0
    """Vectors that it may still get."""
    vectors: int | None = None
    """How many it has of the models in use; None if that was not asked, or could not be learned."""
    questions: int = 0
    """Questions whose nearest pieces it has said."""
    indexed: int = 0
    """Vectors that the shared indexes of repositories got from here."""
    searched: list[SearchedFolder] = Factory(list)
    """The folders whose questions go to it."""


@frozen
class UseTeam(Request[TeamAnswer]):
    """What a client knows of the team, from its settings or its environment. It is kept in memory alone.

    What is empty is taken from the team that the user has joined. Nothing is sent to a host to which the user
    has not agreed.
    """

    method: ClassVar[str] = "use_team"
    url: str = ""
    tenant: str = ""
    database: str = ""
    access: Access | None = None
    header: str = ""
    ca_file: str = ""
    token: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)


@frozen
class JoinTeam(Request[TeamAnswer]):
    """Remember a team, and that the user has agreed to what is sent to its host."""

    method: ClassVar[str] = "join_team"
    url: str
    tenant: str = ""
    database: str = ""
    access: Access = "readWrite"
    header: str = ""
    ca_file: str = ""


@frozen
class LeaveTeam(Request[TeamAnswer]):
    """Forget the team, and that the user has agreed. What came from it stays."""

    method: ClassVar[str] = "leave_team"


@frozen
class TeamStatus(Request[TeamAnswer]):
    """The team as it is."""

    method: ClassVar[str] = "team_status"
    probe: bool = False
    """Ask the server now."""


@frozen
class SearchTeam(Request[TeamAnswer]):
    """Have questions about a folder go to the team's server, too, as the user has agreed; or end that."""

    method: ClassVar[str] = "search_team"
    folder: str
    on: bool
    gives: bool = False
    """Give the server the folder's vectors to search them."""
    repository: str = ""
    """What the team calls the repository; empty for its remote address or its first commit."""


@frozen
class DrainTeam(LongRequest[TeamAnswer]):
    """Give the server what waits to be given; answers when that is done or cannot be done."""

    method: ClassVar[str] = "drain_team"
    seconds: float = 600.0
    """The most seconds to wait."""


@frozen
class PruneTeamAnswer:
    deleted: int


@frozen
class PruneTeam(LongRequest[PruneTeamAnswer]):
    """Delete the server's vectors that nobody in the team has used for some days."""

    method: ClassVar[str] = "prune_team"
    days: int


TEAM_REQUESTS: Requests = {
    kind.method: kind for kind in (UseTeam, JoinTeam, LeaveTeam, TeamStatus, SearchTeam, DrainTeam, PruneTeam)
}
"""Method → request."""
