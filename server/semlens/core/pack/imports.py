"""The imports of a file that some of its code needs: which statements there are, and which names they bind.

A statement is known by its first words, in the forms that languages share. Whether it is needed is told by
names alone: code that uses a bound name needs the statement. An import of everything in a module (`#include`,
`use a::*`, `require`) binds no name that could be seen, so its module's own name stands for them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

_START: Final = re.compile(
    r"\s*(?:import\b(?!\s*\.meta|\s*\((?![\s\"'\w]*$))"  # no call of JavaScript's `import(...)` in code
    r"|from\s+[\w.\"'@/-]+\s+import\b|export\s+(?:\*|\{).*\bfrom\b"
    r"|(?:pub(?:\([\w:]+\))?\s+)?use\s+[\w\\:{*]|extern\s+crate\b|require(?:_once|_relative)?\b"
    r"|include(?:_once)?\b|using\s+(?!\()[\w.:= ]+;|global\s+using\b|#\s*(?:include|import)\b"
    r"|(?:const|let|var|local)\s+[\w{},:\s$*]+=\s*(?:await\s+)?(?:require|import)\b"
    r"|open\s+[A-Z][\w.]*\s*$|alias\s+[A-Z]|@import\b|\(:?require\b|library\s*\(|source\s*\()"
)
_GROUP: Final = re.compile(r"\s*import\s*\($")
"""Go's: each line in it is an import of its own."""
_MOST_LINES: Final = 40
"""Of one statement: a longer one is no import."""

_LONG_LIST: Final = 4
"""Lines from which a statement is shortened to the names that are used."""

_WORD: Final = re.compile(r"[^\W\d][\w$]*")
_TEXT: Final = re.compile(r"[\"'`<]([\w@./:~+-]+)[\"'`>]")
_FROM: Final = re.compile(r"\s*from\s+\S+\s+import\b(.*)", re.DOTALL)
_SCRIPT: Final = re.compile(r"\s*(?:import|export)\s+(?:type\s+)?(.*?)\s*\bfrom\s*[\"'].*", re.DOTALL)
_ASSIGNED: Final = re.compile(r"\s*(?:const|let|var|local)\s+([^=]+)=")
_RENAMED: Final = re.compile(r"[\w$.:*\\]+\s+as\s+([\w$]+)")
_DESTRUCTURED: Final = re.compile(r"[\w$]+\s*:\s*([\w$]+)")
_PATH: Final = re.compile(r"[\w$]+(?:(?:::|[.\\/])[\w$*]+)+|[\w$]+")
_ENDING: Final = re.compile(r"\.\w{1,4}$")
_NOT_NAMES: Final = frozenset(
    "import from as use pub using static require require_once require_relative include include_once type "
    "extern crate open alias global library source export default const let var local await only function "
    "self super package".split()
)


@dataclass(frozen=True, slots=True)
class Import:
    """A statement, or one line of a group of them."""

    row: int
    """Of its first line, from 0."""
    lines: tuple[str, ...]
    names: frozenset[str]
    """That it binds; of a whole module, the module's."""


def imports_of(lines: Sequence[str], inside: Collection[int] = ()) -> tuple[Import, ...]:
    """The imports in the code of a file, in its order; none on the rows `inside` definitions."""
    found: list[Import] = []
    row = 0
    while row < len(lines):
        if row in inside or not _START.match(lines[row]):
            row += 1
        elif _GROUP.match(lines[row]):
            members = [*_group(lines, row + 1)]
            found += members
            row += len(members) + 1
        else:
            last = _end(lines, row)
            statement = tuple(lines[row : last + 1])
            found.append(Import(row, statement, bound_names("\n".join(statement))))
            row = last + 1
    return tuple(found)


def needed(imports: Sequence[Import], code: str) -> tuple[Import, ...]:
    """Those of `imports` of which `code` uses a name; of a long list of names, the lines with those."""
    words = frozenset(_WORD.findall(code))
    return tuple(_shortened(one, words) for one in imports if one.names & words)


def bound_names(statement: str) -> frozenset[str]:
    """The names that a statement brings into its file."""
    script, python, assigned = _SCRIPT.match(statement), _FROM.match(statement), _ASSIGNED.match(statement)
    listed = script or python or assigned
    if listed:
        text = _DESTRUCTURED.sub(r"\1", listed[1]) if assigned else listed[1]
        return frozenset(_WORD.findall(_RENAMED.sub(r"\1", text))) - _NOT_NAMES
    quoted = _TEXT.search(statement)
    if quoted:
        before = _WORD.findall(statement[: quoted.start()])
        alias = [word for word in before if word not in _NOT_NAMES]  # Go's `name "path"`
        return _spellings(alias[-1] if alias else _ENDING.sub("", quoted[1]).rpartition("/")[2])
    text = _RENAMED.sub(r"\1", statement)
    inner = text.partition("{")[2]
    paths = _PATH.findall(inner or text)
    if "=" in text and not inner:  # C#'s `using Name = Some.Type`
        paths = paths[: 1 + len([one for one in paths if one in _NOT_NAMES])]
    names = (re.split(r"::|[.\\/]", path.removesuffix("*").rstrip(":.\\"))[-1] for path in paths)
    return frozenset(name for name in names if name) - _NOT_NAMES


def _shortened(one: Import, words: frozenset[str]) -> Import:
    if len(one.lines) < _LONG_LIST:
        return one
    first, *middle, last = one.lines
    kept = [line for line in middle if words.intersection(_WORD.findall(line)) & one.names]
    return replace(one, lines=(first, *kept, last))


def _spellings(module: str) -> frozenset[str]:
    """How code may write the name of a module's file: as it is, or as a class is called."""
    joined = "".join(part[:1].upper() + part[1:] for part in re.split(r"[_.-]", module))
    return frozenset({module, module.replace("-", "_"), joined}) - {""}


def _group(lines: Sequence[str], row: int) -> Iterator[Import]:
    for at in range(row, len(lines)):
        if lines[at].strip().startswith(")"):
            return
        yield Import(at, (f"import {lines[at].strip()}",), bound_names(lines[at]))


def _end(lines: Sequence[str], row: int) -> int:
    """The last row of the statement that begins at `row`: where its brackets are closed."""
    depth = 0
    for at in range(row, min(row + _MOST_LINES, len(lines))):
        depth += sum(lines[at].count(mark) for mark in "([{") - sum(lines[at].count(mark) for mark in ")]}")
        if depth <= 0 and not lines[at].rstrip().endswith("\\"):
            return at
    return row
