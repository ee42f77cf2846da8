"""Tells texts that a grammar cannot read: what it finds in them is chance, and worse than plain lines."""

from __future__ import annotations

from tree_sitter import Node

_MOST_ERRORS = 20_000
"""A query takes quadratic time on an error node with more children: 16 seconds for 100,000 brackets."""
_MOST_LINES = 0.45
"""The share of lines with an error that is too many. C and C++ with many macros have up to 0.4."""
_MOST_BYTES = 0.5
"""The share of bytes without any structure that is too much."""


def is_garbled(source: bytes, root: Node) -> bool:
    """Whether the tree of `source` is little but errors, or holds an error too large for a query.

    A token that is missing is no error: C has none behind a macro that stands for a header.
    """
    if not root.has_error:
        return False
    rows: set[int] = set()
    loose = 0
    pending = [root]
    while pending:
        node = pending.pop()
        if not node.has_error:
            continue
        if node.is_error:
            if node.child_count > _MOST_ERRORS:
                return True
            rows.add(node.start_point.row)
            loose += node.end_byte - node.start_byte
            loose -= sum(child.end_byte - child.start_byte for child in node.children if child.child_count)
        pending.extend(node.children)
    lines = sum(1 for line in source.splitlines() if line.strip())
    return len(rows) > _MOST_LINES * lines or loose > _MOST_BYTES * len(source)
