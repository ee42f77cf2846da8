"""The public API: an index from Python, its tables, and the vectors of any text."""

from __future__ import annotations

import asyncio
import doctest
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import semlens.api.index
import semlens.api.splitting
from semlens import Index, split
from semlens.errors import EngineError, FolderError, ModelError, UsageError
from support.live import Live, write


@pytest.mark.parametrize("module", [semlens.api.index, semlens.api.splitting])
def test_the_examples_in_the_documentation_are_true(module: ModuleType, index: Index, folder: Path) -> None:
    index.index()
    names = {"index": index, "folder": folder}
    found = doctest.DocTestFinder().find(module, extraglobs=names)
    assert sum(len(test.examples) for test in found) > 1
    runner = doctest.DocTestRunner()
    for test in found:
        runner.run(test)
    assert runner.summarize().failed == 0


def test_indexing_says_how_far_it_is_on_the_callers_thread(index: Index) -> None:
    seen: list[tuple[str, int, int]] = []
    report = index.index(progress=lambda *step: seen.append(step))
    assert (report.files, report.chunks) == (2, 2)
    assert {stage for stage, _, _ in seen} == {"files", "chunks"}
    assert index.coverage().deep == 1


def test_what_a_progress_raises_ends_the_run_and_the_index_answers_on(index: Index) -> None:
    def stop(stage: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index.index(progress=stop)
    assert index.index().files == 2


def test_search_finds_and_narrows(index: Index) -> None:
    with pytest.raises(FolderError, match=r"Nothing is indexed in .*: call index\(\) first\."):
        index.search("anything")
    index.index()
    assert index.search("wait before trying again")[0].symbol is not None
    (hit,) = index.search("add up the prices", include=["shop/**"], explain=True)
    assert hit.path == "shop/cart.py" and hit.explanation is not None
    assert [one.path for one in index.similar("shop/cart.py", 1, 3)] == ["net/retry.py"]


def test_chunks_and_symbols_are_columns(index: Index) -> None:
    index.index()
    chunks, symbols = index.chunks(), index.symbols()
    assert len(chunks) == 2 and len(symbols) == 2
    assert all(len(column) == 2 for column in chunks.columns().values())
    cart = chunks[chunks.path == "shop/cart.py"]
    (row,) = cart.rows()
    assert (row["symbol"], row["start_line"], row["end_line"]) == ("total_price", 1, 3)
    assert row["docstring"] == "Add up the prices."
    assert chunks.start_line.dtype == np.int64
    assert sorted(zip(symbols.name, symbols.kind, symbols.end_line, strict=True)) == [
        ("call_again", "function", 8),
        ("total_price", "function", 3),
    ]


def test_every_kind_of_definition_is_a_symbol(index: Index, folder: Path) -> None:
    write(
        folder,
        {
            "a.go": "package a\n\ntype Cart struct {\n\tId int\n}\n\nfunc (c *Cart) Sum() int { return 1 }\n",
            "b.ts": "export const RATE = 3;\nexport function tax(x: number) {\n  return x * RATE;\n}\n",
            "c.py": "class Box:\n    def open(self):\n        pass\n\n    def close(self):\n        pass\n",
            "d.md": "# Guide\n\nText.\n",
        },
    )
    index.index(tier="instant")
    symbols = index.symbols()
    found = {(row["path"], row["container"], row["name"], row["start_line"]) for row in symbols.rows()}
    assert {
        ("a.go", "", "Cart", 3), ("a.go", "Cart", "Sum", 7), ("b.ts", "", "RATE", 1), ("b.ts", "", "tax", 2),
        ("c.py", "", "Box", 1), ("c.py", "Box", "open", 2), ("c.py", "Box", "close", 5),
        ("d.md", "", "Guide", 1),
    } <= found  # fmt: skip
    assert len(found) == len(symbols)


def test_tables_come_in_as_many_pages_as_they_need(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = "value = compute('some text that is long enough')\n"
    write(folder, {f"big/{number}.py": line * 2_000 for number in range(13)})
    index.index(tier="instant")
    chunks = index.chunks()
    assert len(set(chunks.path)) == 15
    monkeypatch.setattr(semlens.api.index, "HASHES", 10)
    assert index.vectors(chunks, "instant").shape == (len(chunks), 256)
    deep = index.vectors(chunks, "deep")
    assert deep.shape == (len(chunks), 384) and np.isnan(deep).all()


def test_vectors_are_those_of_the_embedded_text(index: Index) -> None:
    index.index()
    chunks = index.chunks()
    for tier in ("instant", "deep"):
        kept = index.vectors(chunks, tier)
        made = index.embed(chunks.embedded_text.tolist(), model=tier)
        assert np.allclose((kept * made).sum(axis=1), 1, atol=0.001)
    assert index.embed([]).shape == (0, 384)
    assert index.embed(["a question"], query=True).shape == (1, 384)
    with pytest.raises(ModelError, match="is not on this machine"):
        index.embed(["x"], model="nobody/knows-it")
    with pytest.raises(UsageError, match="choose one of instant, deep"):
        index.vectors(chunks, "lexical")


async def test_a_notebooks_own_event_loop_does_not_matter(index: Index) -> None:
    assert asyncio.get_running_loop().is_running()
    assert index.index(tier="instant").files == 2


def test_a_closed_index_says_so(engine: Live, folder: Path) -> None:
    opened = Index(folder, data_dir=engine.data_dir)
    opened.close()
    opened.close()
    with pytest.raises(EngineError, match="was closed"):
        opened.search("anything")


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match=r"There is no folder .*nowhere\."):
        Index(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("path", "text", "symbol"),
    [
        ("a.py", "def first():\n    return 1\n", "first"),
        ("lib/a.rb", "def first\n  1\nend\n", "first"),
        ("a.go", "package a\n\nfunc First() int { return 1 }\n", "First"),
        ("notes.txt", "def first():\n    return 1\n", ""),
    ],
)
def test_a_text_is_cut_as_a_file_of_that_name(path: str, text: str, symbol: str) -> None:
    chunks = split(text, path)
    assert "\n".join(chunks.text.tolist()).split() == text.split()
    assert symbol in chunks.symbol.tolist()


def test_an_index_is_exported_as_arrays_and_json_lines(index: Index, tmp_path: Path) -> None:
    index.index()
    names = index.export(tmp_path / "out")
    assert names == ["about.json", "chunks.jsonl", "symbols.jsonl", "vectors.npz"]
    with np.load(tmp_path / "out" / "vectors.npz") as arrays:
        assert np.allclose(arrays["deep"], index.vectors(index.chunks()))
        assert arrays["instant"].shape == (2, 256)
    assert (tmp_path / "out" / "chunks.jsonl").read_text("ascii").count("\n") == 2
    with pytest.raises(UsageError, match="exists already"):
        index.export(tmp_path / "out")


def test_a_chroma_directory_opens_in_plain_chromadb(
    index: Index, tmp_path: Path, read_chroma: Callable[[Path, list[float]], list[list[str]]]
) -> None:
    index.index()
    (tmp_path / "out").mkdir()
    assert index.export(tmp_path / "out", kind="chroma") == ["semlens-instant", "semlens-deep"]
    chunks = index.chunks()
    (vector,) = index.vectors(chunks[chunks.path == "shop/cart.py"]).tolist()
    assert read_chroma(tmp_path / "out", vector) == [["shop/cart.py", "total_price"], ["2", "2"]]
    assert [path.name for path in tmp_path.glob(".*")] == []


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda index: index.embed("a text"), "texts must be a list of texts: "),
        (lambda index: index.embed(b"a text"), "texts must be a list of texts: "),
        (lambda index: index.search("x", tiers="lexical"), "tiers must be a list of texts: "),
        (lambda index: index.search("x", include="*.py"), "include must be a list of texts: "),
        (lambda index: index.search("x", exclude="*.py"), "exclude must be a list of texts: "),
        (lambda index: index.search("x", languages="python"), "languages must be a list of texts: "),
        (
            lambda index: index.search("x", tiers=["deep", "x"]),
            "tiers cannot be 'x': choose one of lexical, ",
        ),
        (lambda index: index.search("x", limit=0), "limit must be a whole number, 1 or more."),
        (lambda index: index.search("x", limit=-1), "limit must be a whole number, 1 or more."),
        (lambda index: index.search("x", limit=2.5), "limit must be a whole number, 1 or more."),
        (lambda index: index.similar("a.py", 1, 2, limit=0), "limit must be a whole number, 1 or more."),
        (lambda index: index.index(tier="x"), "tier cannot be 'x': choose one of lexical, instant, deep, "),
        (
            lambda index: index.vectors(index.chunks(), "bad"),
            "tier cannot be 'bad': choose one of instant, deep.",
        ),
        (
            lambda index: index.vectors(index.chunks(), "lexical"),
            "tier cannot be 'lexical': choose one of instant, deep.",
        ),
        (lambda index: index.export("new", kind="csv"), "kind cannot be 'csv': choose one of numpy, chroma."),
    ],
)
def test_wrong_arguments_are_refused_with_a_sentence(
    index: Index, call: Callable[[Index], object], said: str
) -> None:
    index.index(tier="instant")
    with pytest.raises(UsageError) as refused:
        call(index)
    assert str(refused.value).startswith(said)


def test_any_collection_of_texts_is_a_list(index: Index) -> None:
    index.index(tier="instant")
    assert index.embed(("a", "b"), model="instant").shape == (2, 256)
    assert index.embed(dict.fromkeys("ab"), model="instant").shape == (2, 256)  # type: ignore[arg-type]
    found = index.search("prices", tiers={"lexical"}, include=(one for one in ["shop/**"]), limit=1)
    assert [one.path for one in found] == ["shop/cart.py"]
