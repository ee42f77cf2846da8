"""Finds definitions with tree-sitter, by the queries of the language table.

One query walks a file's tree in C; Python sees only what it found.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from functools import cache
from typing import cast

from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser, Query, QueryCursor
from tree_sitter_language_pack import SupportedLanguage, get_language

from semlens.core.chunk.tree import CALLABLE, CLASS_LIKE, Block, Outline, place
from semlens.core.chunk.wording import plain_comment
from semlens.core.text.languages import LANGUAGES, Language

_OTHER_CAPTURES = frozenset({"name", "container", "end", "comment", "lead", "doc"})
_SEPARATORS = re.compile(r"::|[.:#]")
_NO_CONTAINER = frozenset({"prototype", "exports", "module", "this", "self"})
_WEAKNESS = {"constant": 3, "type": 2, "class": 1}
"""Where several patterns match one definition, the less weak kind wins: an enum class is an enum."""
_ANNOTATIONS = frozenset({"attribute_list", "annotation", "marker_annotation", "attributes"})
_BODY = re.compile(r"(?:^|_)(?:body|block|suite|Block)$")
_MOST_DEPTH = 500
"""Definitions nested deeper than this are part of the one around them."""
_MOST_HEADER_LINES = 12
"""Where a function has no body, its header ends with it, and so many lines below its name at the latest."""
_MOST_ERRORS = 20_000
"""An error with so many parts makes a query quadratic: 100,000 brackets took it 16 seconds."""
_BEYOND_BMP = re.compile(rb"[\xf0-\xf7][\x80-\xbf]{3}")
"""Scanners of some grammars (Bash, D, V) look such characters up past the end of a table, and crash."""
_of_thread = threading.local()


def parse(text: str, language: Language) -> Outline:
    """The definitions of `text`. What the grammar cannot read is left out."""
    source = text.encode("utf-8", "surrogatepass")
    harmless = source if source.isascii() else _BEYOND_BMP.sub(b"xxxx", source)
    root = _parser(language.grammar).parse(harmless).root_node
    if _is_garbled(root):
        return Outline()
    reader = _Reader(source, language)
    reader.collect(root)
    return reader.outline()


@dataclass(frozen=True, slots=True)
class _Found:
    """A definition as the query found it, by bytes."""

    start: int
    end: int
    node: Node
    last_line: int
    kind: str
    name: str
    container: str
    name_line: int

    @property
    def weakness(self) -> tuple[int, bool]:
        return _WEAKNESS.get(self.kind, 0), not self.container


class _Reader:
    """Turns one file's query matches into blocks."""

    def __init__(self, source: bytes, language: Language) -> None:
        self._source = source
        self._language = language
        self._found: dict[tuple[int, int, str], _Found] = {}
        self._comments: list[Node] = []
        self._leads: list[Node] = []
        self._docs: list[Node] = []

    def collect(self, root: Node) -> None:
        kinds: dict[int, str | None] = {}
        for pattern, captures in QueryCursor(_query(self._language.name)).matches(root):
            if pattern not in kinds:
                kinds[pattern] = next((c for c in captures if c not in _OTHER_CAPTURES and c[0] != "_"), None)
            if kind := kinds[pattern]:
                self._add_definition(kind, captures)
            else:
                self._comments.extend(captures.get("comment", ()))
                self._leads.extend(captures.get("lead", ()))
                self._docs.extend(captures.get("doc", ()))

    def outline(self) -> Outline:
        comment_lines = self._own_lines(self._comments)
        lead_lines = comment_lines | self._own_lines(self._leads)
        ordered = [self._found[key] for key in sorted(self._found)]
        blocks, spans = self._nest(ordered, lead_lines)
        lines = self._source.split(b"\n")
        for _, _, block in spans:
            above = [row for row in range(block.start, block.line) if row in comment_lines]
            if above:
                block.doc_lines = tuple(above)
                block.doc = plain_comment(b"\n".join(lines[row] for row in above).decode("utf-8", "replace"))
        return Outline(blocks, self._attach_docs(spans), comment_lines)

    def _add_definition(self, kind: str, captures: dict[str, list[Node]]) -> None:
        node = captures[kind][0]
        names = captures.get("name")
        text = _bare(self._text(names[0])) if names else ""
        if not names or text in {"", "_"} or "\n" in text:
            return
        outer: list[str] = []
        name = text
        if not self._language.plain_names and " " not in text:
            *outer, name = [part for part in _SEPARATORS.split(text) if part] or [text]
        container = [self._text(part).strip() for part in captures.get("container", ())]
        container += [part for part in outer if part not in _NO_CONTAINER]
        last = captures.get("end", [node])[0]
        found = _Found(
            node.start_byte, last.end_byte, node, _last_line(last), kind, name, ".".join(container),
            names[0].start_point.row,
        )  # fmt: skip
        key = (found.start, -found.end, name)
        if key not in self._found or found.weakness < self._found[key].weakness:
            self._found[key] = found

    def _nest(
        self, found: list[_Found], lead_lines: frozenset[int]
    ) -> tuple[list[Block], list[tuple[int, int, Block]]]:
        """The outermost blocks, and every block with its bytes in the order of the file."""
        roots: list[Block] = []
        spans: list[tuple[int, int, Block]] = []
        around: list[tuple[int, Block]] = []
        for item in found:
            while around and around[-1][0] <= item.start:
                around.pop()
            if len(around) >= _MOST_DEPTH:
                continue
            parent = around[-1][1] if around else None
            block = _block(item, parent)
            siblings = parent.children if parent else roots
            same = _same(block, parent) or _continued(block, siblings)
            if same is None:
                place(block, siblings, lead_lines)
                spans.append((item.start, item.end, block))
            around.append((item.end, same or block))
        return roots, spans

    def _own_lines(self, nodes: list[Node]) -> frozenset[int]:
        """Lines that begin with one of `nodes`, and those that it goes on over."""
        lines: set[int] = set()
        for node in nodes:
            start = node.start_byte
            line_start = self._source.rfind(b"\n", 0, start) + 1
            row = node.start_point.row
            if row in lines or not self._source[line_start:start].strip():
                lines.update(range(row, _last_line(node) + 1))
        return frozenset(lines)

    def _attach_docs(self, spans: list[tuple[int, int, Block]]) -> str:
        """Give each docstring to the innermost block around it; the first that is in none is the file's."""
        file_doc = ""
        waiting = spans[::-1]
        around: list[tuple[int, int, Block]] = []
        for doc in sorted(self._docs, key=lambda node: node.start_byte):
            while waiting and waiting[-1][0] <= doc.start_byte:
                around.append(waiting.pop())
            while around and around[-1][1] <= doc.start_byte:
                around.pop()
            text = plain_comment(self._text(doc))
            if not around:
                file_doc = file_doc or text
            elif doc.start_point.row <= around[-1][2].header_end + 3:
                around[-1][2].doc = text
                around[-1][2].doc_lines += self._whole_lines(doc)
        return file_doc

    def _whole_lines(self, node: Node) -> tuple[int, ...]:
        """The lines of `node`, if there is nothing else on them."""
        source, start, end = self._source, node.start_byte, node.end_byte
        line_end = source.find(b"\n", end)
        beside = source[source.rfind(b"\n", 0, start) + 1 : start]
        beside += source[end : line_end if line_end >= 0 else len(source)]
        return () if beside.strip() else tuple(range(node.start_point.row, _last_line(node) + 1))

    def _text(self, node: Node) -> str:
        return self._source[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _is_garbled(root: Node) -> bool:
    """Whether `root` holds an error so large that nothing is to be learnt from it."""
    if not root.has_error or root.descendant_count < _MOST_ERRORS:
        return False
    pending = [root]
    while pending:
        node = pending.pop()
        if node.is_error and node.child_count > _MOST_ERRORS:
            return True
        pending.extend(child for child in node.children if child.has_error)
    return False


def _bare(name: str) -> str:
    """A name without the quotes or brackets around it: a test's title, an operator of Haskell's."""
    name = name.strip().strip("\"'`")
    return name[1:-1] if name.startswith("(") and name.endswith(")") else name


def _last_line(node: Node) -> int:
    """The last line of `node`: one that ends with a newline does not reach into the next line."""
    end = node.end_point
    return end.row - 1 if end.column == 0 and end.row > node.start_point.row else end.row


def _same(block: Block, parent: Block | None) -> Block | None:
    """The parent, if it is the same definition seen from outside: C's `typedef struct`."""
    if parent is None or (parent.name, parent.line, parent.end) != (block.name, block.line, block.end):
        return None
    if _WEAKNESS.get(block.kind, 0) < _WEAKNESS.get(parent.kind, 0):
        parent.kind = block.kind
    return parent


def _continued(block: Block, siblings: list[Block]) -> Block | None:
    """The definition right above, if `block` is its next clause: it then takes the clause in."""
    previous = siblings[-1] if siblings else None
    if previous is None or previous.inline or block.line != previous.end + 1:
        return None
    if block.kind in CLASS_LIKE or block.kind == "module":
        return None
    if (previous.name, previous.kind, previous.container) != (block.name, block.kind, block.container):
        return None
    previous.end = block.end
    return previous


def _block(item: _Found, parent: Block | None) -> Block:
    line, end = _first_line(item.node), item.last_line
    kind = item.kind
    if kind == "function" and (item.container or (parent and parent.kind in CLASS_LIKE)):
        kind = "method"
    outer = [parent.path] if parent else []
    return Block(
        name=item.name,
        kind=kind,
        container=".".join(outer + ([item.container] if item.container else [])),
        line=line,
        end=max(end, line),
        name_line=item.name_line,
        header_end=max(line, min(_header_end(item.node, item.name_line, kind), end)),
        parent=parent,
    )


def _first_line(node: Node) -> int:
    """The line on which `node` begins when its attributes and annotations are left out."""
    parts = node.children[:4]
    if parts and parts[0].type == "modifiers":
        parts = parts[0].children + parts[1:2]
    first = next((part for part in parts if part.type not in _ANNOTATIONS), node)
    return first.start_point.row


def _header_end(node: Node, name_line: int, kind: str) -> int:
    """The last line of what comes before the body: of its colon or bracket, not of a comment."""
    body = node.child_by_field_name("body")
    if body is None and node.child_count:
        last = node.child(node.child_count - 1)
        body = last if last and _BODY.search(last.type) else None
    if body is None:
        return name_line + _MOST_HEADER_LINES if kind in CALLABLE else name_line
    before = body.prev_sibling
    while before is not None and before.is_extra:
        before = before.prev_sibling
    row = body.start_point.row
    if before is not None and before.end_point.row < row:
        row = before.end_point.row
    return max(row, name_line)


def _parser(grammar: str) -> Parser:
    """This thread's parser: a parser must not be shared, a grammar and a query may."""
    parsers: dict[str, Parser] = _of_thread.__dict__.setdefault("parsers", {})
    if grammar not in parsers:
        parsers[grammar] = Parser(_grammar(grammar))
    return parsers[grammar]


@cache
def _query(name: str) -> Query:
    language = LANGUAGES[name]
    query: Query = Query(_grammar(language.grammar), language.definitions)
    return query


def _grammar(name: str) -> Grammar:
    grammar: Grammar = get_language(cast(SupportedLanguage, name))
    return grammar
