"""The definitions of a file as a tree of line ranges.

Tree-sitter counts UTF-8 bytes, and one line may hold several definitions; a chunk is made of
whole lines. So definitions are found by bytes and laid out by lines: a child's lines lie
inside its parent's, and the lines of siblings do not overlap.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

CLASS_LIKE = frozenset({"class", "interface", "struct", "enum", "trait", "scope"})
"""Kinds whose functions are methods."""
CALLABLE = frozenset({"function", "method", "declaration"})
LOCAL = frozenset({"constant", "type", "declaration"})
"""Kinds that are not worth a chunk of their own inside a function."""


@dataclass(slots=True)
class Block:
    """One definition, section or scope. Lines are 0-based and inclusive."""

    name: str
    kind: str
    container: str
    line: int
    """The line on which the definition itself begins."""
    end: int
    name_line: int
    header_end: int
    """The last line before the body; the name's line where there is no body."""
    start: int = 0
    """The first line, with the comments and decorators above."""
    doc: str = ""
    doc_lines: tuple[int, ...] = ()
    """The lines that hold nothing but its comments and docstring."""
    joint: str = "."
    """What stands between a container's name and its member's."""
    parent: Block | None = None
    children: list[Block] = field(default_factory=list)
    inline: bool = False
    """Shares its lines with a neighbour or its parent: it has a name, but no lines of its own."""

    @property
    def path(self) -> str:
        return f"{self.container}{self.joint}{self.name}" if self.container else self.name

    def walk(self) -> Iterator[Block]:
        """This block and all below it, in the order of the file."""
        pending = [self]
        while pending:
            block = pending.pop()
            yield block
            pending.extend(reversed(block.children))


@dataclass(frozen=True, slots=True)
class Outline:
    """What is known of a file's structure."""

    blocks: list[Block] = field(default_factory=list)
    doc: str = ""
    """The file's own docstring."""
    comment_lines: frozenset[int] = frozenset()

    def walk(self) -> Iterator[Block]:
        for block in self.blocks:
            yield from block.walk()


def with_lines(blocks: list[Block]) -> list[Block]:
    """Those of `blocks` that have lines of their own; one that has none gives way to its children."""
    laid: list[Block] = []
    for block in blocks:
        if not block.inline:
            laid.append(block)
        elif block.children:
            laid.extend(with_lines(block.children))
    return laid


def place(block: Block, siblings: list[Block], lead_lines: frozenset[int]) -> None:
    """Put `block` after `siblings`: give it the comments above it, and no line that one of them has."""
    parent = block.parent
    floor = parent.line if parent else -1
    for sibling in reversed(siblings):
        if not sibling.inline:
            floor = max(floor, sibling.end)
            break
    start = block.line
    while start - 1 > floor and start - 1 in lead_lines:
        start -= 1
    block.start = max(start, floor + 1)
    block.inline = block.start > block.end or (parent is not None and _is_a_part(block, parent))
    if block.inline:
        block.start = block.line
    siblings.append(block)


def _is_a_part(block: Block, parent: Block) -> bool:
    same_lines = (block.line, block.end) == (parent.line, parent.end)
    return same_lines or (parent.kind in CALLABLE and block.kind in LOCAL)
