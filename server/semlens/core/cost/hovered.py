"""The definition that a position in a text speaks of: by its name, its signature, or a call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from semlens.core.chunk.tree import CALLABLE, CLASS_LIKE, Definition

_LEADS = ("@", "#[", "[")
"""The beginnings of decorators and attributes, among the lines that the chunker gives to a definition."""
_ANNOTATION = re.compile(r"\s*(?:@[\w.:]+\s*(?:\(.*)?|#!?\[.*|\[.*\]\s*)$")
"""A line of nothing but an annotation or attribute, in any language; no assignment to Ruby's `@name`."""
_CALL = re.compile(r"([A-Za-z_$][\w$]*[?!]?)(?:\s*<[\w\s,.<>\[\]]*>|::<[^()]*>)?!?\s*\(")
_PARAMETERS = re.compile(r"\s*(?:<[^()]*>|\[[^()]*\])?\s*\(")
_BODY = re.compile(r"\{|=|:(?:\s|$)|\bdo\b|\bthen\b|;")
_ENDS = re.compile(r"[{};]")
"""Ends what stands before it on its line."""
_CALLED = (CALLABLE | CLASS_LIKE) - {"scope", "declaration"}

_CONSTANT = re.compile(r"\b(?:const|constexpr|final|readonly|val|define|static_assert|immutable)\b|-r\b")
_GROUP = re.compile(r"\s*(const|var)\s*\(")
_MOST_GROUPED = 200
"""Lines above a definition in which Go's `const (` or `var (` is looked for."""


def hovered(blocks: Sequence[Definition], lines: Sequence[str], line: int, column: int) -> Definition | None:
    """The definition that is named or called at the position, else the innermost whose signature is there.

    `line` and `column` are 0-based, `column` in code points.
    """
    here = [block for block in blocks if first_line(block, lines) <= line <= block.header_end]
    named = [block for block in here if block.name_line == line and _is_name(lines[line], block.name, column)]
    if named:
        return named[-1]
    called = _called(blocks, lines[line], line, column)
    if called is not None:
        return called
    return next((block for block in reversed(here) if _is_signature(block, lines, line, column)), None)


def first_line(block: Definition, lines: Sequence[str]) -> int:
    """Where a definition begins with its decorators, but without the comments above it."""
    leads = (row for row in range(block.start, block.line) if lines[row].lstrip().startswith(_LEADS))
    first = next(leads, block.line)
    while first > 0 and _ANNOTATION.match(lines[first - 1]):
        first -= 1
    return first


def spoken_kind(block: Definition, lines: Sequence[str], language: str) -> str:
    """The kind as a user calls it: what the grammars call a constant is mostly a variable."""
    if block.kind != "constant":
        return block.kind
    line = lines[block.name_line]
    before = line[: line.find(block.name)]
    grouped = _group(lines, block.name_line) if language == "go" else None
    if grouped is not None:
        return "constant" if grouped == "const" else "variable"
    is_named_so = block.name.isupper() and language != "bash"
    is_named_so |= language == "ruby" and block.name[:1].isupper()
    is_let = language in {"swift", "ocaml", "fsharp", "elm", "haskell"} and "var" not in before.split()
    return "constant" if is_named_so or is_let or _CONSTANT.search(before) else "variable"


def _group(lines: Sequence[str], row: int) -> str | None:
    """The keyword of Go's group of declarations around a line; None outside of one."""
    for line in reversed(lines[max(row - _MOST_GROUPED, 0) : row]):
        group = _GROUP.match(line)
        if group:
            return group[1]
        if line[:1].strip():  # a line at the margin ends the group
            return None
    return None


def _is_name(line: str, name: str, column: int) -> bool:
    return any(found.start() <= column <= found.end() for found in _whole(line, name))


def _whole(line: str, name: str) -> Iterator[re.Match[str]]:
    """The places where a name stands as a whole word."""
    return re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", line)


def _called(blocks: Sequence[Definition], line: str, row: int, column: int) -> Definition | None:
    """The definition in this text that is called at the position, if there is exactly one of its name."""
    call = next((call for call in _CALL.finditer(line) if call.start() <= column <= call.end(1)), None)
    if call is None:
        return None
    found = [block for block in blocks if block.name == call[1] and block.kind in _CALLED]
    if len(found) > 1:
        containers = {block.container for block in blocks if block.line <= row <= block.end}
        found = [block for block in found if block.container in containers]
    return found[0] if len(found) == 1 else None


def _is_signature(block: Definition, lines: Sequence[str], line: int, column: int) -> bool:
    """Whether the position is before the body, which may begin on the last line of the header."""
    if line < block.header_end or line != block.name_line:
        return True
    text = lines[line]
    name = next(_whole(text, block.name), None)
    if name is None or _ENDS.search(text, column, max(column, name.start())):
        return False
    at = name.end()
    opening = _PARAMETERS.match(text, at)
    if opening:
        at = _closing(text, opening.end() - 1)
    body = _BODY.search(text, at)
    return column <= (body.start() if body else len(text))


def _closing(text: str, opening: int) -> int:
    """The end of the bracket at `opening`, or of the text."""
    depth = 0
    for at in range(opening, len(text)):
        depth += (text[at] == "(") - (text[at] == ")")
        if depth == 0:
            return at + 1
    return len(text)
