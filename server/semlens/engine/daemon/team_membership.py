"""The file that says which team the user has joined, and to which host they have agreed to send something."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from semlens.private_files import discard, read_small, write_private
from semlens.protocol.json import json_bytes, json_value
from semlens.protocol.team import Access

log = logging.getLogger(__name__)

CONSENT_VERSION = 1
"""Version of what is sent. If more is sent one day, the user is asked again."""

_FILE = "team.json"
_COUNTS = "team-counts.json"


@dataclass(frozen=True, slots=True)
class Membership:
    """A team that the user has joined, without its token and secret."""

    url: str
    tenant: str = ""
    database: str = ""
    access: Access = "readWrite"
    header: str = ""
    ca_file: str = ""
    needs_token: bool = False
    """Nothing is sent until the token is known again."""
    needs_secret: bool = False
    """Nothing is sent until the secret is known again: without it hashes would tell more."""
    origin: str = ""
    """Scheme, host and port: to what the user has agreed."""
    consent: int = CONSENT_VERSION

    def covers(self, origin: str, access: Access) -> bool:
        """Whether the user has agreed to what `access` sends to a server."""
        more = access == "readWrite" and self.access != "readWrite"
        return self.origin == origin and self.consent == CONSENT_VERSION and not more


def joined_team(data_dir: Path) -> Membership | None:
    """The team that the user has joined; None also if the file is damaged."""
    with suppress(OSError, ValueError, TypeError):
        kept = json_value(read_small(data_dir / _FILE))
        known = {one.name for one in fields(Membership)}
        membership = Membership(**{name: value for name, value in kept.items() if name in known})
        if all(
            isinstance(getattr(membership, one.name), type(getattr(_PLAIN, one.name)))
            for one in fields(_PLAIN)
        ):
            return membership
    return None


_PLAIN = Membership("")


def remember_team(data_dir: Path, membership: Membership) -> None:
    """Keep `membership`, in place of another one. Raises `StorageError`."""
    write_private(data_dir / _FILE, json_bytes(asdict(membership)))


def forget_team(data_dir: Path) -> None:
    """Forget the team, and the counts of what came from it."""
    discard(data_dir / _FILE)
    discard(counts_file(data_dir))


def counts_file(data_dir: Path) -> Path:
    """The file of what came from where."""
    return data_dir / _COUNTS
