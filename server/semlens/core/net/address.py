"""URLs of servers as users write them, and what of them is shown."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from semlens.errors import UsageError

_PORTS = {"http": 80, "https": 443}


def parse_url(url: str, what: str, example: str) -> str:
    """Scheme, host, port and path, without a slash at the end. The sentence never repeats a password.

    :param what: the server in words, such as "the team's server"
    :param example: a URL that would do
    :raises UsageError: it is none, holds a password, or is not encrypted on its way to another machine
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise UsageError(f"The address of {what} is no URL: {example} is one.") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise UsageError(f"The address of {what} must be like {example}.")
    if parts.username is not None or parts.password is not None:
        raise UsageError(f"The address of {what} must not hold a password: set the token instead.")
    if parts.query or parts.fragment:
        raise UsageError(f"The address of {what} must end with its host or its path.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        begun = what[:1].upper() + what[1:]
        raise UsageError(f"{begun} must be asked by https, unless it is on this machine.")
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
