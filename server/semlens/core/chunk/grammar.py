"""Finds definitions with tree-sitter, by the queries of the language table.

The query walks a file's tree in C; Python sees only its matches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tree_sitter import Node, QueryCursor

from semlens.core.chunk.comment_lines import comment_text
from semlens.core.chunk.docstrings import plain_comment
from semlens.core.chunk.garbled import is_garbled
from semlens.core.chunk.macros import MACRO_GRAMMARS, is_macro, is_macro_definition, name_by_arguments
from semlens.core.chunk.tree import CALLABLE, CLASS_LIKE, Definition, Structure, place
from semlens.core.chunk.trees import compiled_query, tree_of
from semlens.core.text.languages import Language

_OTHER_CAPTURES = frozenset({"name", "container", "end", "comment", "lead", "doc", "macro"})
_SEPARATORS = re.compile(r"::|[.:#]")
_NO_CONTAINER = frozenset({"prototype", "exports", "module", "this", "self"})
_WEAKNESS = {"constant": 3, "type": 2, "class": 1}
"""If several patterns match one definition, the least weak kind wins: an enum class is an enum."""
_ANNOTATIONS = frozenset({"attribute_list", "annotation", "marker_annotation", "attributes"})
_BODY = re.compile(r"(?:^|_)(?:body|block|suite|Block)$")
_MOST_DEPTH = 100
"""Deeper definitions belong to the definition around them: splitting a file recurses into each."""
_MOST_HEADER_LINES = 12
"""The header of a function without a body ends at most so many lines below its name."""


def parse(text: str, language: Language) -> Structure:
    """The definitions of `text`, without any that the grammar cannot parse. `language` has a grammar."""
    source, root = tree_of(text, language)
    if is_garbled(source, root):
        return Structure(has_errors=True)
    reader = _MatchReader(source, language)
    reader.collect(root)
    return replace(reader.structure(), has_errors=root.has_error)


@dataclass(frozen=True, slots=True)
class _Match:
    """A definition as the query matched it. `start` and `end` are bytes, lines are 0-based."""

    start: int
    end: int
    node: Node
    last: Node
    kind: str
    name: str
    container: str
    name_line: int

    @property
    def weakness(self) -> tuple[int, bool]:
        return _WEAKNESS.get(self.kind, 0), not self.container


class _MatchReader:
    """Turns the matches of the query in one file into definitions."""

    def __init__(self, source: bytes, language: Language) -> None:
        self._source = source
        self._lines = source.split(b"\n")
        self._language = language
        self._found: dict[tuple[int, int, str], _Match] = {}
        self._comments: list[Node] = []
        self._leads: list[Node] = []
        self._docs: list[Node] = []
        self._has_macros = language.grammar in MACRO_GRAMMARS

    def collect(self, root: Node) -> None:
        kinds: dict[int, str | None] = {}
        for pattern, captures in QueryCursor(compiled_query(self._language.name)).matches(root):
            if pattern not in kinds:
                kinds[pattern] = next((c for c in captures if c not in _OTHER_CAPTURES and c[0] != "_"), None)
            if kind := kinds[pattern]:
                self._add_definition(kind, captures)
            else:
                self._comments.extend(captures.get("comment", ()))
                self._leads.extend(captures.get("lead", ()))
                self._docs.extend(captures.get("doc", ()))

    def structure(self) -> Structure:
        comment_lines = self._own_lines(self._comments)
        lead_lines = comment_lines | self._own_lines(self._leads)
        ordered = [self._found[key] for key in sorted(self._found)]
        definitions, spans = self._nest(ordered, lead_lines)
        for _, _, definition in spans:
            above = [row for row in range(definition.start, definition.line) if row in comment_lines]
            if above:
                definition.docstring_lines = tuple(above)
                texts = [self._lines[row].decode("utf-8", "replace") for row in above]
                definition.docstring = comment_text(texts, self._language)
        docstring = self._attach_docs(spans)
        return Structure(definitions, docstring, comment_lines, self._own_lines(self._docs))

    def _add_definition(self, kind: str, captures: dict[str, list[Node]]) -> None:
        node = captures[kind][0]
        named = self._macro_name(node, captures) if self._has_macros else self._name(captures)
        if named is None:
            return
        outer, name, name_line = named
        container = [self._text(part).strip() for part in captures.get("container", ())]
        container += [part for part in outer if part not in _NO_CONTAINER]
        last = captures.get("end", [node])[0]
        found = _Match(
            node.start_byte, last.end_byte, node, last, kind, name, ".".join(container), name_line
        )  # fmt: skip
        key = (found.start, -found.end, name)
        if key not in self._found or found.weakness < self._found[key].weakness:
            self._found[key] = found

    def _name(self, captures: dict[str, list[Node]]) -> tuple[list[str], str, int] | None:
        """The names of the containers that a definition's own name holds, its last part, and its line."""
        names = captures.get("name")
        text = _bare(self._text(names[0])) if names else ""
        if not names or text in {"", "_"} or "\n" in text:
            return None
        *outer, name = [text]
        if not self._language.plain_names and " " not in text:
            *outer, name = [part for part in _SEPARATORS.split(text) if part] or [text]
        return outer, name, names[0].start_point.row

    def _macro_name(self, node: Node, captures: dict[str, list[Node]]) -> tuple[list[str], str, int] | None:
        """As `_name`, but of what a macro defines, if the definition is a macro's."""
        call = captures.get("macro")
        around_node = node.parent.type if node.parent is not None else ""
        if call:
            if around_node == "compound_statement":
                return None  # a statement of a function
            found = name_by_arguments(self._text(call[0]))
            return (*found, call[0].start_point.row) if found else None
        name = captures["name"][0] if "name" in captures else None
        around = name.parent if name is not None else None
        if name is None or around is None or around.type != "function_declarator":
            return self._name(captures)
        if name.type == "function_declarator":
            found = name_by_arguments(self._text(name))
            return (*found, name.start_point.row) if found else self._name(captures)
        text, parameters = self._text(name), around.child_by_field_name("parameters")
        if parameters is None or not is_macro(text):
            return self._name(captures)
        has_type = node.child_by_field_name("type") is not None
        if not has_type and around_node == "field_declaration_list":
            return self._name(captures)  # a constructor
        if not has_type and around_node == "compound_statement":
            return None  # a loop
        if is_macro_definition(text, self._text(parameters), has_type):
            found = name_by_arguments(self._text(around))
            return (*found, name.start_point.row) if found else None
        return self._name(captures)

    def _nest(
        self, found: list[_Match], lead_lines: frozenset[int]
    ) -> tuple[list[Definition], list[tuple[int, int, Definition]]]:
        """The outermost definitions, and (start byte, end byte, definition) of all, in the file's order."""
        roots: list[Definition] = []
        spans: list[tuple[int, int, Definition]] = []
        around: list[tuple[int, Definition]] = []
        columns = self._comment_columns()
        for item in found:
            while around and around[-1][0] <= item.start:
                around.pop()
            if len(around) >= _MOST_DEPTH:
                continue
            parent = around[-1][1] if around else None
            definition = _definition(item, parent, self._last_own_line(item, columns))
            siblings = parent.children if parent else roots
            same = _same(definition, parent) or _continued(definition, siblings)
            if same is None:
                place(definition, siblings, lead_lines, item.node.start_point.row)
                spans.append((item.start, item.end, definition))
            around.append((item.end, same or definition))
        return roots, spans

    def _comment_columns(self) -> dict[int, int]:
        """The line → the column of each comment that has its lines alone."""
        first_of_line = {node.start_point.row: node for node in reversed(self._comments)}
        return {
            row: node.start_point.column for node in first_of_line.values() for row in self._whole_lines(node)
        }

    def _last_own_line(self, item: _Match, columns: dict[int, int]) -> int:
        """The last line of a definition, without blank lines and comments on what follows it.

        Where no bracket ends a body, a grammar may count these in. A comment belongs to what follows if it is
        indented no deeper than the definition. `columns` are those of `_comment_columns`.
        """
        first, last = item.node.start_point.row, _last_line(item.last)
        line = self._lines[first]
        indent = len(line) - len(line.lstrip())
        while last > first and (not self._lines[last].strip() or columns.get(last, indent + 1) <= indent):
            last -= 1
        return last

    def _own_lines(self, nodes: list[Node]) -> frozenset[int]:
        """The lines of those of `nodes` that begin their first line."""
        lines: set[int] = set()
        for node in nodes:
            start = node.start_byte
            line_start = self._source.rfind(b"\n", 0, start) + 1
            row = node.start_point.row
            if row in lines or not self._source[line_start:start].strip():
                lines.update(range(row, _last_line(node) + 1))
        return frozenset(lines)

    def _attach_docs(self, spans: list[tuple[int, int, Definition]]) -> str:
        """Give each docstring to the innermost definition around it. Returns the file's own docstring."""
        file_doc = ""
        waiting = spans[::-1]
        around: list[tuple[int, int, Definition]] = []
        for doc in sorted(self._docs, key=lambda node: node.start_byte):
            while waiting and waiting[-1][0] <= doc.start_byte:
                around.append(waiting.pop())
            while around and around[-1][1] <= doc.start_byte:
                around.pop()
            text = plain_comment(self._text(doc))
            if not around:
                file_doc = file_doc or text
            elif doc.start_point.row <= around[-1][2].header_end + 3:
                around[-1][2].docstring = text
                around[-1][2].docstring_lines += self._whole_lines(doc)
        return file_doc

    def _whole_lines(self, node: Node) -> tuple[int, ...]:
        """The lines of `node`; none if they hold other code too."""
        source, start, end = self._source, node.start_byte, node.end_byte
        end -= source[end - 1 : end] == b"\n"
        line_end = source.find(b"\n", end)
        beside = source[source.rfind(b"\n", 0, start) + 1 : start]
        beside += source[end : line_end if line_end >= 0 else len(source)]
        return () if beside.strip() else tuple(range(node.start_point.row, _last_line(node) + 1))

    def _text(self, node: Node) -> str:
        return self._source[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _bare(name: str) -> str:
    """A name without quotes or brackets around it: the title of a test, an operator in Haskell."""
    name = name.strip().strip("\"'`")
    return name[1:-1] if name.startswith("(") and name.endswith(")") else name


def _last_line(node: Node) -> int:
    """The last line of `node`; a node that ends with a newline does not reach into the next line."""
    end = node.end_point
    return end.row - 1 if end.column == 0 and end.row > node.start_point.row else end.row


def _same(new: Definition, parent: Definition | None) -> Definition | None:
    """The parent, if both match the same definition, as in C's `typedef struct`."""
    if parent is None or (parent.name, parent.line, parent.end) != (new.name, new.line, new.end):
        return None
    if _WEAKNESS.get(new.kind, 0) < _WEAKNESS.get(parent.kind, 0):
        parent.kind = new.kind
    return parent


def _continued(new: Definition, siblings: list[Definition]) -> Definition | None:
    """The definition right above, extended, if `new` is its next clause, as in Haskell."""
    previous = siblings[-1] if siblings else None
    if previous is None or previous.inline or new.line != previous.end + 1:
        return None
    if new.kind in CLASS_LIKE or new.kind == "module":
        return None
    if (previous.name, previous.kind, previous.container) != (new.name, new.kind, new.container):
        return None
    previous.end = new.end
    return previous


def _definition(item: _Match, parent: Definition | None, end: int) -> Definition:
    line = _first_line(item.node)
    kind = item.kind
    if kind == "function" and (item.container or (parent and parent.kind in CLASS_LIKE)):
        kind = "method"
    outer = [parent.path] if parent else []
    return Definition(
        name=item.name,
        kind=kind,
        container=".".join(outer + ([item.container] if item.container else [])),
        line=line,
        end=max(end, line),
        name_line=item.name_line,
        header_end=max(line, min(_header_end(item, kind), end)),
        parent=parent,
    )


def _first_line(node: Node) -> int:
    """The first line of `node` after its attributes and annotations."""
    parts = node.children[:4]
    if parts and parts[0].type == "modifiers":
        parts = parts[0].children + parts[1:2]
    first = next((part for part in parts if part.type not in _ANNOTATIONS), node)
    return first.start_point.row


def _header_end(item: _Match, kind: str) -> int:
    """The last line before the body: the line of the colon or bracket, not of a comment."""
    node, name_line = item.node, item.name_line
    body = node.child_by_field_name("body")
    if body is None and node.child_count:
        last = node.child(node.child_count - 1)
        body = last if last and _BODY.search(last.type) else None
    if body is None and item.last is not node:
        return max(item.last.start_point.row, name_line)
    if body is None:
        return name_line + _MOST_HEADER_LINES if kind in CALLABLE else name_line
    before = body.prev_sibling
    while before is not None and before.is_extra:
        before = before.prev_sibling
    row = body.start_point.row
    if before is not None and before.end_point.row < row:
        row = before.end_point.row
    return max(row, name_line)
