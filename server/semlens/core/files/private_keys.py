"""Tells files that hold a private key. No rule lets them into the index.

In a program or a document a key is an example or a test's: its data is masked, and the file stays.
"""

from __future__ import annotations

import re
from typing import Final

from semlens.core.text.languages import LANGUAGES, language_of
from semlens.types import RelativePath

_AT_START = re.compile(r"\s{0,100}-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_PEM = re.compile(
    r"-----? ?BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)? ?-----?"
    r"(?:(?:\\[nr]|[\s\"'+,|>\\])|[A-Za-z-]{1,40}: ?[^\n\\]{0,100}){0,60}[A-Za-z0-9+/=]{32}"
)
_TEXTS: Final = (
    ("putty-user-key-file-", re.compile(r"^PuTTY-User-Key-File-\d", re.MULTILINE)),
    (
        "age-secret-key-1",
        re.compile(r"AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{30}", re.IGNORECASE),
    ),
    ("secret key", re.compile(r"\Auntrusted comment:[^\n]{0,100}secret key[^\n]{0,100}\n[A-Za-z0-9+/=]{40}")),
    ("privatekey", re.compile(r"^\s{0,20}PrivateKey\s{0,4}=\s{0,4}[A-Za-z0-9+/]{43}=", re.MULTILINE)),
    ("<rsakeyvalue>", re.compile(r"<D>\s{0,9}[A-Za-z0-9+/]{40}")),
)
"""A part of the text in lower case, and the form of the key."""
_JSON: Final = (
    (
        "private",
        re.compile(
            r'"private_?key(?:_?(?:pem|data|der))?"\s{0,9}:\s{0,9}"([^"\s<>{}$*.]{32}|-----BEGIN)', re.I
        ),
    ),
    ('"kty"', re.compile(r'"(?:d|k)"\s{0,9}:\s{0,9}"[\w-]{32}')),
)
_DATA: Final = frozenset({"json", "yaml", "toml", "ini", "xml"})
"""Languages of files that are settings or data, not programs."""


def holds_private_key(path: str, text: str) -> bool:
    """Whether the file is a private key, or data with a private key in it."""
    if _AT_START.match(text):
        return True
    lowered = text.lower()
    if "putty-user-key-file-" in lowered[:200] and _TEXTS[0][1].match(text.lstrip()):
        return True
    language = language_of(RelativePath(path), text)
    if language in LANGUAGES and language not in _DATA:
        return False
    if "private key" in lowered and _PEM.search(text):
        return True
    if any(sign in lowered and pattern.search(text) for sign, pattern in _TEXTS):
        return True
    if language != "json" and text.lstrip()[:1] != "{":
        return False
    return any(sign in lowered and pattern.search(text) for sign, pattern in _JSON)
