"""Finds the statements of an SQL file that define something, in the dialects of the common databases.

A statement begins its line. One that is indented counts too, except in the body of a routine, which makes
tables of its own. Names may be quoted part by part: `[dbo].[usp_X]`, "My Table", `db`.`t`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from semlens.core.chunk.heading import Heading

_PART = r'(?:\[(?:[^\]\n]|\]\]){1,200}\]|"(?:[^"\n]|""){1,200}"|`(?:[^`\n]|``){1,200}`|[\w$#@]{1,200})'
_MODIFIER = rf"(?:\w+(?:\s*=\s*{_PART}(?:@{_PART})?)?\s+)"
_KINDS = {
    "function": "function", "procedure": "function", "proc": "function", "aggregate": "function",
    "macro": "function", "trigger": "function", "table": "type", "view": "type", "type": "type",
    "domain": "type", "schema": "module", "database": "module", "package": "module",
}  # fmt: skip
"""The kind of object → the kind of its symbol; all others are a `section`."""
_STATEMENT = re.compile(
    rf"""(?ix)[ \t]*
    (?:(?P<alter>alter)|(?:re)?create)\s+{_MODIFIER}{{0,8}}?
    (?P<kind>table|view|function|proc(?:edure)?|index|trigger|type|schema|database|sequence|package|domain
        |extension|event|synonym|aggregate|policy|rule|macro|task|stream|stage|dictionary|queue|role)\s+
    (?:body\s+)?(?:concurrently\s+)?(?:if\s+(?:not\s+)?exists\s+)?(?!on\b)
    (?P<name>{_PART}(?:\s*\.\s*{_PART}){{0,3}})"""
)
_ROUTINE_IN_PACKAGE = re.compile(rf"(?i)[ \t]*(?P<kind>function|procedure)\s+(?P<name>{_PART})")
_MACRO = re.compile(r"[ \t]*\{%-?\s*(?P<kind>macro|test|snapshot|materialization)\s+(?P<name>\w+)")
_DEFINING_ALTER = frozenset({"function", "proc", "procedure", "view", "trigger", "package", "event"})
_BODY = re.compile(r"(?i)\bas\b|\bbegin\b|\bis\b")
_LONGEST_HEADER = 4000
"""Characters of an `ALTER` statement in which its body must begin; without a body it defines nothing."""
_LONGEST_LINE = 300
_DOLLAR_QUOTE = re.compile(r"\$(?:[A-Za-z_]\w*)?\$")
_ENDS_ROUTINE = re.compile(
    r"(?i)[ \t]*(?:go|/|end\b[^;]*(?:;.*|\$\$.*|//.*)?)\s*$|.*\$(?:[a-z_]\w*)?\$.*;\s*$"
)


def sql_headings(lines: Sequence[str], comments: Collection[int]) -> Iterator[Heading]:
    """The heading of each statement that defines something. `comments` are rows of comments."""
    text = "\n".join(lines)
    dollars = not any(line.lstrip()[:9].lower() == "delimiter" for line in lines)
    quote: str | None = None
    """The dollar quote that is open."""
    routine: int | None = None
    """The indentation of the routine whose body this is."""
    package = False
    offset = 0
    for row, line in enumerate(lines):
        start, offset = offset, offset + len(line) + 1
        if quote is None and row not in comments and line.strip():
            indent = len(line) - len(line.lstrip())
            found = _statement(text, start)
            if found and not (indent and routine is not None and indent > routine):
                yield _heading(found, row)
                package = found["kind"].lower() == "package"
                is_routine = _KINDS.get(found["kind"].lower()) == "function"
                routine = indent if is_routine else None
            elif package and (inner := _ROUTINE_IN_PACKAGE.match(line)):
                yield _heading(inner, row, level=1)
            elif macro := _MACRO.match(line):
                yield Heading(row, 0, macro["name"], "function")
            if routine is not None and indent <= routine and _ENDS_ROUTINE.match(line[:_LONGEST_LINE]):
                routine = None
        if dollars and row not in comments:
            quote = _after(line, quote)


def _statement(text: str, start: int) -> re.Match[str] | None:
    found = _STATEMENT.match(text, start)
    if found is None or not found["alter"]:
        return found
    if found["kind"].lower() not in _DEFINING_ALTER:
        return None
    header = text[found.end() : found.end() + _LONGEST_HEADER].partition(";")[0]
    return found if _BODY.search(header) else None


def _heading(found: re.Match[str], row: int, level: int = 0) -> Heading:
    *outer, name = [_unquoted(part) for part in re.findall(_PART, found["name"])]
    return Heading(
        row, level, name, _KINDS.get(found["kind"].lower(), "section"), ".".join(filter(None, outer))
    )


def _unquoted(part: str) -> str:
    if part[0] in '["`':
        closing = part[-1]
        return part[1:-1].replace(closing * 2, closing).strip()
    return part


def _after(line: str, quote: str | None) -> str | None:
    """The dollar quote that is open after `line`, if `quote` is open before it."""
    for found in _DOLLAR_QUOTE.finditer(line.partition("--")[0] if quote is None else line):
        if quote is None:
            quote = found[0]
        elif found[0] == quote:
            quote = None
    return quote
