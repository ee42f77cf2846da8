"""URLs of servers as users write them, and what of them is shown."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from semlens.errors import UsageError

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class UrlFaults:
    """What may be wrong with a URL, each as a sentence; none repeats a password."""

    no_url: str
    """It cannot be read as one."""
    other: str
    """It has another scheme, or no host."""
    password: str
    more: str
    """It goes on after its path."""
    plain: str
    """It is not encrypted on its way to another machine."""


def parse_url(url: str, faults: UrlFaults) -> str:
    """Scheme, host, port and path, without a slash at the end. Raises `UsageError` with one of `faults`."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise UsageError(faults.no_url) from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise UsageError(faults.other)
    if parts.username is not None or parts.password is not None:
        raise UsageError(faults.password)
    if parts.query or parts.fragment:
        raise UsageError(faults.more)
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise UsageError(faults.plain)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def host_of(url: str) -> str:
    """The host for the user's eyes, with its port if that is not the usual one."""
    parts = urlsplit(url)
    usual = parts.port in (None, _PORTS[parts.scheme])
    return (parts.hostname or "") + ("" if usual else f":{parts.port}")


def origin_of(url: str) -> str:
    """Scheme, host and port: what a user agrees to."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}:{parts.port or _PORTS[parts.scheme]}"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, without asking for its address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
