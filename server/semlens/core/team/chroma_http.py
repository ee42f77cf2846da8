"""Requests to a Chroma server over HTTP, each bounded in time and size; their failures as `TeamFault`s.

Chroma's own client has no timeouts, asks for who the user is before anything else, and takes a second to
import; what is needed of its interface (v2) is small. No other module imports httpx.
"""

from __future__ import annotations

import logging
import ssl
import time
from dataclasses import dataclass
from typing import Any

import certifi
import httpx

from semlens import __version__
from semlens.core.team.address import Credentials, TeamAddress
from semlens.core.team.faults import Fault, TeamFault
from semlens.errors import UsageError
from semlens.protocol.json import json_bytes, json_value

_STATUS = {
    401: Fault.UNAUTHORIZED,
    403: Fault.FORBIDDEN,
    404: Fault.MISSING,
    408: Fault.SLOW,
    413: Fault.TOO_LARGE,
    429: Fault.BUSY,
    504: Fault.SLOW,
    507: Fault.FULL,
}
_FULL = (b"disk is full", b"no space left", b"os error 28")
_ERROR_BYTES = 10_000
_JSON = {"Content-Type": "application/json", "Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to wait, and for how much."""

    connect_seconds: float = 5.0
    answer_seconds: float = 20.0
    """For a whole answer; a thousand vectors take a tenth of a second on a loopback."""
    answer_bytes: int = 64_000_000
    """A thousand vectors of 4,096 dimensions are 50 MB."""


class ChromaHttp:
    """The database of one team on its server. Safe for many threads; `close` it at the end."""

    def __init__(self, address: TeamAddress, credentials: Credentials, limits: Limits = Limits()) -> None:
        """Raises `UsageError` if the file of certificates cannot be read."""
        self.host = address.host
        self._limits = limits
        self._database = f"/api/v2/tenants/{address.tenant}/databases/{address.database}"
        logging.getLogger("httpx").setLevel(logging.WARNING)  # It logs each request.
        self._client = httpx.Client(
            base_url=address.url,
            headers={**_JSON, "User-Agent": f"semlens/{__version__}", **credentials.headers(address)},
            verify=_trusted(credentials.ca_file) if address.url.startswith("https:") else False,
            timeout=httpx.Timeout(limits.answer_seconds, connect=limits.connect_seconds),
            limits=httpx.Limits(max_connections=4, keepalive_expiry=30),
            trust_env=False,
            follow_redirects=False,
        )

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def get(self, path: str) -> Any:
        """The answer, as parsed JSON, of `path` below the database. Raises `TeamFault`."""
        return self._ask("GET", path, None)

    def post(self, path: str, body: object) -> Any:
        """The answer, as parsed JSON, of `path` below the database. Raises `TeamFault`."""
        return self._ask("POST", path, json_bytes(body))

    def delete(self, path: str) -> Any:
        """The answer, as parsed JSON, to deleting `path` below the database. Raises `TeamFault`."""
        return self._ask("DELETE", path, None)

    def _ask(self, method: str, path: str, body: bytes | None) -> Any:
        try:
            return self._answer(method, path, body)
        except TeamFault:
            raise
        except httpx.HTTPError as error:
            raise TeamFault(_fault_of(error), self.host) from None
        except (ValueError, ssl.SSLError):
            raise TeamFault(Fault.MALFORMED, self.host) from None

    def _answer(self, method: str, path: str, body: bytes | None) -> Any:
        deadline = time.monotonic() + self._limits.answer_seconds
        with self._client.stream(method, self._database + path, content=body) as answer:
            received = bytearray()
            most = self._limits.answer_bytes if answer.is_success else _ERROR_BYTES
            for part in answer.iter_bytes():
                received += part
                if time.monotonic() > deadline:
                    raise TeamFault(Fault.SLOW, self.host)
                if len(received) > most:
                    break
            if not answer.is_success:
                raise self._refusal(answer, bytes(received))
            if len(received) > most:
                raise TeamFault(Fault.MALFORMED, self.host)
            return json_value(bytes(received))

    def _refusal(self, answer: httpx.Response, said: bytes) -> TeamFault:
        status = answer.status_code
        if any(sign in said.lower() for sign in _FULL):
            fault = Fault.FULL
        elif status >= 500:
            fault = _STATUS.get(status, Fault.FAILED)
        else:
            fault = _STATUS.get(status, Fault.REFUSED)
        return TeamFault(fault, self.host, _seconds(answer.headers.get("Retry-After", "")))


def _fault_of(error: httpx.HTTPError) -> Fault:
    """What a failure of the connection means."""
    if isinstance(error, httpx.ConnectTimeout):
        return Fault.UNREACHABLE
    if isinstance(error, httpx.TimeoutException):
        return Fault.SLOW
    if isinstance(error, httpx.ConnectError):
        return Fault.CERTIFICATE if _is_about_certificates(error) else Fault.UNREACHABLE
    if isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError):
        return Fault.CUT
    return Fault.MALFORMED


def _is_about_certificates(error: BaseException) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return True
        seen = seen.__cause__ or seen.__context__
    return "CERTIFICATE_VERIFY_FAILED" in str(error)


def _seconds(header: str) -> float:
    return float(header) if header.isdigit() else 0.0


def _trusted(ca_file: str) -> ssl.SSLContext:
    """The certificates of the system, those that come with Semlens if it has none, and the user's own."""
    context = ssl.create_default_context()
    if not context.cert_store_stats()["x509_ca"]:
        context.load_verify_locations(certifi.where())
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ValueError):
            raise UsageError(f"The certificates in {ca_file} cannot be read: name a PEM file.") from None
    return context
