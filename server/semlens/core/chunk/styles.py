"""Finds what style sheets define: rules, mixins, functions, variables and animations of CSS, SCSS and Less.

A rule has the name of the class or id that it styles, within the others of its selector:
`.card > .title:hover` is `title` in `card`, as `.title` inside of `.card` is. A name that is joined to the
parent's is spelled out: `&__title` in `.card` is `card__title`. Rules of one name in a row are one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from semlens.core.chunk.heading import Heading

STYLE_SHEETS = frozenset({"css", "scss", "less"})
"""The languages with brackets. Sass and Stylus have none."""

_TOKEN = r"/\*.*?(?:\*/|\Z)|\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?|url\([^()\n\"']*\)|[#@]\{|[{};()]"
_TOKENS = {
    False: re.compile(_TOKEN, re.DOTALL),
    True: re.compile(rf"//[^\n]*|{_TOKEN}", re.DOTALL),
}
"""By whether two slashes begin a comment."""
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_VISIBLE = re.compile(r"\S")
_NAMED = re.compile(
    r"@(?P<kind>mixin|function|property|utility|counter-style|(?:-\w+-)?keyframes)\s+"
    r"(?P<name>[\w-]+|\"[^\"\n]+\"|'[^'\n]+')"
)
_KINDS = {"mixin": "function", "function": "function", "property": "constant"}
_LESS_MIXIN = re.compile(r"[.#](?P<name>[\w-]+)\s*\(.*\)\s*(?:when\b.*|!important\s*)?\Z", re.DOTALL)
_VARIABLE = re.compile(r"(?P<name>\$[\w-]+|@[\w-]+)\s*:(?!:)")
_DETACHED = re.compile(r"(?P<name>@[\w-]+)\s*:\s*\Z")
_CUSTOM_PROPERTY = re.compile(r"(?P<name>--[\w-]+)\s*:")
_GLOBAL = re.compile(r"(?::root|:host|html|body)\b|@theme\b")
"""What holds the custom properties of all; those of other rules are settings of one thing."""
_PSEUDO = re.compile(r"\\.|::?[\w-]+(?:\((?:[^()]|\([^()]*\))*\))?|\[[^\]\n]*\]")
_COMBINATOR = re.compile(r"[\s>+~|]+")
_CLASS = re.compile(r"[.#%](?!\d)((?:[\w-]|[^\x00-\x7f]|\\.|[#@]\{[^{}\n]*\})+)")
_JOINED = re.compile(r"&((?:[\w-]|[#@]\{[^{}\n]*\})+)")
_LONGEST_PRELUDE = 300
"""Characters before a bracket that are read."""
_MOST_DEPTH = 20
"""Deeper definitions belong to the definition around them."""


@dataclass(frozen=True, slots=True)
class _Block:
    """An open bracket, or the whole text."""

    heading: int | None = None
    """The number of its heading among all."""
    level: int = 0
    """How many headings its lines lie in."""
    subject: str | None = None
    """What names in it may be joined to: "" in a block without a name, None where there is none."""
    is_global: bool = False
    is_interpolation: bool = False


def style_headings(lines: Sequence[str], line_comments: bool) -> list[Heading]:
    """The heading of each definition, in order; only the first of several that begin on one line."""
    found: list[Heading] = []
    for one in sorted(_Reader(lines, line_comments).headings(), key=lambda one: (one.line, one.level)):
        last = found[-1] if found else None
        if last is not None and one.line <= last.line:
            continue
        if last is not None and one.kind == "section" and replace(last, line=one.line, end=one.end) == one:
            found[-1] = replace(last, end=one.end)
        else:
            found.append(one)
    return found


class _Reader:
    """Reads the brackets of one style sheet."""

    def __init__(self, lines: Sequence[str], line_comments: bool) -> None:
        self._text = "\n".join(lines)
        self._starts = [0, *accumulate(len(line) + 1 for line in lines)]
        self._tokens = _TOKENS[line_comments]
        self._found: list[Heading] = []
        self._blocks = [_Block()]
        self._begin = 0
        """Where the selector or statement begins that is not complete."""

    def headings(self) -> list[Heading]:
        depth = 0
        for token in self._tokens.finditer(self._text):
            what = token[0]
            if what[0] == "/":
                if not self._pending(token.start()):
                    self._begin = token.end()
            elif what in "()":
                depth = max(0, depth + (1 if what == "(" else -1))
            elif what in ("#{", "@{"):
                self._blocks.append(replace(self._blocks[-1], heading=None, is_interpolation=True))
            elif what == ";" and not depth:
                self._end_statement(token.start())
            elif what in "{}":
                depth = 0
                if what == "{":
                    self._open(token.start())
                else:
                    self._close(token.start())
        return self._found

    def _open(self, at: int) -> None:
        prelude = self._pending(at)
        block = self._blocks[-1]
        named = self._named(prelude, block.subject) if block.level < _MOST_DEPTH else None
        is_around = prelude.startswith("@")
        is_global = (block.is_global and is_around) or _GLOBAL.match(prelude) is not None
        if named is not None and named[-1]:
            kind, *outer, name = named
            row = self._row(self._begin)
            self._found.append(Heading(row, block.level, name, kind, ".".join(outer), self._row(at)))
            subject = name if kind == "section" else ""
            block = _Block(len(self._found) - 1, block.level + 1, subject, is_global)
        elif is_around:
            block = replace(block, heading=None, is_global=is_global)
        else:
            block = _Block(None, block.level, "", is_global)
        self._blocks.append(block)
        self._begin = at + 1

    def _close(self, at: int) -> None:
        block = self._blocks[-1]
        if not block.is_interpolation:
            self._end_statement(at)
        if len(self._blocks) > 1:
            self._blocks.pop()
        if block.heading is not None and not block.is_interpolation:
            self._found[block.heading] = replace(self._found[block.heading], end=self._row(at))

    def _end_statement(self, at: int) -> None:
        """Note the variable that the statement before `at` defines."""
        statement, block = self._pending(at), self._blocks[-1]
        pattern = _CUSTOM_PROPERTY if block.is_global else _VARIABLE if block.subject is None else None
        found = pattern.match(statement) if pattern else None
        if found:
            row = self._row(self._begin)
            self._found.append(Heading(row, block.level, found["name"], "constant", "", self._row(at)))
        self._begin = at + 1

    def _pending(self, at: int) -> str:
        """The first characters of what is not complete before `at`, which `_begin` is moved to."""
        visible = _VISIBLE.search(self._text, self._begin, at)
        self._begin = visible.start() if visible else at
        return self._text[self._begin : min(at, self._begin + _LONGEST_PRELUDE)].rstrip()

    def _row(self, at: int) -> int:
        return bisect_right(self._starts, at) - 1

    def _named(self, prelude: str, subject: str | None) -> tuple[str, ...] | None:
        """The kind, the containers and the name of what `prelude` opens; None if it has none."""
        if named := _NAMED.match(prelude):
            return _KINDS.get(named["kind"], "section"), named["name"].strip("\"'")
        if detached := _DETACHED.match(prelude):
            return "constant", detached["name"]
        if mixin := _LESS_MIXIN.match(prelude):
            return "function", mixin["name"]
        names = [] if prelude.startswith("@") else _subject(prelude, subject)
        return ("section", *names) if names else None


def _subject(prelude: str, parent: str | None) -> list[str]:
    """The names in the first selector of `prelude`, the innermost last; `parent` is None at the top.

    Inside of a rule, only a class, an id or a name that is joined to the parent's has a name.
    """
    selectors = _PSEUDO.sub(lambda one: one[0] if one[0][0] == "\\" else "", _COMMENT.sub("", prelude))
    selector = selectors.partition(",")[0].strip()
    parts = [part for part in _COMBINATOR.split(selector) if part]
    if parts and parts[-1][0] == "&" and not (_JOINED.match(parts[-1]) and parent):
        return []
    names: list[str] = []
    for part in parts:
        if joined := _JOINED.match(part):
            names = [f"{parent}{joined[1]}"] if parent else []
        elif not part.startswith("&"):
            names += [name.replace("\\", "") for name in _CLASS.findall(part)]
    if names or parent is not None:
        return names
    return parts[-1:] or [prelude.partition(",")[0].strip().split("\n")[0]]
