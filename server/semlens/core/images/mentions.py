"""Where a text uses images: whatever ends like the name of an image, in any language.

Markdown has HTML in it, docstrings have reStructuredText, notebooks have all of them: one finder reads all.
It may find too much, since only names of images that are there count.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from semlens.core.files.images import IMAGE_EXTENSIONS
from semlens.core.images.captions import Place, Surroundings

MENTIONS_VERSION: Final = 1
"""Raise it when a text gets other mentions: those of every file of an index are then read again."""

MOST_MENTIONS: Final = 500
"""Of one file: a list of thousands of names says nothing of any of them."""

LONGEST_LINE: Final = 4_000
_LONGEST_TARGET: Final = 300
_ENDING: Final = re.compile(rf"\.(?:{'|'.join(sorted(IMAGE_EXTENSIONS))})(?![\w-])", re.IGNORECASE)
_OUTSIDE: Final = frozenset("\"'`()<>[]{}|,;=*\t ")
"""Characters that end a path which nothing encloses."""
_ENCLOSING: Final = {'"': '"', "'": "'", "`": "`", ")": "(", ">": "<"}
"""Closing mark → opening mark of a path that may have spaces."""
_MACRO: Final = re.compile(r"image::?(?=[^/])")
"""What stands before a path in AsciiDoc."""
_ELSEWHERE: Final = re.compile(r"[a-z][a-z0-9+.-]+:|//", re.IGNORECASE)
"""How the address of an image of another place begins, such as that of a badge."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where a text uses an image."""

    line: int
    """From 1."""
    target: str
    """The image's path as it is written there, with forward slashes, decoded."""
    words: str
    """What the text says of it; "" for nothing."""

    @property
    def name(self) -> str:
        """The last part of the path, as `name_key` has it: a mention and an image meet by it."""
        return name_key(self.target)


def name_key(path: str) -> str:
    """The last part of a path, without the difference of cases."""
    return posixpath.basename(path).casefold()


def mentions_in(lines: Sequence[str], is_document: bool) -> list[Mention]:
    """The uses of images in a text, in order, each row and path once.

    :param is_document: whether the text is prose with headings, and no code with comments
    """
    found: dict[tuple[int, str], Mention] = {}
    surroundings = Surroundings([line[:LONGEST_LINE] for line in lines], is_document)
    for row, line in enumerate(surroundings.lines):
        for match in _ENDING.finditer(line):
            for start, target in _targets(line, match.end()):
                if (row, target) not in found:
                    words = surroundings.words(Place(row, start, match.end()))
                    found[row, target] = Mention(row + 1, target, words)
            if len(found) >= MOST_MENTIONS:
                return list(found.values())
    return list(found.values())


def _targets(line: str, end: int) -> Iterator[tuple[int, str]]:
    """The paths that may end at `end`, each with its start: without spaces, and as marks enclose it."""
    least = max(0, end - _LONGEST_TARGET)
    start = end
    while start > least and line[start - 1] not in _OUTSIDE:
        start -= 1
    starts = [start]
    opening = _ENCLOSING.get(_mark_behind(line, end))
    if opening is not None:
        enclosed = line.rfind(opening, least, end) + 1
        if 0 < enclosed < start:
            starts.append(enclosed)
    for one in starts:
        macro = _MACRO.match(line, one, end)
        at = macro.end() if macro else one
        written = line[at:end].replace("\\", "/").strip()
        if _ELSEWHERE.match(written):
            continue
        target = unquote(written)
        if any(map(str.isalnum, posixpath.basename(target).rpartition(".")[0])):
            yield at, target


def _mark_behind(line: str, end: int) -> str:
    """The character behind a path, its query and its fragment."""
    at = end
    if line[at : at + 1] in ("?", "#"):
        while at < len(line) and line[at] not in _OUTSIDE:
            at += 1
    return line[at : at + 1]
