"""The team whose server shares vectors."""

from __future__ import annotations

from typing import Literal

from attrs import field, frozen

TeamAccess = Literal["off", "read", "readWrite"]


@frozen
class TeamParams:
    """What the client knows of the team; what is left out stays as it is.

    Without any of it, ask how the team is.
    """

    url: str | None = None
    """The server's address."""
    tenant: str | None = None
    database: str | None = None
    access: TeamAccess | None = None
    header: str | None = None
    """The header for the token, if it is not the usual one."""
    ca_file: str | None = None
    """The path of certificates to trust besides the system's."""
    token: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    """The team's secret."""
    agree: bool = False
    """The user has agreed to what is sent to the server at `url`."""
    leave: bool = False
    """Forget the team, and that the user has agreed."""


@frozen
class TeamResult:
    """The team, and how much came from where."""

    url: str
    """Empty without a team."""
    host: str
    in_use: bool
    asks: bool
    """Whether the user is to be asked for consent before anything is sent."""
    consent: list[str]
    """What they agree to: a sentence, then each thing that is sent, then a sentence."""
    lines: list[str]
    """How the team is, in sentences."""
    message: str | None = None
    """Why the server is not used, or not fully."""


@frozen
class TeamSearchParams:
    """Have questions about a folder go to the team's server, too, or end that.

    Without `on`, ask how it is, and what would be sent.
    """

    folder: str
    """The URI of a workspace folder."""
    on: bool | None = None
    gives: bool = False
    """Give the server the folder's vectors, for the team to search."""
    repository: str = ""
    """What the team calls the repository, if it has no remote address."""


@frozen
class TeamSearchResult:
    """How a folder is searched at the team's server."""

    host: str
    in_use: bool
    """Whether the team's server is asked for anything."""
    on: bool
    gives: bool
    may_give: bool
    """Whether the user gives the server vectors at all."""
    consent: list[str]
    """What the user agrees to: a sentence, then each thing that is sent, then a sentence."""
    consent_of_giving: list[str]
    """The same, if the server gets the folder's vectors, too."""
    message: str | None = None
    """Why the server is not used, or not fully."""
