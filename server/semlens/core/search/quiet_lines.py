"""Lines that say little about what code does: imports, loggers, options of a shell, brackets, annotations."""

from __future__ import annotations

import re

_QUIET = (
    r"\W*$",  # brackets, and nothing
    r"(?:import|from\s+\S+\s+import|export\s+(?:\*|\{[^}]*\})\s*from|package|namespace|using|use|open|include"
    r"|require(?:_relative|_once)?|include_once|alias|extern\s+crate|library|mod)\b(?!\s*[=(.:]\s*[^\"'\s])",
    r"#\s*(?:include|import|pragma|define\s+\w+_H_*\s*$|ifn?def|if|endif|else)\b",
    r"(?:(?:const|let|var|local|my|our)\s+)?[\w{}\s,$*]+=\s*(?:await\s+)?(?:require|import)\b",
    r"(?i:[^=(\"']*\b_*\$?(?:log|logger|logging|ilog)_*\b[^=(\"']*:?=[^=].*log)",
    r"(?:private|protected|public|internal|static|final|readonly|val|var|let|lateinit|\s)*"
    r"I?Log(?:ger)?(?:<[^>]*>)?\s+\w+\s*;",
    r"set\s+[-+o]|shopt\b|#!|@echo\s+off|setlocal\b|use\s+strict|declare\s*\(\s*strict_types",
    r"['\"]use (?:strict|client|server)['\"]",
    r"<\?(?:php|xml)|<!doctype|#\s*-\*-|#\s*frozen_string_literal",
    r"@[\w.:]+\s*(?:\(.*)?$|#!?\[.*\]\s*$|\[[A-Z]\w*(?:\(.*\))?\]\s*$",  # annotations and attributes
    r"(?:else|try|begin|do|then|end|fi|done|esac|pass|break|continue|return|finally|default|public|private)"
    r"[\s:;{}()]*$",
    r"r?(?:\"[^\"]*\"|'[^']*'),?\s*$",  # a string alone
)
_IS_QUIET = re.compile(rf"\s*(?:{'|'.join(_QUIET)})")

_COMMENT = re.compile(
    r"\s*(?:#(?!\s*(?:include|define|if|import|pragma)\b|\[)|//|/\*|\*(?:\s|/|$)|--(?!\w)|;|<!--|%)"
)


def is_quiet(line: str) -> bool:
    """Whether a line of code says little, in any language."""
    return _IS_QUIET.match(line) is not None


def looks_like_comment(line: str) -> bool:
    """Whether a line of a language without a grammar begins as a comment does."""
    return _COMMENT.match(line) is not None
