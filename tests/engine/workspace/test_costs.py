"""The tokens of indexed files: exact, from the index where it has the text, and never counted twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from semlens.core.index.whole_text import whole_text
from semlens.core.store.token_counts import FILE, TokenCounts
from semlens.core.text.tokenizers.byte_pair import BytePairTokenizer
from semlens.core.text.tokenizers.library import TokenizerLibrary
from semlens.engine.workspace.costs import costs_of_files
from semlens.errors import Cancelled
from semlens.types import CancelToken, ContentHash, RelativePath
from support.opened_index import opened_index

O200K = BytePairTokenizer("o200k_base")
FILES: dict[str, str | bytes] = {
    "app/main.py": 'import os\n\n\ndef main():\n    print("hello")\n\n\nclass A:\n    x = 1\n',
    "app/windows.go": b"package p\r\n\r\nfunc F() int {\r\n\treturn 1\r\n}\r\n",
    "app/no_end.js": "function f() {\n  return '\U0001f600';\n}",
    "odd/spaces.py": "x = 1\n   \n\t\ny = 2\n",
    "odd/latin.py": "# caf\u00e9\nx = 1\n".encode("latin-1"),
    "odd/secret.py": "KEY = 'ghp_" + "a1B2c3D4e5" * 3 + "aBcDeF'\nx = 1\n",
}
ROOT = RelativePath("")


class Counting:
    """Notes how many texts it counts."""

    def __init__(self) -> None:
        self.counted = 0

    def __call__(self, text: str) -> int:
        self.counted += 1
        return O200K.count(text)


@pytest.fixture
def counts(tmp_path: Path) -> TokenCounts:
    return TokenCounts(tmp_path / "counts" / FILE)


def test_every_file_costs_what_is_written_in_it_and_is_counted_once(
    workspace: Callable[[Mapping[str, str | bytes]], Path], tmp_path: Path, counts: TokenCounts
) -> None:
    expected = {
        path: O200K.count((text if isinstance(text, str) else text.decode("latin-1")).replace("\r\n", "\n"))
        for path, text in FILES.items()
    }
    with opened_index(workspace(FILES), tmp_path / "data") as index:
        first = Counting()
        found = costs_of_files(index, ROOT, first, "one", counts, CancelToken())
        assert found == expected
        assert first.counted == len(FILES)
        counts.close()
        again = Counting()
        below = costs_of_files(index, RelativePath("app"), again, "one", counts, CancelToken())
        assert below == {path: tokens for path, tokens in expected.items() if path.startswith("app/")}
        assert again.counted == 0
        costs_of_files(index, ROOT, again, "two", counts, CancelToken())
        assert again.counted == len(FILES)


def test_the_index_has_the_whole_text_of_most_files_so_that_none_is_read(
    workspace: Callable[[Mapping[str, str | bytes]], Path], tmp_path: Path, counts: TokenCounts
) -> None:
    with opened_index(root := workspace(FILES), tmp_path / "data") as index:
        hashes = {path: content for path, (_, content) in index.reader.files.stamps().items()}
        whole = {path for path, content in hashes.items() if whole_text(index.reader, path, content)}
        assert {"app/main.py", "app/windows.go", "app/no_end.js"} <= whole
        assert "odd/secret.py" not in whole
        for path in whole:
            (root / path).unlink()
        assert whole <= costs_of_files(index, ROOT, O200K.count, "one", counts, CancelToken()).keys()


def test_a_count_can_be_cancelled(
    workspace: Callable[[Mapping[str, str | bytes]], Path], tmp_path: Path, counts: TokenCounts
) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with opened_index(workspace(FILES), tmp_path / "data") as index, pytest.raises(Cancelled):
        costs_of_files(index, ROOT, O200K.count, "one", counts, cancel)


def test_a_damaged_store_is_begun_again(tmp_path: Path) -> None:
    path = tmp_path / FILE
    known = {ContentHash("0" * 32): 7}
    path.write_bytes(b"no database" * 1000)
    counts = TokenCounts(path)
    assert counts.get("one", known) == {}
    counts.put("one", known)
    assert counts.get("one", known) == known
    assert counts.get("two", known) == {}
    counts.close()


def test_a_tokenizer_is_another_one_when_its_file_changes(tmp_path: Path) -> None:
    library = TokenizerLibrary(tmp_path)
    file = tmp_path / "mine.json"
    file.write_text("{}")
    before = library.identity(str(file))
    file.write_text("{ }")
    assert library.identity(str(file)) != before
    assert library.identity("o200k_base") != library.identity("cl100k_base")
