"""What pip and uv print when they fail, and the sentence that it becomes."""

from __future__ import annotations

import errno

import pytest
from semlens_installer.failures import explain_error, explain_output

PIP_RETRY = (
    "WARNING: Retrying (Retry(total=1, connect=None, read=None)) after connection broken by '{}': /simple/a/"
)


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("network", [PIP_RETRY.format("NewConnectionError('[Errno -2] Name or service not known')")]),
        ("network", ["ERROR: No matching distribution found for a==1 (from versions: none)"]),
        ("network", ["error: Failed to fetch: `https://pypi.org/simple/a/`", "  Caused by: dns error"]),
        (
            "network",
            ["pip._vendor.urllib3.exceptions.ProtocolError: ('Connection broken', IncompleteRead(1))"],
        ),
        ("proxy", [PIP_RETRY.format("ProxyError('Cannot connect to proxy.', OSError('403 Forbidden'))")]),
        (
            "proxy",
            ["error: Failed to fetch: `https://pypi.org/simple/a/`", "  Caused by: tunnel error: refused"],
        ),
        ("certificate", [PIP_RETRY.format("SSLError(SSLCertVerificationError('self-signed certificate'))")]),
        ("certificate", ["  Caused by: invalid peer certificate: UnknownIssuer"]),
        ("hash", ["ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."]),
        ("hash", ["  × Failed to download `a==1`", "  ╰─▶ Hash mismatch for `a==1`"]),
        ("disk", ["ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"]),
        ("disk", ["  Caused by: failed to write (os error 28)"]),
        ("disk", ["OSError: There is not enough space on the disk"]),
        ("read-only", ["ERROR: [Errno 30] Read-only file system: '/x'"]),
        ("read-only", ["  Caused by: Permission denied (os error 13)"]),
        ("platform", ["ERROR: No matching distribution found for orjson==3.13.0"]),
    ],
)
def test_a_cause_is_found(code: str, lines: list[str]) -> None:
    failure = explain_output(["Collecting a", *lines], "/storage", 820, "3.12")
    assert failure.code == code
    assert str(failure).endswith(".") and "{" not in str(failure) and "\n" not in str(failure)


@pytest.mark.parametrize("code", ["hash", "disk"])
def test_a_warning_before_the_error_does_not_hide_it(code: str) -> None:
    error = {
        "hash": "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES",
        "disk": "ERROR: No space left on device",
    }
    lines = [PIP_RETRY.format("ProxyError('Cannot connect to proxy.')"), error[code]]
    assert explain_output(lines, "", 1, "3.12").code == code


def test_the_package_is_named() -> None:
    lines = ["ERROR: No matching distribution found for orjson==3.13.0"]
    assert "no package (orjson) for this machine and Python 3.12" in str(explain_output(lines, "", 1, "3.12"))


def test_what_is_not_known_is_quoted() -> None:
    failure = explain_output(["Collecting a", "ERROR: Something new.", ""], "", 1, "3.12")
    assert (failure.code, str(failure)) == (
        "other",
        "Installing failed: ERROR: Something new. The log has all of it.",
    )


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, "disk"), (errno.EFBIG, "disk"), (errno.EROFS, "read-only"), (errno.EACCES, "read-only")],
)
def test_an_error_of_the_disk_is_one_sentence(number: int, code: str) -> None:
    failure = explain_error(OSError(number, "no", "/storage/file"), "/storage", 820)
    assert failure.code == code and str(failure).endswith("then try again.")
