"""JSON over HTTP, each request bounded in time and size; every failure is a `HttpFailure`.

No other module imports httpx.
"""

from __future__ import annotations

import logging
import ssl
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import certifi

from semlens import __version__
from semlens.errors import UsageError
from semlens.protocol.json import json_bytes, json_value

if "httpx" not in sys.modules:  # Its command line, which it does without, takes as long to import as itself.
    sys.modules["httpx._main"] = None  # type: ignore[assignment]
import httpx

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


LIMITS = Limits()
"""For most servers."""


class Failed(Enum):
    """How a request failed."""

    UNREACHABLE = auto()
    CERTIFICATE = auto()
    SLOW = auto()
    CUT = auto()
    MALFORMED = auto()
    STATUS = auto()
    """The server answered with an error."""


_USUAL_NAMES = {
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "MISSING",
    408: "SLOW",
    413: "TOO_LARGE",
    429: "BUSY",
    504: "SLOW",
}


class HttpFailure(Exception):
    """A request that failed. It is never shown: what a server says may hold a token."""

    def __init__(self, how: Failed, status: int = 0, said: bytes = b"", retry_after: float = 0.0) -> None:
        """
        :param status: the server's, for `Failed.STATUS`
        :param said: the beginning of what it said then
        :param retry_after: seconds for which it wants to be left alone
        """
        super().__init__(how.name)
        self.how = how
        self.status = status
        self.said = said
        self.retry_after = retry_after

    @property
    def usual_name(self) -> str:
        """What it usually means, as the faults of each kind of server are named."""
        if self.how is not Failed.STATUS:
            return self.how.name
        return _USUAL_NAMES.get(self.status, "FAILED" if self.status >= 500 else "REFUSED")


class BoundedHttp:
    """One server. Safe for many threads; `close` it at the end."""

    def __init__(self, url: str, headers: Mapping[str, str], limits: Limits, ca_file: str = "") -> None:
        """`ca_file` has certificates to trust besides the system's. Raises `UsageError` if it has none."""
        self._limits = limits
        logging.getLogger("httpx").setLevel(logging.WARNING)  # It logs each request.
        self._client = httpx.Client(
            base_url=url,
            headers={**_JSON, "User-Agent": f"semlens/{__version__}", **headers},
            verify=_trusted(ca_file) if url.startswith("https:") else False,
            timeout=httpx.Timeout(limits.answer_seconds, connect=limits.connect_seconds),
            limits=httpx.Limits(max_connections=4, keepalive_expiry=30),
            trust_env=False,
            follow_redirects=False,
        )

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def ask(self, method: str, path: str, body: object = None, seconds: float | None = None) -> Any:
        """The answer, as parsed JSON, of `path` below the URL. Raises `HttpFailure`.

        :param body: sent as JSON; None for none
        :param seconds: the most that the answer may take, instead of the usual
        """
        content = None if body is None else json_bytes(body)
        try:
            return self._answer(method, path, content, seconds or self._limits.answer_seconds)
        except httpx.HTTPError as error:
            raise HttpFailure(_failed(error)) from None
        except (ValueError, ssl.SSLError):
            raise HttpFailure(Failed.MALFORMED) from None
        except RuntimeError:  # The client was closed meanwhile.
            raise HttpFailure(Failed.CUT) from None

    def _answer(self, method: str, path: str, content: bytes | None, seconds: float) -> Any:
        deadline = time.monotonic() + seconds
        timeout = httpx.Timeout(seconds, connect=min(seconds, self._limits.connect_seconds))
        with self._client.stream(method, path, content=content, timeout=timeout) as answer:
            received = bytearray()
            most = self._limits.answer_bytes if answer.is_success else _ERROR_BYTES
            for part in answer.iter_bytes():
                received += part
                if time.monotonic() > deadline:
                    raise HttpFailure(Failed.SLOW)
                if len(received) > most:
                    break
            if not answer.is_success:
                wait = _seconds(answer.headers.get("Retry-After", ""))
                raise HttpFailure(Failed.STATUS, answer.status_code, bytes(received), wait)
            if len(received) > most:
                raise HttpFailure(Failed.MALFORMED)
            return json_value(bytes(received))


def _failed(error: httpx.HTTPError) -> Failed:
    """What a failure of the connection means."""
    if isinstance(error, httpx.ConnectTimeout):
        return Failed.UNREACHABLE
    if isinstance(error, httpx.TimeoutException):
        return Failed.SLOW
    if isinstance(error, httpx.ConnectError):
        return Failed.CERTIFICATE if _is_about_certificates(error) else Failed.UNREACHABLE
    if isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError):
        return Failed.CUT
    return Failed.MALFORMED


def _is_about_certificates(error: BaseException) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return True
        seen = seen.__cause__ or seen.__context__
    return "CERTIFICATE_VERIFY_FAILED" in str(error)


def _seconds(header: str) -> float:
    return float(header) if header.isascii() and header.isdigit() else 0.0


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
