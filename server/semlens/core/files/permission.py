"""How far a user's rule lets a path in that a rule of Semlens refuses."""

from __future__ import annotations

import re
from enum import IntEnum

from semlens.core.files.git.ignore_file import Rule
from semlens.core.files.secrets import SECRET_PATTERNS

LARGEST_LET_IN = 16 * 1024 * 1024
"""Bytes of the largest file that a rule lets in, whatever the size limit of the settings is."""

_NAMES_SOMETHING = re.compile(r"[^\W_]")
_ENDING = re.compile(r"(?<=.)\.[^.]*\Z")


class Permission(IntEnum):
    """The strength of a negated rule of `.semlensignore` for one path."""

    NONE = 0
    FOLDER = 1
    """The rule names a folder above: it overrules the rules on the content of the files in it."""
    PATH = 2
    """The rule matches the path itself: it overrules every rule of Semlens but those about secrets."""
    NAME = 3
    """The rule names the file: it overrules those too. Nothing overrules that a file holds a private key."""


def permission_by(rule: Rule | None) -> Permission:
    """The permission that `rule`, the last one that matches a path, gives.

    A rule such as `!*` names nothing. `!*.json` names no file that may hold a secret; `!auth.json` and, as
    the rule of Semlens says it, `!*.pem` do.
    """
    if not rule or not rule.negated:
        return Permission.NONE
    pattern = rule.text[1:].rstrip("/")
    name = pattern.rpartition("/")[2]
    if not _NAMES_SOMETHING.search(pattern):
        return Permission.NONE
    is_plain = not any(character in name for character in "*?[")
    if is_plain or _NAMES_SOMETHING.search(_ENDING.sub("", name)):
        return Permission.NAME
    return Permission.NAME if name.lower() in SECRET_PATTERNS else Permission.PATH
