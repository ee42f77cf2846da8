"""What may be wrong with a team's server, each with the sentence that the user sees.

No sentence repeats what the server or a library says: that may hold a token.
"""

from __future__ import annotations

from enum import Enum

from semlens.errors import TeamError

_ELSE = "Semlens works on without it."


class Fault(Enum):
    """The kinds of faults: `{0}` is the server's name."""

    UNREACHABLE = "The team's server {0} cannot be reached."
    CERTIFICATE = (
        "The certificate of the team's server {0} is not valid: it may have expired, or you may have to "
        "name your own certificate authority."
    )
    SLOW = "The team's server {0} answers too slowly."
    CUT = "The team's server {0} broke off its answer."
    UNAUTHORIZED = "The team's server {0} does not accept the token: set the right one."
    FORBIDDEN = "The team's server {0} does not allow this with your token: ask who keeps the server."
    TOO_LARGE = "The team's server {0} refuses even small requests as too large."
    BUSY = "The team's server {0} is busy and asked to be left alone for a while."
    FULL = "The disk of the team's server {0} is full."
    FAILED = "The team's server {0} failed."
    MISSING = "The team's server {0} has no such tenant or database."
    REFUSED = "The team's server {0} refuses requests: it may be no Chroma server, or another version."
    MALFORMED = "The team's server {0} does not answer like a Chroma server."
    OTHER_MODEL = "The team's server {0} has vectors of another model under this model's name."
    UNSOUND = "The team's server {0} sent vectors that cannot be right."

    @property
    def lasting(self) -> bool:
        """Whether another attempt is useless until somebody does something."""
        return self in _LASTING

    @property
    def distrusted(self) -> bool:
        """Whether the server's vectors are left aside until the engine ends."""
        return self in (Fault.OTHER_MODEL, Fault.UNSOUND)


_LASTING = frozenset(
    {Fault.CERTIFICATE, Fault.UNAUTHORIZED, Fault.FORBIDDEN, Fault.MISSING, Fault.TOO_LARGE, Fault.REFUSED}
)


class TeamFault(TeamError):
    """A request to the team's server has failed; `str` is the sentence."""

    def __init__(self, fault: Fault, host: str, retry_after: float = 0.0) -> None:
        """:param retry_after: seconds for which the server wants to be left alone."""
        kept = (
            "It is left aside until Semlens starts again; vectors are made here."
            if fault.distrusted
            else _ELSE
        )
        super().__init__(f"{fault.value.format(host)} {kept}")
        self.fault = fault
        self.retry_after = retry_after
        self.lasting = fault.lasting or fault is Fault.FULL
