"""The definitions of a file as a tree of line ranges.

Tree-sitter counts UTF-8 bytes and a tree may hold several definitions on one line; a chunk
is made of whole lines. So definitions are found by bytes and laid out by lines: a child's
lines lie inside its parent's, and the lines of siblings do not overlap.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import cast

from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser, Query, QueryCursor, Tree
from tree_sitter_language_pack import SupportedLanguage, get_language

from semlens.core.languages import LANGUAGES, Language

CLASS_LIKE = frozenset({"class", "interface", "struct", "enum", "trait", "scope"})
"""Kinds whose functions are methods."""
_MODIFIERS = frozenset({"name", "container", "lead", "doc"})
_SEPARATORS = re.compile(r"::|[.:#]")
_IN_PROGRESS = threading.local()


@dataclass(slots=True)
class Block:
    """One definition, or a scope. Lines are 0-based and inclusive."""

    name: str
    kind: str
    container: str
    start: int
    """The first line, leading comments and decorators included."""
    line: int
    """The line on which the definition itself begins."""
    end: int
    name_line: int
    header_end: int
    """The last line before the body, or of the name if there is no body."""
    doc: str = ""
    parent: Block | None = None
    children: list[Block] = field(default_factory=list)
    inline: bool = False
    """Shares its lines with a neighbour: it has a name, but no lines of its own."""
    node: Node | None = None

    @property
    def path(self) -> str:
        return f"{self.container}.{self.name}" if self.container else self.name

    def walk(self) -> Iterator[Block]:
        """This block and all below it, in the order of the file."""
        pending = [self]
        while pending:
            block = pending.pop()
            yield block
            pending.extend(reversed(block.children))


@dataclass(frozen=True, slots=True)
class Outline:
    """What a grammar says of a file."""

    blocks: list[Block]
    doc: str
    """The file's own docstring."""
    tree: Tree | None


def parse(source: bytes, language: Language) -> Outline:
    """The definitions of `source`. A text that the grammar cannot read has what could be read of it."""
    if not language.grammar or not language.definitions:
        return Outline([], "", None)
    tree = _parser(language.grammar).parse(source)
    return _Reader(source).read(tree, _query(language.name))


@dataclass(slots=True)
class _Found:
    """A definition as the query found it, by bytes."""

    node: Node
    kind: str
    name: str
    container: str
    name_line: int


class _Reader:
    """Turns one file's query matches into blocks."""

    def __init__(self, source: bytes) -> None:
        self._source = source

    def read(self, tree: Tree, query: Query) -> Outline:
        found: dict[tuple[int, int, str], _Found] = {}
        leads: list[Node] = []
        docs: list[Node] = []
        for _, captures in QueryCursor(query).matches(tree.root_node):
            kind = next((name for name in captures if name not in _MODIFIERS), None)
            if kind is None:
                leads.extend(captures.get("lead", ()))
                docs.extend(captures.get("doc", ()))
                continue
            definition = self._definition(kind, captures)
            if definition:
                node = definition.node
                found.setdefault((node.start_byte, -node.end_byte, definition.name), definition)
        ordered = [found[key] for key in sorted(found)]
        blocks = self._nest(ordered, self._lead_lines(leads))
        doc = self._attach_docs(blocks, docs)
        return Outline(blocks, doc, tree)

    def _definition(self, kind: str, captures: dict[str, list[Node]]) -> _Found | None:
        node = captures[kind][0]
        names = captures.get("name")
        if not names:
            return None
        *outer, name = [part for part in _SEPARATORS.split(self._text(names[0]).strip()) if part] or [""]
        if not name or "\n" in name:
            return None
        container = ".".join([self._text(part).strip() for part in captures.get("container", ())] + outer)
        return _Found(node, kind, name, container, names[0].start_point.row)

    def _nest(self, found: list[_Found], lead_lines: frozenset[int]) -> list[Block]:
        roots: list[Block] = []
        open_blocks: list[tuple[int, Block]] = []
        for item in found:
            while open_blocks and open_blocks[-1][0] <= item.node.start_byte:
                open_blocks.pop()
            parent = open_blocks[-1][1] if open_blocks else None
            siblings = parent.children if parent else roots
            block = _block(item, parent)
            _place(block, siblings, lead_lines)
            siblings.append(block)
            open_blocks.append((item.node.end_byte, block))
        return roots

    def _lead_lines(self, leads: list[Node]) -> frozenset[int]:
        """Lines that hold nothing but comments, decorators and attributes."""
        lines: set[int] = set()
        for node in leads:
            line_start = self._source.rfind(b"\n", 0, node.start_byte) + 1
            if not self._source[line_start : node.start_byte].strip():
                lines.update(range(node.start_point.row, last_line(node) + 1))
        return frozenset(lines)

    def _attach_docs(self, blocks: list[Block], docs: list[Node]) -> str:
        """Give each docstring to the innermost block around it; what is in none is the file's."""
        file_doc = ""
        waiting = [block for root in reversed(blocks) for block in reversed(list(root.walk()))]
        around: list[Block] = []
        for doc in sorted(docs, key=lambda node: node.start_byte):
            while waiting and _span(waiting[-1])[0] <= doc.start_byte:
                around.append(waiting.pop())
            while around and _span(around[-1])[1] <= doc.start_byte:
                around.pop()
            if not around:
                file_doc = file_doc or self._text(doc)
            elif not around[-1].doc:
                around[-1].doc = self._text(doc)
        return file_doc

    def _text(self, node: Node) -> str:
        return self._source[node.start_byte : node.end_byte].decode("utf-8", "replace")


def last_line(node: Node) -> int:
    """The last line of `node`: one that ends with a newline does not reach into the next line."""
    end = node.end_point
    return end.row - 1 if end.column == 0 and end.row > node.start_point.row else end.row


def _block(item: _Found, parent: Block | None) -> Block:
    node = item.node
    kind = item.kind
    if kind == "function" and (item.container or (parent and parent.kind in CLASS_LIKE)):
        kind = "method"
    outer = [parent.path] if parent else []
    line, end = node.start_point.row, last_line(node)
    return Block(
        name=item.name,
        kind=kind,
        container=".".join(outer + ([item.container] if item.container else [])),
        start=line,
        line=line,
        end=max(end, line),
        name_line=item.name_line,
        header_end=max(line, min(_header_end(node, item.name_line), end)),
        parent=parent,
        node=node,
    )


def _header_end(node: Node, name_line: int) -> int:
    """The last line of what comes before the body: of its bracket or colon, not of a comment."""
    body = node.child_by_field_name("body")
    if body is None:
        return name_line
    before = body.prev_sibling
    while before is not None and before.is_extra:
        before = before.prev_sibling
    row = body.start_point.row
    if before is not None and before.end_point.row < row:
        row = before.end_point.row
    return max(row, name_line)


def _place(block: Block, siblings: list[Block], lead_lines: frozenset[int]) -> None:
    """Give `block` the comments above it, and no line that a sibling before it has."""
    previous = next((sibling for sibling in reversed(siblings) if not sibling.inline), None)
    floor = block.parent.line if block.parent else -1
    if previous is not None:
        floor = max(floor, previous.end)
    start = block.start
    while start - 1 > floor and start - 1 in lead_lines:
        start -= 1
    block.start = max(start, floor + 1)
    block.inline = block.start > block.end
    if block.inline:
        block.start = block.line


def _span(block: Block) -> tuple[int, int]:
    return block.node.byte_range if block.node else (0, 0)


def _parser(grammar: str) -> Parser:
    """This thread's parser: a parser must not be shared, a grammar and a query may."""
    parsers: dict[str, Parser] = _IN_PROGRESS.__dict__.setdefault("parsers", {})
    if grammar not in parsers:
        parsers[grammar] = Parser(_grammar(grammar))
    return parsers[grammar]


@cache
def _query(name: str) -> Query:
    language = LANGUAGES[name]
    return Query(_grammar(language.grammar or ""), language.definitions)


def _grammar(name: str) -> Grammar:
    return get_language(cast(SupportedLanguage, name))
