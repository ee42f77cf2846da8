"""Finds sections by their headings in files without a grammar: documents, configuration, SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from semlens.core.chunk.tree import Definition, Structure
from semlens.core.text.language_table import HEADING_KINDS
from semlens.core.text.languages import Language

_ATX = re.compile(r" {0,3}(?P<level>#{1,6})[ \t]+(?P<name>\S.*?)[ \t#]*$")
_SETEXT = re.compile(r" {0,3}(?:=+|-{2,})\s*$")
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})")
_ADORNMENT = re.compile(r"([!-/:-@\[-`{-~])\1{2,}\s*$")
_LONGEST_HEADING = 200
_ALT = re.compile(r"""<img\b[^>]*\balt=["']([^"']*)["'][^>]*>""")
_TAG = re.compile(r"<[^>]*>")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class _Heading:
    line: int
    level: int
    name: str
    kind: str = "section"


def sections(lines: Sequence[str], language: Language) -> Structure:
    """The sections of a file, each from its heading to the next heading of its level."""
    if language.name == "markdown":
        headings = _markdown(lines)
    elif language.name == "rst":
        headings = _rst(lines)
    elif language.headings:
        headings = _matched(lines, language.headings)
    else:
        return Structure()
    return Structure(_nest(list(headings), len(lines)))


def _nest(headings: Sequence[_Heading], total: int) -> list[Definition]:
    roots: list[Definition] = []
    around: list[tuple[int, Definition]] = []
    for heading in headings:
        while around and around[-1][0] >= heading.level:
            around.pop()[1].end = heading.line - 1
        parent = around[-1][1] if around else None
        definition = Definition(
            name=_bare(heading.name) or heading.name[:_LONGEST_HEADING],
            kind=heading.kind,
            container=parent.path if parent else "",
            line=heading.line,
            end=total - 1,
            name_line=heading.line,
            header_end=heading.line,
            start=heading.line,
            separator=" > ",
            parent=parent,
        )
        (parent.children if parent else roots).append(definition)
        around.append((heading.level, definition))
    return roots


def _bare(heading: str) -> str:
    """A heading's words, without images, the addresses of links, and markup."""
    words = _ALT.sub(r"\1", heading)
    words = _TAG.sub("", _LINK.sub(r"\1", words)).replace("`", "").replace("**", "")
    return words.strip()[:_LONGEST_HEADING]


def _markdown(lines: Sequence[str]) -> Iterator[_Heading]:
    fence = ""
    for row, line in enumerate(lines):
        opening = _FENCE.match(line)
        if opening:
            mark = opening["fence"]
            if not fence:
                fence = mark
            elif mark.startswith(fence) and not line.strip(" `~"):
                fence = ""
            continue
        if fence:
            continue
        atx = _ATX.match(line)
        if atx:
            yield _Heading(row, len(atx["level"]), atx["name"])
        elif row and _SETEXT.match(line) and _is_title(lines, row - 1):
            yield _Heading(row - 1, 1 if "=" in line else 2, lines[row - 1].strip())


def _is_title(lines: Sequence[str], row: int) -> bool:
    """Whether the line may be an underlined heading: a paragraph of one line."""
    line = lines[row]
    alone = row == 0 or not lines[row - 1].strip()
    return alone and bool(line.strip()) and line[0] not in "#>|-*+<" and not line.startswith("    ")


def _rst(lines: Sequence[str]) -> Iterator[_Heading]:
    """Titles by their underlines. The first kind of underline is the highest level."""
    levels: dict[tuple[str, bool], int] = {}
    for row in range(1, len(lines)):
        line, title = lines[row].rstrip(), lines[row - 1].rstrip()
        if not _ADORNMENT.match(line) or not title or _ADORNMENT.match(title):
            continue
        above = lines[row - 2].rstrip() if row >= 2 else ""
        overlined = bool(_ADORNMENT.match(above)) and above[0] == line[0]
        stands_apart = overlined or (not above and not title[0].isspace())
        if stands_apart and len(line) >= len(title) - 1:
            level = levels.setdefault((line[0], overlined), len(levels))
            yield _Heading(row - 2 if overlined else row - 1, level, title.strip())


def _matched(lines: Iterable[str], pattern: str) -> Iterator[_Heading]:
    heading = _compiled(pattern)
    has_level, has_kind = "level" in heading.groupindex, "kind" in heading.groupindex
    for row, line in enumerate(lines):
        match = heading.match(line[:_LONGEST_HEADING])
        if match:
            level = len(match["level"] or "") if has_level else 0
            kind = HEADING_KINDS.get(match["kind"].lower(), "section") if has_kind else "section"
            yield _Heading(row, level, match["name"].strip("\"'`[]"), kind)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
