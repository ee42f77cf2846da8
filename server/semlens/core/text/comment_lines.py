"""Lines that begin as comments do, in any language."""

from __future__ import annotations

import re

_COMMENT = re.compile(
    r"\s*(?:#(?!\s*(?:include|define|if|import|pragma)\b|\[)|//|/\*|\*(?:\s|/|$)|--(?!\w)|;|<!--|%)"
)


def looks_like_comment(line: str) -> bool:
    """Whether a line begins as a comment does, where no grammar says what it is."""
    return _COMMENT.match(line) is not None
