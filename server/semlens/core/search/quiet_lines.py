"""Lines that say little about what code does: imports, loggers, options of a shell, brackets, annotations."""

from __future__ import annotations

import re
from collections.abc import Sequence

_IMPORT = (
    r"(?:(?:import|from\s+\S+\s+import|export\s+(?:\*|\{[^}]*\})\s*from|include|require(?:_relative|_once)?"
    r"|include_once|source)\b(?!\s*[=(.:]\s*[^\"'\s])"
    r"|(?:package|namespace|using|use|open|alias|extern\s+crate)\s+[\w\"'{]|library\(|(?:pub\s+)?mod\s+\w+\s*;)"
)
_QUIET = (
    r"\W*$",  # brackets, and nothing
    _IMPORT,
    r"#\s*(?:include|import|pragma|define\s+\w+_H_*\s*$|ifn?def|if|endif|else)\b",
    r"set\s+[-+o]|shopt\b|#!|@echo\s+off|setlocal\b|use\s+strict|declare\s*\(\s*strict_types",
    r"['\"]use (?:strict|client|server)['\"]",
    r"<\?(?:php|xml)|<!doctype|#\s*-\*-|#\s*frozen_string_literal",
    r"@[\w.:]+\s*(?:\(.*)?$|#!?\[.*\]\s*$|\[[A-Z]\w*(?:\(.*\))?\]\s*$",  # annotations and attributes
    r"[}\s]*(?:else|try|begin|do|then|end|fi|done|esac|pass|break|continue|return|finally|default|public|private)"
    r"[\s:;{}()]*$",
    r"r?(?:\"[^\"]*\"|'[^']*'),?\s*$",  # a string alone
)
_RARER = {
    "require": re.compile(r"\s*(?:(?:const|let|var|local|my|our)\s+)?[\w{}\s,$*]+=\s*(?:await\s+)?require\b"),
    "import": re.compile(r"\s*(?:(?:const|let|var)\s+)?[\w{}\s,$*]+=\s*(?:await\s+)?import\b"),
    "log": re.compile(
        r"\s*(?:[^=(\"']*\b_*\$?(?:log|logger)_*\s*(?::\s*[^=(\"']+)?:?=(?!=)"
        r"|(?:private|protected|public|internal|static|final|readonly|val|var|let|lateinit|\s)*"
        r"(?:i?log(?:ger)?(?:<[^>]*>)?\s+)?\$?_*(?:log|logger)\s*;)",
        re.IGNORECASE,
    ),
}
"""Slow patterns, with a word that each line of theirs has."""

_IS_IMPORT = re.compile(rf"\s*{_IMPORT}")
_IS_QUIET = re.compile(rf"\s*(?:{'|'.join(_QUIET)})")


def quiet_rows(lines: Sequence[str]) -> set[int]:
    """The rows that say little about what code does, in any language: with all lines of an import."""
    quiet: set[int] = set()
    depth = 0
    for row, line in enumerate(lines):
        if depth > 0:
            depth += _opened(line)
            quiet.add(row)
        elif _is_quiet(line):
            quiet.add(row)
            depth = _opened(line) if _IS_IMPORT.match(line) else 0
    return quiet


def _is_quiet(line: str) -> bool:
    if _IS_QUIET.match(line):
        return True
    lower = line.lower()
    return any(word in lower and pattern.match(line) for word, pattern in _RARER.items())


def _opened(line: str) -> int:
    """How many more brackets a line opens than it closes."""
    return sum(map(line.count, "({")) - sum(map(line.count, ")}"))
