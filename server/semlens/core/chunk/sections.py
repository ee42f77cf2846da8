"""Finds sections by their headings in files without a grammar: documents, configuration, SQL."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from semlens.core.chunk.comment_lines import comment_rows, comment_text, rows_above
from semlens.core.chunk.heading import Heading
from semlens.core.chunk.sql import sql_headings
from semlens.core.chunk.styles import STYLE_SHEETS, style_headings
from semlens.core.chunk.tree import CLASS_LIKE, Definition, Structure
from semlens.core.text.heading_table import HEADING_KINDS
from semlens.core.text.languages import Language

_ATX = re.compile(r" {0,3}(?P<level>#{1,6})[ \t]+(?P<name>\S.*?)[ \t#]*$")
_SETEXT = re.compile(r" {0,3}(?:=+|-{2,})\s*$")
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})")
_ADORNMENT = re.compile(r"([!-/:-@\[-`{-~])\1{2,}\s*$")
_LONGEST_HEADING = 200
_ALT = re.compile(r"""<img\b[^>]*\balt=["']([^"']*)["'][^>]*>""")
_TAG = re.compile(r"<[^>]*>")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


def sections(lines: Sequence[str], language: Language) -> Structure:
    """The sections of a file, each from the comment above its heading to the next heading of its level."""
    comments = comment_rows(lines, language)
    headings = list(_headings(lines, language, comments))
    if language.closing:
        headings = _closed(headings, lines, language.closing, comments)
    if not headings:
        return Structure(comment_lines=comments)
    return Structure(_nest(headings, lines, comments, language), comment_lines=comments)


def _headings(lines: Sequence[str], language: Language, comments: Collection[int]) -> Iterable[Heading]:
    if language.name == "markdown":
        return _markdown(lines)
    if language.name == "rst":
        return _rst(lines)
    if language.name == "sql":
        return sql_headings(lines, comments)
    if language.name in STYLE_SHEETS:
        return style_headings(lines, line_comments=bool(language.line_comment))
    if language.name == "yaml":
        return _yaml(lines, language.headings, comments)
    if language.headings:
        return _matched(lines, language, comments)
    return ()


def _closed(
    headings: Sequence[Heading], lines: Sequence[str], pattern: str, comments: Collection[int]
) -> list[Heading]:
    """`headings`, each with its last line where that can be told.

    That is the first line with its indentation that closes it, or its own if it is complete. A constant ends
    before the next line that is not indented deeper.
    """
    closing = _compiled(pattern)
    by_line = {heading.line: number for number, heading in enumerate(headings)}
    closed = list(headings)
    open_at: dict[int, int] = {}
    """The indentation → the number of the heading that is open there."""
    constant: tuple[int, int] | None = None
    """The indentation and the number of a constant that may go on."""
    last_code = 0
    for row, line in enumerate(lines):
        code = line.strip()
        if not code or row in comments:
            continue
        indent = len(line) - len(line.lstrip())
        is_closing = closing.match(code[:_LONGEST_HEADING]) is not None
        if constant is not None and indent <= constant[0]:
            last = row if is_closing and indent == constant[0] else last_code
            closed[constant[1]] = replace(closed[constant[1]], end=last)
            constant = None
        last_code = row
        number = by_line.get(row)
        if number is None:
            if is_closing and indent in open_at:
                number = open_at.pop(indent)
                closed[number] = replace(closed[number], end=row)
        elif closed[number].kind == "constant":
            constant = indent, number
        elif code[-1] in ";}":
            if closed[number].kind != "module":  # `package A;` goes on
                closed[number] = replace(closed[number], end=row)
        else:
            open_at[indent] = number
    return closed


def _nest(
    headings: Sequence[Heading], lines: Sequence[str], comments: Collection[int], language: Language
) -> list[Definition]:
    roots: list[Definition] = []
    around: list[tuple[int, Definition]] = []
    floor = -1
    for heading in headings:
        above = rows_above(lines, comments, language, heading.line, floor)
        start = above[0] if above else heading.line
        while around and (around[-1][0] >= heading.level or around[-1][1].end < heading.line):
            above_it = around.pop()[1]
            above_it.end = min(above_it.end, start - 1)
        parent = around[-1][1] if around else None
        last = parent.end if parent else len(lines) - 1
        outer = [parent.path] if parent else []
        is_member = heading.kind == "function" and parent is not None and parent.kind in CLASS_LIKE
        definition = Definition(
            name=(_bare(heading.name) if language.prose else "") or heading.name[:_LONGEST_HEADING],
            kind="method" if is_member else heading.kind,
            container=".".join(outer + ([heading.container] if heading.container else [])),
            line=heading.line,
            end=last if heading.end is None else min(heading.end, last),
            name_line=heading.line,
            header_end=heading.line,
            start=start,
            docstring=comment_text((lines[row] for row in above), language),
            docstring_lines=above,
            separator=" > " if language.prose else ".",
            parent=parent,
        )
        (parent.children if parent else roots).append(definition)
        around.append((heading.level, definition))
        floor = heading.line
    return roots


def _bare(heading: str) -> str:
    """A heading's words, without images, the addresses of links, and markup."""
    words = _ALT.sub(r"\1", heading)
    words = _TAG.sub("", _LINK.sub(r"\1", words)).replace("`", "").replace("**", "")
    return words.strip()[:_LONGEST_HEADING]


def _markdown(lines: Sequence[str]) -> Iterator[Heading]:
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
            yield Heading(row, len(atx["level"]), atx["name"])
        elif row and _SETEXT.match(line) and _is_title(lines, row - 1):
            yield Heading(row - 1, 1 if "=" in line else 2, lines[row - 1].strip())


def _is_title(lines: Sequence[str], row: int) -> bool:
    """Whether the line may be an underlined heading: a paragraph of one line."""
    line = lines[row]
    alone = row == 0 or not lines[row - 1].strip()
    return alone and bool(line.strip()) and line[0] not in "#>|-*+<" and not line.startswith("    ")


def _rst(lines: Sequence[str]) -> Iterator[Heading]:
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
            yield Heading(row - 2 if overlined else row - 1, level, title.strip())


def _yaml(lines: Sequence[str], pattern: str, comments: Collection[int]) -> Iterator[Heading]:
    """The keys at the top, and the keys of blocks right below: the jobs of a workflow, the services."""
    heading = _compiled(rf"(?P<indent> *){pattern}")
    step: int | None = None
    for row, line in enumerate(lines):
        match = None if row in comments else heading.match(line[:_LONGEST_HEADING])
        if not match:
            continue
        indent = len(match["indent"])
        if not indent:
            holds_text = line.split(" #")[0].rstrip().endswith(("|", "|-", "|+", ">", ">-", ">+"))
            step = 0 if holds_text else None
        elif step is None:
            step = indent
        if not indent or (indent == step and line.split(" #")[0].rstrip().endswith(":")):
            yield Heading(row, min(indent, 1), match["name"].strip("\"'"))


def _matched(lines: Iterable[str], language: Language, comments: Collection[int]) -> Iterator[Heading]:
    heading = _compiled(language.headings)
    groups = heading.groupindex
    previous = ""
    for row, line in enumerate(lines):
        match = None if row in comments else heading.match(line[:_LONGEST_HEADING])
        if not match:
            continue
        level = len(match["level"] or "") if "level" in groups else 0
        keyword = (match["kind"] or "").lower() if "kind" in groups else ""
        kind = HEADING_KINDS.get(keyword, "section") if keyword else language.heading_kind
        name = match["name"] or (match["other"] if "other" in groups else "")
        if not (language.clauses and name == previous):
            quoted = name[:1] in "\"'`["  # an apostrophe at the end of `insert'` is a part of it
            yield Heading(row, level, (name.strip("\"'`[]") if quoted else name) or name, kind)
        previous = name


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
