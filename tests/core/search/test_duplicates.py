"""Near copies: whatever was renamed or added in them, and nothing that only does the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from semlens.core.index.folder import FolderIndex
from semlens.core.query.scope import ScopeFilter
from semlens.core.search.duplicates import find_duplicates, is_whole
from semlens.core.store.records import StoredChunk
from semlens.errors import Cancelled
from semlens.types import CancelToken, ChunkKind, ContentHash, RelativePath, Scope, Symbol
from support.opened_index import opened_index

PYTHON = """def import_orders(path, encoding):
    rows = []
    with open(path, encoding=encoding) as handle:
        for number, line in enumerate(handle):
            cells = [cell.strip() for cell in line.split(";")]
            if len(cells) < 3 or not cells[0]:
                raise ValueError(f"line {number} of {path} is broken")
            rows.append({"id": cells[0], "amount": int(cells[1]), "name": cells[2]})
    return rows
"""
GO = """package stock

func Reserve(ledger map[string]int, article string, pieces int) error {
	held, known := ledger[article]
	if !known {
		return fmt.Errorf("no article %s", article)
	}
	if held < pieces {
		return fmt.Errorf("only %d of %s", held, article)
	}
	ledger[article] = held - pieces
	return nil
}
"""
OTHER = '''def import_customers(path):
    """The same job, written anew."""
    table = pandas.read_csv(path, sep=";", header=None, names=["key", "total", "label"])
    broken = table[table.key.isna() | table.total.isna()]
    if not broken.empty:
        raise ValueError(f"{len(broken)} rows of {path} cannot be read")
    table["total"] = table["total"].astype(int)
    return table.to_dict(orient="records")
'''
FILES = {
    "a/orders.py": PYTHON,
    "b/bills.py": PYTHON.replace("import_orders", "import_bills").replace('"name"', '"title"'),
    "tests/test_orders.py": PYTHON.replace("import_orders", "fake_orders"),
    "c/customers.py": OTHER,
    "stock/reserve.go": GO,
    "old/reserve.go": GO,
    "d/short.py": "def one(x):\n    return x + 1\n",
    "e/short.py": "def one(x):\n    return x + 1\n",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FolderIndex]:
    root = tmp_path_factory.mktemp("work")
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    with opened_index(root, tmp_path_factory.mktemp("data")) as opened:
        yield opened


def groups(index: FolderIndex, scope: Scope | None = None, **options: float) -> list[list[str]]:
    found = find_duplicates(index, ScopeFilter(scope or Scope()), **options)  # type: ignore[arg-type]
    return [[chunk.path for chunk in group.chunks] for group in found]


def test_copies_are_grouped_and_the_most_repeated_lines_come_first(index: FolderIndex) -> None:
    assert groups(index) == [
        ["a/orders.py", "b/bills.py", "tests/test_orders.py"],
        ["old/reserve.go", "stock/reserve.go"],
    ]
    orders, stock = find_duplicates(index, ScopeFilter(Scope()))
    assert orders.repeated_lines == 18 and 0.8 <= orders.similarity < 1
    assert stock.repeated_lines == 13 and stock.similarity == 1


@pytest.mark.parametrize(
    ("scope", "paths"),
    [
        (Scope(tests=False), [["old/reserve.go", "stock/reserve.go"], ["a/orders.py", "b/bills.py"]]),
        (Scope(include=("*.py",), exclude=("a",)), [["b/bills.py", "tests/test_orders.py"]]),
        (Scope(exclude=("old", "*.py")), []),
    ],
)
def test_only_the_scope_is_compared(index: FolderIndex, scope: Scope, paths: list[list[str]]) -> None:
    assert sorted(groups(index, scope)) == sorted(paths)


def test_how_alike_and_how_long(index: FolderIndex) -> None:
    assert groups(index, similarity=1.0) == [["old/reserve.go", "stock/reserve.go"]]
    assert groups(index, min_lines=11) == [["old/reserve.go", "stock/reserve.go"]]


def test_it_can_be_stopped(index: FolderIndex) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        find_duplicates(index, ScopeFilter(Scope()), check=cancel.check)


@pytest.mark.parametrize(
    ("chunk", "symbol", "whole"),
    [((5, 9), (5, 9), True), ((3, 9), (5, 9), True), ((6, 9), (5, 9), False), ((5, 8), (5, 9), False)],
)
def test_lines_inside_of_a_definition_are_not_the_definition(
    chunk: tuple[int, int], symbol: tuple[int, int], whole: bool
) -> None:
    of_class = Symbol("Flask", "class", None, *symbol)
    stored = StoredChunk(
        1, RelativePath("app.py"), 0, *chunk, "python", ChunkKind.DEFINITION, ContentHash("h"), of_class, ()
    )
    assert is_whole(stored, of_class) is whole


def test_a_definition_whose_lines_are_not_known_is_whole() -> None:
    unknown = Symbol("Flask", "class")
    stored = StoredChunk(
        1, RelativePath("app.py"), 0, 3, 9, "python", ChunkKind.DEFINITION, ContentHash("h"), unknown, ()
    )
    assert is_whole(stored, unknown)
