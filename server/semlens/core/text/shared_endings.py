"""The endings that several languages share, and the language that a text has by its signs (`signs.txt`).

A sign is a line that one of the rivals has and the others do not. The language with the most signs wins: a
single line in a comment or a string decides nothing against the rest of the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_READ_CHARACTERS = 50_000
"""As much of a text as Linguist reads."""
_LONGEST_LINE = 200
"""Characters of a line that are read: a pattern may take quadratic time on them."""
_BLOCK_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
"""Prose in a header begins its lines with any word."""


@dataclass(frozen=True, slots=True)
class SharedEnding:
    """The languages of one ending, the likeliest first, each with its signs as regular expressions."""

    rivals: Mapping[str, Sequence[str]]
    needs_sign: bool
    """Without any sign, the text is in no language that is known."""

    @property
    def default(self) -> str | None:
        """The language that needs no sign, because no text is without one that is in another."""
        first, signs = next(iter(self.rivals.items()))
        return None if signs else first


@cache
def shared_endings() -> Mapping[str, SharedEnding]:
    """Every shared ending, in lower case. The language "text" stands for texts in none of the others."""
    shared: dict[str, SharedEnding] = {}
    named: dict[str, list[str]] = {}
    rivals: dict[str, list[str]] = {}
    signs: list[str] = []
    for line in files("semlens.core.text").joinpath("signs.txt").read_text(encoding="utf-8").splitlines():
        entry = line.strip()
        if not entry or line[0] == "#":
            continue
        if line.startswith("    "):
            signs.extend(named.get(entry, [entry]))
        elif line.startswith("  "):
            signs = rivals[entry] = []
        elif line[0] == "<":
            signs = named[entry] = []
        else:
            rivals = {}
            for ending in line.split():
                shared[ending.rstrip("?")] = SharedEnding(rivals, ending.endswith("?"))
    return shared


def rank_rivals(ending: str, text: str) -> list[tuple[str, int]]:
    """The languages of an ending, each with the weight of its signs in `text`, the likeliest first."""
    read = text[:_READ_CHARACTERS]
    if ending == ".h":
        read = _BLOCK_COMMENT.sub("", read)
    lines = [line[:_LONGEST_LINE] for line in read.split("\n") if line.strip()]
    rivals = shared_endings()[ending].rivals
    counted = [(name, _weight(lines, ending, name)) for name, signs in rivals.items() if signs]
    return sorted(counted, key=lambda one: -one[1])


def _weight(lines: Sequence[str], ending: str, name: str) -> int:
    """The number of lines that are a sign of a language; a mark counts for fifty."""
    signs, marks = _patterns(ending, name)
    found = [line for line in lines if signs.match(line)]
    return len(found) + (49 * sum(1 for line in found if marks.match(line)) if marks else 0)


@cache
def _patterns(ending: str, name: str) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    """One pattern for all signs of a language, and one for those that alone decide, its marks."""
    signs = shared_endings()[ending].rivals[name]
    marks = [sign[1:] for sign in signs if sign[0] == "!"]
    every = [sign.removeprefix("!") for sign in signs]
    return _lines(every), _lines(marks) if marks else None


def _lines(signs: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"[ \t]*(?:{'|'.join(signs)})")
