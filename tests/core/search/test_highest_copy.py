"""Of equal copies the highest in the tree is the hit, at the rank of the best of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from semlens.core.query.query import parse_query
from semlens.core.search import Searcher, SearchOptions
from semlens.types import Hit, Tier
from support.opened_index import opened_index

INVOICE = '''"""Invoices of the shop."""


def invoice_total(invoice, customer):
    """Add up the lines of an invoice, with the discount of the customer taken off."""
    total = sum(line.price * line.count for line in invoice.lines)
    discount = customer.discount if customer.is_regular else 0
    shipping = invoice.shipping if total < invoice.free_from else 0
    return total * (1 - discount) + shipping
'''
OTHER = INVOICE.replace("free_from", "free_above")
"""Another version: not equal, but a copy."""
FAST = SearchOptions(tiers=frozenset({Tier.LEXICAL, Tier.INSTANT}))
Workspace = Callable[[Mapping[str, str | bytes]], Path]


def first(workspace: Workspace, data: Path, files: Mapping[str, str]) -> Hit:
    with opened_index(workspace(files), data) as index:
        return Searcher(index).search(parse_query("total of an invoice without the discount"), FAST)[0]


@pytest.mark.parametrize(
    ("files", "hit"),
    [
        ({"src/invoice.py": INVOICE, ".trees/a/src/invoice.py": INVOICE}, "src/invoice.py"),
        ({"src/invoice.py": INVOICE, ".trees/a/src/invoice.py": OTHER}, "src/invoice.py"),
        (
            {"src/invoice.py": OTHER, "old/1/src/invoice.py": INVOICE, "b/src/invoice.py": INVOICE},
            "src/invoice.py",
        ),
        ({"a/b/c/invoice.py": INVOICE, "z/invoice.py": INVOICE}, "z/invoice.py"),
        ({"app/shop/src/invoice.py": INVOICE, "tests/invoice.py": INVOICE}, "app/shop/src/invoice.py"),
    ],
)
def test_highest_copy_is_the_hit(
    workspace: Workspace, tmp_path: Path, files: dict[str, str], hit: str
) -> None:
    found = first(workspace, tmp_path / "data", files)
    assert found.path == hit
    assert {copy.path for copy in found.copies} == files.keys() - {hit}
    assert found.preview in files[hit]
