"""A hit in an unchanged file has its lines from the index: the same ones that its file would give."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from semlens.core.files.membership import Membership
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import reconcile
from semlens.core.search import locate
from semlens.core.search.caches import LocatedChunk, PlaceCaches
from semlens.core.search.locate import Locator
from semlens.core.store.records import StoredChunk
from semlens.settings import Settings
from semlens.types import CancelToken, RelativePath
from support.opened_index import opened_index

NOT_YOUNG = 1_500_000_000.123

CELLS = [
    {
        "cell_type": "code",
        "source": ["import json\n", "\n", "def read(path):\n", "    return json.load(path)"],
    },
    {"cell_type": "markdown", "source": "# What it reads\nA file."},
]
FILES: dict[str, str | bytes] = {
    "shop/cart.py": "class Cart:\n    def add(self, item):\n        self.all.append(item)\n\n\n\nTOTAL = 0\n",
    "shop/windows.py": b"def add(a, b):\r\n    return a + b\r\n\r\n# \xe9t\xe9\r\n",
    "shop/token.py": 'TOKEN = "ghp_' + "a1B2" * 9 + '"\n\n\ndef token():\n    return TOKEN\n',
    "shop/long.py": f"ALL = '{'words of many ' * 900}'\n\n\ndef words():\n    return ALL\n",
    "shop/paragraph.md": f"# Words\n\n{'A sentence about carts. ' * 400}\n\n## More\n\nShort.\n",
    "shop/cells.ipynb": json.dumps({"cells": CELLS, "metadata": {}, "nbformat": 4}, indent=1),
    "shop/one_line.ipynb": json.dumps({"cells": CELLS, "metadata": {}, "nbformat": 4}),
    "shop/many.go": "package shop\n\n"
    + "\n".join(f"func Add{n}(a int) int {{\n\treturn a + {n}\n}}" for n in range(60)),
}


@pytest.fixture
def index(workspace: Callable[[Mapping[str, str | bytes]], Path], tmp_path: Path) -> Iterator[FolderIndex]:
    root = workspace(FILES)
    for name in FILES:
        os.utime(root / name, (NOT_YOUNG, NOT_YOUNG))
    time.sleep(0.1)  # a file that was changed just before it is read has no stamp in the index
    with opened_index(root, tmp_path / "data") as opened:
        yield opened


def chunks(index: FolderIndex) -> list[StoredChunk]:
    return [chunk for name in FILES for chunk in index.reader.chunks.of_file(RelativePath(name))]


def located(index: FolderIndex) -> list[LocatedChunk | None]:
    locator = Locator(index, PlaceCaches())
    return [locator.locate(chunk) for chunk in chunks(index)]


def test_the_lines_are_those_of_the_file(index: FolderIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    from_index = located(index)
    monkeypatch.setattr(Locator, "_unchanged_lines", lambda *_: None)
    assert from_index == located(index)
    assert len(from_index) > len(FILES)


def test_files_with_a_known_stamp_are_not_read(index: FolderIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    as_before = locate.source_on_disk

    def noted(of: FolderIndex, path: RelativePath) -> object:
        read.append(path)
        return as_before(of, path)

    monkeypatch.setattr(locate, "source_on_disk", noted)
    located(index)
    # Parts of a line share it, and are shown with all of it.
    assert set(read) == {"shop/long.py", "shop/paragraph.md", "shop/one_line.ipynb"}


def test_a_file_with_another_stamp_is_read(index: FolderIndex) -> None:
    before = located(index)
    path = index.root / "shop" / "cart.py"
    path.write_text("# A new line\n" + str(FILES["shop/cart.py"]), "utf-8", newline="")
    os.utime(path, (NOT_YOUNG, NOT_YOUNG))
    for one, old, chunk in zip(located(index), before, chunks(index), strict=True):
        assert one is not None and old is not None
        assert one.start_line == old.start_line + (chunk.path == "shop/cart.py")


def test_a_file_of_the_same_size_and_time_is_read(index: FolderIndex) -> None:
    path = index.root / "shop" / "many.go"
    text = path.read_text("utf-8").replace("Add7(", "Sub7(")
    path.write_text(text, "utf-8", newline="")
    os.utime(path, (NOT_YOUNG, NOT_YOUNG))
    found = [one for one in located(index) if one is not None and "7(" in one.text]
    assert any("Sub7(" in one.text for one in found)
    assert not any("Add7(" in one.text for one in found)


def test_a_file_that_is_gone_has_no_hits(index: FolderIndex) -> None:
    (index.root / "shop" / "token.py").unlink()
    for one, chunk in zip(located(index), chunks(index), strict=True):
        assert (one is None) == (chunk.path == "shop/token.py")


def test_a_chunk_of_an_earlier_text_has_no_lines_of_the_new_one(index: FolderIndex) -> None:
    earlier = index.reader.chunks.of_file(RelativePath("shop/many.go"))
    path = index.root / "shop" / "many.go"
    path.write_text("package shop\n\nfunc Only(a int) int {\n\treturn a\n}\n", "utf-8", newline="")
    os.utime(path, (NOT_YOUNG, NOT_YOUNG))
    time.sleep(0.1)
    reconcile(index, Membership(index.root, Settings()), CancelToken())
    locator = Locator(index, PlaceCaches())
    [now] = index.reader.chunks.of_file(RelativePath("shop/many.go"))
    found = locator.locate(now)
    assert found is not None and "Only(" in found.text
    lines = path.read_text("utf-8").split("\n")
    for chunk in earlier:
        old = locator.locate(chunk)
        assert old is not None and old.text == "\n".join(lines[old.start_line - 1 : old.end_line])
