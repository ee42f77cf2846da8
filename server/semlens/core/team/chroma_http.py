"""Requests to a Chroma server over HTTP; their failures as `TeamFault`s.

Chroma's own client has no timeouts, asks for who the user is before anything else, and takes a second to
import; what is needed of its interface (v2) is small.
"""

from __future__ import annotations

from typing import Any

from semlens.core.net.http import LIMITS, BoundedHttp, HttpFailure, Limits
from semlens.core.team.address import Credentials, TeamAddress
from semlens.core.team.faults import Fault, TeamFault

__all__ = ["ChromaHttp", "Limits"]

_FULL_STATUS = 507
_FULL = (b"disk is full", b"no space left", b"os error 28")


class ChromaHttp:
    """The database of one team on its server. Safe for many threads; `close` it at the end."""

    def __init__(self, address: TeamAddress, credentials: Credentials, limits: Limits = LIMITS) -> None:
        """Raises `UsageError` if the file of certificates cannot be read."""
        self.host = address.host
        self._database = f"/api/v2/tenants/{address.tenant}/databases/{address.database}"
        self._http = BoundedHttp(address.url, credentials.headers(address), limits, credentials.ca_file)

    def close(self) -> None:
        """End the connections."""
        self._http.close()

    def get(self, path: str) -> Any:
        """The answer, as parsed JSON, of `path` below the database. Raises `TeamFault`."""
        return self._ask("GET", path)

    def post(self, path: str, body: object, seconds: float | None = None) -> Any:
        """The answer, as parsed JSON, of `path` below the database. Raises `TeamFault`.

        :param seconds: the most that the answer may take, instead of the usual
        """
        return self._ask("POST", path, body, seconds)

    def delete(self, path: str) -> Any:
        """The answer, as parsed JSON, to deleting `path` below the database. Raises `TeamFault`."""
        return self._ask("DELETE", path)

    def _ask(self, method: str, path: str, body: object = None, seconds: float | None = None) -> Any:
        try:
            return self._http.ask(method, self._database + path, body, seconds)
        except HttpFailure as failure:
            raise TeamFault(_fault_of(failure), self.host, failure.retry_after) from None


def _fault_of(failure: HttpFailure) -> Fault:
    if failure.status == _FULL_STATUS or any(sign in failure.said.lower() for sign in _FULL):
        return Fault.FULL
    return Fault[failure.usual_name]
