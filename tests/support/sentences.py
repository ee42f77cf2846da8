"""The texts in Python sources that people may read, as templates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

_WORD = re.compile(r"[^\W\d_]{2,}")
_NOT_READ = (
    "compile",
    "debug",
    "info",
    "warning",
    "exception",
    "error",
    "getLogger",
    "Literal",
    "NewType",
    "encode",
)
"""Functions whose texts nobody reads: patterns, the log, types."""


def templates(file: Path) -> dict[str, int]:
    """Template → line, of each text with a space in it; `{0}`, `{1}` … stand for its values."""
    tree = ast.parse(file.read_text("utf-8"))
    skipped = set(map(id, _not_read(tree)))
    found: dict[str, int] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.expr) or id(node) in skipped:
            continue
        text = _template(node)
        if text is not None and " " in text.strip() and _WORD.search(text):
            found.setdefault(text, node.lineno)
    return found


def _template(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    number = 0
    parts: list[str] = []
    for value in node.values:
        if isinstance(value, ast.Constant):
            parts.append(str(value.value))
        else:
            parts.append(f"{{{number}}}")
            number += 1
    return "".join(parts)


def _not_read(tree: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, the parts of templates, and what is passed to a function whose texts nobody reads."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield from (value for value in node.values if isinstance(value, ast.Constant))
        elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in _NOT_READ:
            yield from ast.walk(node)
