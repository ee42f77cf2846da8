"""Cleans up documentation: a signature on one line, a docstring or comment without its markers."""

from __future__ import annotations

import re

_OPENER = re.compile(r"\s*(?:\{|:|=|\bdo|->|=>|\bwhere)$")
_LAST_OF_OPENERS = frozenset("{:=o>e")
_COMMENT_START = re.compile(
    r"""\s*(?:@(?:module|type)?doc\b\s*)?"""
    r"""(?:///?!?|//!?|/\*\*?!?|\*/?|\#+!?|--+\s*[|^]?|;+|%+|\{-\s*\|?|<!--|\(\*+|[rRbBuUfF]{0,2}(?:\"{3}|'{3}|["'])|~[sS]\"{3})?\s?"""
)
_COMMENT_END = re.compile(r"""\s*(?:\*+/|-\}|\*+\)|-->|\"{3}|'{3}|["'])?\s*$""")

_NO_MARKER = frozenset("0123456789acdeghijklmnopqstvwxyzACDEGHIJKLMNOPQSTVWXYZ")
"""Characters that begin neither a marker nor the prefix of a string."""
_LAST_OF_MARKERS = frozenset("/})>\"'")

SIGNATURE_LIMIT = 240
"""Characters. The rest of a signature is cut off."""
DOCSTRING_LIMIT = 2000
"""Characters. The rest of a docstring is cut off."""
_MOST_COMMENT = 2 * DOCSTRING_LIMIT


def signature_of(lines: list[str]) -> str:
    """A definition's header, given as its lines, on one line and without the token that opens the body."""
    joined = " ".join(" ".join(lines).split())
    joined = joined.replace("( ", "(").replace(", )", ")").replace(" )", ")")
    opened = joined[-1:] in _LAST_OF_OPENERS
    return (_OPENER.sub("", joined) if opened else joined)[:SIGNATURE_LIMIT]


def plain_comment(text: str) -> str:
    """A comment or docstring without its markers and empty lines."""
    lines = text[:_MOST_COMMENT].split("\n")
    cleaned = (_without_markers(line.strip()) for line in lines)
    return "\n".join(filter(None, cleaned))[:DOCSTRING_LIMIT]


def _without_markers(line: str) -> str:
    if not line or (line[0] in _NO_MARKER and line[-1] not in _LAST_OF_MARKERS):
        return line
    return _COMMENT_END.sub("", _COMMENT_START.sub("", line, count=1)).strip()
