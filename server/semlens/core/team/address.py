"""Where a team's server is, and how it is asked: without a secret in any text that is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from semlens.core.net.address import UrlFaults, host_of, origin_of, parse_url
from semlens.errors import UsageError

Access = Literal["off", "read", "readWrite"]
"""Whether vectors are taken from the server, and whether those that are made here are given to it."""

DEFAULT_TENANT = "default_tenant"
DEFAULT_DATABASE = "default_database"
"""Chroma's own."""

CLOUD = "trychroma.com"
"""Chroma Cloud has hosts below it, and wants the token in a header of its own."""
_CLOUD_HEADER = "x-chroma-token"
_HEADER = "Authorization"

_FAULTS = UrlFaults(
    no_url="The address of the team's server is no URL: https://chroma.example.com is one.",
    other="The address of the team's server must be like https://chroma.example.com.",
    password="The address of the team's server must not hold a password: set the token instead.",
    more="The address of the team's server must end with its host or its path.",
    plain="The team's server must be asked by https, unless it is on this machine.",
)


@dataclass(frozen=True, slots=True)
class TeamAddress:
    """A server, and the part of it that is the team's."""

    url: str
    """Scheme, host, port and path, without a slash at the end."""
    tenant: str = DEFAULT_TENANT
    database: str = DEFAULT_DATABASE

    @property
    def host(self) -> str:
        """The host for the user's eyes, with its port if that is not the usual one."""
        return host_of(self.url)

    @property
    def origin(self) -> str:
        """Scheme, host and port: what a user agrees to."""
        return origin_of(self.url)

    @property
    def is_cloud(self) -> bool:
        """Whether this is Chroma Cloud."""
        host = urlsplit(self.url).hostname or ""
        return host == CLOUD or host.endswith(f".{CLOUD}")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the server wants to see. It is kept in memory, and never in a text for a person."""

    token: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    """The team's secret: without it the server's data do not tell whether a known file is in it."""
    header: str = ""
    """The header that carries the token; empty for the usual one."""
    ca_file: str = ""
    """A file of certificates to trust besides those of the system."""

    def headers(self, address: TeamAddress) -> dict[str, str]:
        """The headers that prove who asks."""
        name = self.header or (_CLOUD_HEADER if address.is_cloud else _HEADER)
        if not self.token:
            return {}
        return {name: f"Bearer {self.token}" if name.lower() == _HEADER.lower() else self.token}


def parse_address(url: str, tenant: str = "", database: str = "") -> TeamAddress:
    """The address that a user has written. Raises `UsageError`, whose sentence does not repeat a password."""
    place = parse_url(url, _FAULTS)
    for name in (tenant, database):
        if any(character in "/?#%" or not character.isprintable() for character in name):
            raise UsageError("The names of the team's tenant and database must be plain words.")
    return TeamAddress(place, tenant or DEFAULT_TENANT, database or DEFAULT_DATABASE)
