"""A bug report finds the code that it is about."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from semlens.core.index.folder import FolderIndex
from semlens.core.query.query import parse_query
from semlens.core.query.report import Place
from semlens.core.search import Searcher, SearchOptions
from semlens.core.search.named_files import named_files
from semlens.types import Hit, RelativePath, Tier
from support.live import write
from support.opened_index import opened_index

FAST = SearchOptions(20, frozenset({Tier.LEXICAL, Tier.INSTANT}))
FILES = {
    "shop/cart.py": "class Cart:\n    def add_item(self, item):\n        self.items.append(item)\n",
    "shop/dates.py": "def parse_date(text):\n    year = text.split('-')\n    return Date(year)\n",
    "shop/logs/reader.py": "\n" * 80
    + "def read_lines(path):\n    for line in open(path):\n        yield decode(line)\n",
    "shop/logs/__init__.py": "from shop.logs.reader import read_lines\n\nLEVELS = ['debug', 'info']\n",
    "web/view.ts": "export function render(cart) {\n  return cart.items.map((item) => row(item));\n}\n",
    "web/Closer.java": "class Closer {\n  void close(Stream stream) {\n    stream.flush();\n  }\n}\n",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FolderIndex]:
    folder = tmp_path_factory.mktemp("report")
    with opened_index(write(folder / "code", FILES), folder / "data") as index:
        yield index


def hits(index: FolderIndex, text: str) -> list[Hit]:
    query = parse_query(text)
    assert query.report is not None
    return Searcher(index).search(query, FAST)


def test_a_name_that_the_title_calls_comes_first(index: FolderIndex) -> None:
    text = (
        "`parse_date()` is wrong\n\nI put items into the cart and render the view, then logs are read.\n"
        "The cart has the items, and the view renders the cart with its items, but this one is not right.\n"
    )
    assert hits(index, text)[0].path == "shop/dates.py"


def test_the_line_that_a_trace_names_is_the_hit(index: FolderIndex) -> None:
    text = 'Traceback (most recent):\n  File "/opt/shop/logs/reader.py", line 82, in run\nOSError: disk'
    first = hits(index, text)[0]
    assert first.path == "shop/logs/reader.py" and first.start_line <= 82 <= first.end_line


def test_a_scope_holds_for_what_a_report_mentions(index: FolderIndex) -> None:
    text = (
        "lang:java `parse_date()` in shop/dates.py\n\n"
        "The stream is not closed when the cart is rendered in the view, it seems.\n"
    )
    assert {hit.path for hit in hits(index, text)} == {"web/Closer.java"}


def test_equal_reports_have_equal_hits_with_reasons(index: FolderIndex) -> None:
    text = (
        "The view in `web/view.ts` is empty\n\n"
        "After a login the cart is rendered without any of the items that it had.\n"
    )
    first = hits(index, text)
    assert first == hits(index, text) and first[0].path == "web/view.ts"
    assert {"title", "gist", "files"} <= {reason.name for reason in first[0].reasons}
    assert len({(hit.path, hit.start_line) for hit in first}) == len(first)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Place(("site-packages", "shop", "logs", "reader.py"), False), {"src/shop/logs/reader.py"}),
        (Place(("reader.py",), False), {"src/shop/logs/reader.py", "docs/reader.py"}),
        (Place(("other", "reader.py"), False), set()),
        (Place(("shop", "logs", "reader", "read_lines"), True), {"src/shop/logs/reader.py"}),
        (Place(("shop", "logs", "LEVELS"), True), {"src/shop/logs/__init__.py"}),
        (Place(("self", "reader"), True), set()),
        (Place(("com", "shop", "Closer", "close"), True), {"src/main/com/shop/Closer.java"}),
    ],
)
def test_places_are_files_with_the_same_last_parts(place: Place, expected: set[str]) -> None:
    paths = [
        "src/shop/logs/reader.py",
        "src/shop/logs/__init__.py",
        "docs/reader.py",
        "src/main/com/shop/Closer.java",
        "README.md",
    ]
    assert set(named_files(map(RelativePath, paths), [place])) == expected
