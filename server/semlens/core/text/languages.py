"""The language of a file, by its name or its `#!` line."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from semlens.core.text.heading_table import TEXTS
from semlens.core.text.language import Language
from semlens.core.text.language_table import CODE
from semlens.types import RelativePath

TEXT: Final = "text"
"""The language of a file whose language is not known."""

LANGUAGES: Final[dict[str, Language]] = {language.name: language for language in (*CODE, *TEXTS)}
"""Every language by name."""

__all__ = ["LANGUAGES", "TEXT", "Language", "language_of"]

_SHEBANG = re.compile(r"#!\s*(?:\S*/)?(?:env\s+(?:-\S+\s+|\w+=\S*\s+)*)?([\w.+-]+)")
_LONGEST_SHEBANG = 200
_VERSION = "0123456789."


def language_of(path: RelativePath, text: str = "") -> str | None:
    """The name of the language of the file at `path`, or None if it is not known.

    The first line of the file's `text` is read for a `#!` only if no name or extension matches.
    """
    by_filename, by_extension, by_interpreter = _lookup()
    filename = path.rpartition("/")[2]
    if filename in by_filename:
        return by_filename[filename]
    parts = filename.lower().split(".")
    for start in range(1, len(parts)):
        found = by_extension.get("." + ".".join(parts[start:]))
        if found:
            return found
    if parts[0] == "dockerfile":
        return "dockerfile"
    match = _SHEBANG.match(text[:_LONGEST_SHEBANG].split("\n", 1)[0])
    return by_interpreter.get(match[1].rstrip(_VERSION)) if match else None


@cache
def _lookup() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """File name, extension and interpreter → name of the language."""
    by_filename: dict[str, str] = {}
    by_extension: dict[str, str] = {}
    by_interpreter: dict[str, str] = {}
    for language in LANGUAGES.values():
        by_filename.update(dict.fromkeys(language.filenames, language.name))
        by_extension.update(dict.fromkeys(language.extensions, language.name))
        by_interpreter.update(dict.fromkeys(language.interpreters, language.name))
    return by_filename, by_extension, by_interpreter
