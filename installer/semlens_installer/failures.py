"""What the output of pip or uv means, in a sentence."""

from __future__ import annotations

import errno
import re
from collections.abc import Sequence

from semlens_installer.report import Failure

_AGAIN = "then try again."

# The order matters: a proxy's refusal is also a failed connection, and pip warns of connections that it then
# opens at another try.
_MEANINGS: tuple[tuple[str, str, str], ...] = (
    (
        r"DO NOT MATCH THE HASHES|[Hh]ash mismatch|HashMismatch",
        "hash",
        "A fetched package{named} is not the one that this version of Semlens was tested with, so nothing "
        "was installed. Try again; if it stays so, your package index or proxy changes packages.",
    ),
    (
        r"No space left on device|ENOSPC|not enough space on the disk|Disk quota exceeded|File too large"
        r"|os error 28\b",
        "disk",
        f"The disk is full: free about {{needed}} MB, {_AGAIN}",
    ),
    (
        r"Read-only file system|Permission denied|Access is denied|EROFS|os error (13|30)\b",
        "read-only",
        f"Semlens cannot write to {{storage}}: make it writable, {_AGAIN}",
    ),
    (
        r"ProxyError|Tunnel connection failed|tunnel error|407 Proxy"
        r"|proxy.{0,40}(refused|failed|40[37]|50\d)",
        "proxy",
        "The proxy does not let Semlens fetch its packages: check the setting http.proxy and the variable "
        f"HTTPS_PROXY, {_AGAIN}",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError|SSLCertVerificationError|UnknownIssuer|invalid peer certificate",
        "certificate",
        "The certificate of the package index is not trusted on this machine: name your organisation's "
        f"certificates in the variable PIP_CERT, {_AGAIN}",
    ),
    (
        r"NewConnectionError|NameResolutionError|Name or service not known|ConnectTimeout|ReadTimeout"
        r"|Max retries exceeded|Network is unreachable|Temporary failure in name resolution"
        r"|[Cc]onnection (refused|reset|aborted|broken|closed)|IncompleteRead|ProtocolError"
        r"|Could not fetch URL|from versions: none|error sending request|dns error|Failed to fetch"
        r"|Request failed after|end of file before message length|[Ii]ncomplete-?[Dd]ownload"
        r"|RemoteDisconnected|ChunkedEncodingError",
        "network",
        f"The package index cannot be reached, or the connection broke: connect to the network, {_AGAIN} "
        "Without a network, name a folder of packages in the setting semlens.wheelFolder.",
    ),
    (
        r"No matching distribution found|no version of|has no wheels|not supported on this platform"
        r"|no usable wheels",
        "platform",
        "There is no package{named} for this machine and Python {python}: choose another Python in the "
        "setting semlens.interpreter.",
    ),
)
_NAMED = re.compile(
    r"(?:distribution found for|Hash mismatch for|^\s+)\s*`?([A-Za-z0-9][\w.-]*)(?:==|\s+from\s|`)",
    re.MULTILINE,
)
_CAUSE = re.compile(r"(ERROR|error|×|Caused by)", re.IGNORECASE)


def explain_output(lines: Sequence[str], storage: str, needed: int, python: str) -> Failure:
    """The failure that the last lines of a failed command tell of."""
    text = "\n".join(lines)
    for pattern, code, sentence in _MEANINGS:
        if re.search(pattern, text):
            package = _NAMED.search(text)
            named = f" ({package[1]})" if package else ""
            return Failure(code, sentence.format(named=named, storage=storage, needed=needed, python=python))
    causes = [line.strip() for line in lines if _CAUSE.match(line.strip())]
    said = (causes or [line.strip() for line in lines if line.strip()] or ["it ended without a message"])[-1]
    return Failure("other", f"Installing failed: {said.rstrip('.')}. The log has all of it.")


def explain_error(error: OSError, storage: str, needed: int) -> Failure:
    """The failure that an error of the file system is."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return Failure("disk", f"The disk is full: free about {needed} MB, {_AGAIN}")
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return Failure("read-only", f"Semlens cannot write to {storage}: make it writable, {_AGAIN}")
    return Failure("other", f"{error.strerror or error} ({error.filename or storage}).")
