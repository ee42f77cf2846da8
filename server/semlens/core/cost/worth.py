"""What a file is worth in a prompt about its folder's code, by its path."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache

from semlens.core.files.not_source import LOCK_FILES
from semlens.core.files.role import Role, role_of
from semlens.core.text.languages import LANGUAGES, language_of
from semlens.types import RelativePath


class Worth(IntEnum):
    """The smaller, the sooner a file is taken."""

    SOURCE = 0
    TRIED = 1
    """Tests and examples: how the source is used."""
    DOCUMENT = 2
    SETTINGS = 3
    LEAST = 4
    """Licences, ignore files, lock files and the like: the same in every project, or written by a tool."""


_LEAST = re.compile(
    r"(^|/)(licen[cs]es?|copying|copyright|notice|patents|unlicense|authors|contributors|maintainers|codeowners"
    r"|code[_-]of[_-]conduct|security|funding|change(s|log)|history|news|release[_-]?notes)"
    r"(\.lesser|[._-](md|rst|txt|ya?ml|adoc|apache|mit|bsd|gpl)[^/]*)*$"
    r"|(^|/)licen[cs]es?/[^/]+\.txt$"
    r"|(^|/)\.[^/]*(ignore|attributes|keep|mailmap|modules|nvmrc|-version|rc|config)$"
    r"|\.(lock|lockfile|sum)$",
    re.IGNORECASE,
)
_ROLES = {
    Role.TEST: Worth.TRIED,
    Role.EXAMPLE: Worth.TRIED,
    Role.DOCUMENT: Worth.DOCUMENT,
    Role.IMAGE: Worth.DOCUMENT,
    Role.SETTINGS: Worth.SETTINGS,
    Role.VENDORED: Worth.SETTINGS,
}


@lru_cache(maxsize=65_536)
def worth(path: RelativePath) -> Worth:
    """How soon the file at `path`, which is below the folder that is packed, goes into a prompt."""
    if _LEAST.search(path) or path.rpartition("/")[2].lower() in LOCK_FILES:
        return Worth.LEAST
    found = _ROLES.get(role_of(path), Worth.SOURCE)
    if found is not Worth.SOURCE:
        return found
    language = language_of(path)
    if language is None:
        return Worth.SETTINGS
    return Worth.DOCUMENT if LANGUAGES[language].prose else Worth.SOURCE
