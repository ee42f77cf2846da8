"""The definitions of a file as a tree of line ranges.

Tree-sitter counts UTF-8 bytes, and one line may hold several definitions; but a chunk consists of whole
lines. This tree therefore has lines only: a child's lines lie inside its parent's, and the lines of siblings
do not overlap.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

CLASS_LIKE = frozenset({"class", "interface", "struct", "enum", "trait", "scope"})
"""Kinds whose functions are methods."""
CALLABLE = frozenset({"function", "method", "declaration"})
LOCAL = frozenset({"constant", "type", "declaration"})
"""Kinds that get no chunk of their own inside a function."""


@dataclass(slots=True)
class Definition:
    """One definition, section or scope. Lines are 0-based and inclusive."""

    name: str
    kind: str
    container: str
    line: int
    """The first line of the definition itself."""
    end: int
    name_line: int
    header_end: int
    """The last line before the body; the name's line if there is no body."""
    start: int = 0
    """The first line with the comments, decorators and annotations above."""
    docstring: str = ""
    docstring_lines: tuple[int, ...] = ()
    """The lines that hold nothing but its comments and docstring."""
    separator: str = "."
    """Between the name of a container and that of its member."""
    parent: Definition | None = None
    children: list[Definition] = field(default_factory=list)
    inline: bool = False
    """The definition has no lines of its own, because it shares them with a sibling or its parent."""

    @property
    def path(self) -> str:
        """The name below the names of all containers."""
        return f"{self.container}{self.separator}{self.name}" if self.container else self.name

    def walk(self) -> Iterator[Definition]:
        """This definition and all below it, in the order of the file."""
        pending = [self]
        while pending:
            definition = pending.pop()
            yield definition
            pending.extend(reversed(definition.children))


@dataclass(frozen=True, slots=True)
class Structure:
    """The definitions, comments and docstrings of a file. Lines are 0-based."""

    definitions: list[Definition] = field(default_factory=list)
    """The outermost ones."""
    docstring: str = ""
    """The file's own docstring."""
    comment_lines: frozenset[int] = frozenset()
    docstring_lines: frozenset[int] = frozenset()
    """The lines of docstrings inside definitions, and of the file's own."""
    has_errors: bool = False
    """The grammar could not read all of the text."""

    def walk(self) -> Iterator[Definition]:
        """Every definition, in the order of the file."""
        for definition in self.definitions:
            yield from definition.walk()


def with_own_lines(definitions: list[Definition]) -> list[Definition]:
    """`definitions` with the children of each inline one in its place."""
    found: list[Definition] = []
    pending = definitions[::-1]
    while pending:
        definition = pending.pop()
        if definition.inline:
            pending.extend(reversed(definition.children))
        else:
            found.append(definition)
    return found


def place(definition: Definition, siblings: list[Definition], lead_lines: frozenset[int], first: int) -> None:
    """Append `definition` to `siblings`, with the comments above it and no line of an earlier sibling.

    `lead_lines` are the lines of comments and decorators. `first` is the line where its syntax begins: it may
    be an annotation above `definition.line`.
    """
    parent = definition.parent
    floor = parent.line if parent else -1
    for sibling in reversed(siblings):
        if not sibling.inline:
            floor = max(floor, sibling.end)
            break
    start = first
    while start - 1 > floor and start - 1 in lead_lines:
        start -= 1
    definition.start = max(start, floor + 1)
    is_part = parent is not None and _is_part_of(definition, parent)
    definition.inline = definition.start > definition.end or is_part
    if definition.inline:
        definition.start = definition.line
    siblings.append(definition)


def _is_part_of(definition: Definition, parent: Definition) -> bool:
    same_lines = (definition.line, definition.end) == (parent.line, parent.end)
    return same_lines or (parent.kind in CALLABLE and definition.kind in LOCAL)
