"""What a chunk says of itself: the text that models see, its signature and its docstring."""

from __future__ import annotations

import re

_SPACE = re.compile(r"\s+")
_DECORATION = re.compile(r"""^[\s/*#;%!"'\-<>{}|=~]+|[\s/*"'\-}>]+$""")
_OPENER = re.compile(r"\s*(\{|:|=|\bdo|->)\s*$")

SIGNATURE_LIMIT = 240
"""Characters of a signature that are kept."""
DOCSTRING_LIMIT = 2000
"""Characters of a docstring that are kept."""


def signature(lines: list[str]) -> str:
    """A definition's header on one line, without what opens its body."""
    joined = _SPACE.sub(" ", " ".join(lines)).strip()
    joined = joined.replace("( ", "(").replace(", )", ")").replace(" )", ")")
    return _OPENER.sub("", joined)[:SIGNATURE_LIMIT]


def plain_comment(text: str) -> str:
    """A comment's or docstring's words, without its markers."""
    cleaned = [_DECORATION.sub("", line) for line in text.split("\n")]
    return "\n".join(line for line in cleaned if line)[:DOCSTRING_LIMIT]
