"""Masks access tokens and private keys in a text, so that nothing stores, embeds or shows them.

The text keeps its lines. Only known forms of tokens are masked: the rest of the file is searched as it is.
"""

from __future__ import annotations

import re
from typing import Final

from semlens.core.files.token_forms import LONGEST, TOKEN_FORMS

MASK: Final = "***"
"""Stands for the secret part of a token."""

_SHORTEST_START: Final = 2
_SHORTEST_TOKEN: Final = 15
_RUN_BYTES: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.~$")
_RUNS_ALONE: Final = bytes(byte if byte in _RUN_BYTES else ord(" ") for byte in range(256))
"""A table for `bytes.translate`: all that is in no token becomes a space."""
_CANDIDATE = re.compile(rf"(?<![A-Za-z0-9_.~$-])[A-Za-z0-9_.~$-]{{{_SHORTEST_TOKEN},}}")
"""A run of characters that may begin a token."""

_KEY = re.compile(r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_KEY_END: Final = "-----END "
_LONGEST_KEY: Final = 20_000
_LONGEST_LINE: Final = 4_000
_KEY_START = re.compile(r"[A-Za-z0-9+/=]{32,}")
_KEY_LINE = re.compile(r"[A-Za-z0-9+/=]{16,}")
_KEY_LAST_LINE = re.compile(r"[A-Za-z0-9+/=]{2,}")
_LONGEST_HEADER: Final = 200
"""Characters between the first line of a key and its data, in which fields such as `Proc-Type` stand."""
_BETWEEN_LINES = re.compile(r"(?:\\[nr]|[^A-Za-z]){0,80}")

_AZURE_KEY = re.compile(r"((?:Account|SharedAccess)Key=)([A-Za-z0-9+/]{42,88}={1,2})", re.IGNORECASE)
_AWS_KEY = re.compile(
    r"((?:aws_secret|secret_?access)[\w.-]{0,30}[\"'`]?\s{0,3}(?::|=>?|,)\s{0,3}[\"'`]?)"
    r"([A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=])",
    re.IGNORECASE,
)
_SPECIAL: Final = (
    # A part of the text in lower case, and what surrounds the secret, which is the last group.
    (
        "eyj",
        re.compile(
            rf"(?<![\w-])(eyJ)([\w-]{{10,{LONGEST}}}\.eyJ[\w-]{{10,{LONGEST}}}\.[\w-]{{10,{LONGEST}}})"
        ),
    ),
    ("t3blbkfj", re.compile(r"\b(sk-)([A-Za-z0-9_-]{20,200})")),
    ("hooks.slack.com", re.compile(r"(hooks\.slack\.com/(?:services|workflows|triggers)/)([\w/+]{20,100})")),
    ("/api/webhooks/", re.compile(r"(discord(?:app)?\.com/api/webhooks/)(\d{10,30}/[\w-]{40,100})")),
    ("webhook.office.com", re.compile(r"(\.webhook\.office\.com/webhookb2/)([\w@/-]{60,300})")),
    (".atlasv1.", re.compile(r"\b([A-Za-z0-9]{2})([A-Za-z0-9]{12}\.atlasv1\.[\w-]{60,70})")),
    (":aa", re.compile(r"(?<![\w.:])(\d{2})(\d{6,8}:AA[A-Za-z0-9_-]{33})(?![\w-])")),
    (":apa91b", re.compile(r"(AAAA[\w-]{7}:)(APA91b[\w-]{100,200})")),
    ("q~", re.compile(r"(?<![\w.~-])([\w.~]{3}\d)(Q~[\w.~-]{31,34})(?![\w.~-])")),
    ("azdo", re.compile(r"(?<!\w)([A-Za-z0-9]{4})([A-Za-z0-9]{72}AZDO[A-Za-z0-9]{4})(?!\w)")),
    ("jqqj9", re.compile(r"(?<!\w)([A-Za-z0-9]{4})([A-Za-z0-9]{40,56}JQQJ9[A-Za-z0-9]{20,40})(?!\w)")),
    ("sig=", re.compile(r"([?&]sig=)([A-Za-z0-9%/+]{40,120}=?)")),
    ("1//0", re.compile(r"(1//0)([\w-]{40,200})")),
    ("mailchimp", re.compile(r"(?<!\w)([0-9a-f]{4})([0-9a-f]{28}-us\d{1,2})(?!\w)")),
    ("pat", re.compile(r"(pat)([A-Za-z0-9]{14}\.[0-9a-f]{64})(?!\w)")),
    ("twitter", re.compile(r"(?<!\w)(A{22})([\w%]{80,120})(?!\w)")),
    ("okta", re.compile(r"(?<![\w-])(00)([\w-]{40})(?![\w-])")),
    ("accountkey=", _AZURE_KEY),
    ("discord", re.compile(r"(?<![\w.-])([MNO])([A-Za-z\d]{23,25}\.[\w-]{6}\.[\w-]{27,38})(?![\w-])")),
    ("sharedaccesskey=", _AZURE_KEY),
    *((sign, _AWS_KEY) for sign in ("aws_secret", "secret_access", "secretaccess")),
)


def _by_start() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """The first two characters of a token → its beginnings, longest first, each with the rest of its form."""
    found: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for start in sorted(TOKEN_FORMS, key=len, reverse=True):
        found.setdefault(start[:_SHORTEST_START], []).append((start, re.compile(TOKEN_FORMS[start])))
    return found


_BY_START: Final = _by_start()
_START_BYTES: Final = frozenset(start.encode() for start in _BY_START)
_ALL_STARTS: Final = tuple(start.encode() for start in TOKEN_FORMS)


def without_secrets(text: str) -> str:
    """`text` with `MASK` in place of the secret part of each token, and of the data of private keys."""
    spans = [*_tokens(text), *_private_key_data(text)]
    lowered = text.lower()
    for sign, pattern in _SPECIAL:
        if sign in lowered:
            spans += [found.span(found.lastindex or 0) for found in pattern.finditer(text)]
    if not spans:
        return text
    kept: list[str] = []
    at = 0
    for start, end in sorted(spans):
        if start >= at:
            kept += [text[at:start], MASK]
        at = max(at, end)
    return "".join([*kept, text[at:]])


def _tokens(text: str) -> list[tuple[int, int]]:
    """(start, end) of the secret part of each token of a form in `TOKEN_FORMS`."""
    spans: list[tuple[int, int]] = []
    if not _may_hold_token(text):
        return spans
    for candidate in _CANDIDATE.finditer(text):
        at = candidate.start()
        forms = _BY_START.get(text[at : at + _SHORTEST_START])
        if not forms:
            continue
        for start, rest in forms:
            found = rest.match(text, at + len(start)) if text.startswith(start, at) else None
            if found:
                spans.append(found.span())
                break
    return spans


def _may_hold_token(text: str) -> bool:
    """Whether a run of characters begins as a token does: twice as fast as the search for tokens."""
    runs = text.encode("utf-8", "surrogatepass").translate(_RUNS_ALONE).split()
    return any(
        run.startswith(_ALL_STARTS)
        for run in runs
        if len(run) >= _SHORTEST_TOKEN and run[:_SHORTEST_START] in _START_BYTES
    )


def _private_key_data(text: str) -> list[tuple[int, int]]:
    """(start, end) of each run of data of a private key."""
    spans: list[tuple[int, int]] = []
    at = 0
    while begin := _KEY.search(text, at):
        at = begin.end()
        line = _KEY_START.search(text, at, at + _LONGEST_HEADER + _LONGEST_LINE)
        if line is None or line.start() - at > _LONGEST_HEADER:
            continue
        limit = at + _LONGEST_KEY
        end = text.find(_KEY_END, at, limit)
        while line and (line.start() < end or end < 0) and line.start() < limit:
            spans.append(line.span())
            at = line.end()
            line = _KEY_LINE.search(text, at, at + _LONGEST_LINE)
            if line and not _BETWEEN_LINES.fullmatch(text, at, line.start()):
                break
        if 0 <= end - at <= _LONGEST_HEADER:
            spans += [found.span() for found in _KEY_LAST_LINE.finditer(text, at, end)]
    return spans
