"""The content of chunks: whole definitions, outlines, docstrings, sections, cells."""

from __future__ import annotations

import json
import threading
import time
from itertools import pairwise

import pytest

from semlens.core.chunk import chunk_source
from semlens.types import Chunk, ChunkKind
from support.chunks import Words, assert_sound

STEPS = "\n".join(f"        total = total + step_{n}(total, {n})" for n in range(4))
LONG_CLASS = f'''\
"""Keeps boxes."""

import os

LIMIT = 3


class Store(Base):
    """Stores boxes on disk."""

    # Puts a box away.
    @traced
    def put(self, box):
        total = 0
{STEPS}
        return total

    def take(self, name):
        total = 1
{STEPS}
        return total


def make():
    """Makes a store."""
    total = 2
{STEPS}
    return Store()
'''


def chunked(text: str, language: str, limit: int = 254) -> list[Chunk]:
    tokenizer = Words(limit)
    chunks = chunk_source(text, language, tokenizer)
    assert_sound(text, chunks, tokenizer)
    return chunks


def test_a_small_file_is_one_chunk() -> None:
    (chunk,) = chunked("import os\n\ndef put(x):\n    return x\n", "python")
    assert chunk.defines == ("put",)
    assert chunk.symbol is not None
    assert chunk.symbol.name == "put"


def test_small_neighbours_share_a_chunk() -> None:
    source = "\n\n".join(f"def put_{n}(x):\n    return x + {n}" for n in range(6))
    (chunk,) = chunked(source, "python")
    assert chunk.kind is ChunkKind.GROUP
    assert chunk.symbol is None
    assert len(chunk.defines) == 6


def test_a_large_class_is_an_outline_and_its_methods() -> None:
    chunks = chunked(LONG_CLASS, "python", limit=100)
    outline = next(c for c in chunks if c.symbol and c.symbol.name == "Store")
    assert outline.kind is ChunkKind.OUTLINE
    assert outline.docstring == "Stores boxes on disk."
    assert "def take(self, name):" in outline.embedding_text
    assert "def take" not in outline.text
    put = next(c for c in chunks if c.symbol and c.symbol.name == "put")
    assert put.kind is ChunkKind.DEFINITION
    assert put.symbol is not None
    assert (put.symbol.container, put.symbol.kind) == ("Store", "method")
    assert put.text.lstrip().startswith("# Puts a box away.")
    assert put.embedding_text.startswith("class Store(Base):")
    assert put.docstring == "Puts a box away."
    assert put.signature == "def put(self, box)"


def test_a_file_of_several_definitions_begins_with_an_outline() -> None:
    first = chunked(LONG_CLASS, "python", limit=100)[0]
    assert first.kind is ChunkKind.OUTLINE
    assert first.docstring == "Keeps boxes."
    assert "class Store(Base):" in first.embedding_text
    assert "def make():" in first.embedding_text


def test_the_pieces_of_a_long_function_know_its_header() -> None:
    body = "\n".join(f"    total = total + step_{n}(total)" for n in range(60))
    chunks = chunked(f"def sum_up(total):\n{body}\n    return total\n", "python", limit=100)
    assert len(chunks) > 3
    assert all(chunk.symbol and chunk.symbol.name == "sum_up" for chunk in chunks)
    assert all(chunk.embedding_text.startswith("def sum_up(total):") for chunk in chunks)
    assert [chunk.defines for chunk in chunks] == [("sum_up",)] + [()] * (len(chunks) - 1)


def test_a_licence_is_a_chunk_of_its_own() -> None:
    licence = "# Copyright 2020 Somebody\n# All rights reserved.\n"
    chunks = chunked(f"{licence}\n{LONG_CLASS}", "python", limit=100)
    assert chunks[0].text == licence.strip()
    assert "Copyright" not in chunks[1].embedding_text


def test_comments_belong_to_the_definition_below_and_trailing_brackets_to_the_one_above() -> None:
    methods = "\n".join(
        f"  // Step {n} of the work.\n  void step{n}(int a) {{\n    int b = a * {n} + other(a, b, c);\n  }}\n"
        for n in range(8)
    )
    chunks = chunked(f"class Work {{\n{methods}}}\n", "java", limit=60)
    for chunk in chunks[1:]:
        assert chunk.text.lstrip().startswith("// Step")
    assert chunks[-1].text.endswith("}\n}") or chunks[-1].text.rstrip().endswith("}")


def test_equal_code_has_an_equal_hash_wherever_it_stands() -> None:
    source = "def put(x):\n    return x\n"
    assert chunked(source, "python")[0].content_hash == chunked("\n\n" + source, "python")[0].content_hash


def test_markdown_sections_know_what_encloses_them() -> None:
    words = " ".join(f"word{n}" for n in range(60))
    source = (
        f"# Guide\n\n{words}\n\n## Install\n\n{words}\n\n### On Windows\n\n{words}\n\n## Use\n\n{words}\n"
    )
    chunks = chunked(source, "markdown", limit=100)
    assert {chunk.kind for chunk in chunks} == {ChunkKind.PROSE}
    windows = next(c for c in chunks if c.symbol and c.symbol.name == "On Windows")
    assert windows.symbol is not None
    assert windows.symbol.container == "Guide > Install"
    assert windows.embedding_text.startswith("# Guide\n## Install\n### On Windows")


def notebook(cells: list[dict[str, object]], indent: int | None = 1) -> str:
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}, indent=indent)


CELLS: list[dict[str, object]] = [
    {"cell_type": "markdown", "source": ["# Title\n", "\n", "Some words."]},
    {"cell_type": "code", "source": ["def put(x):\n", "    return x\n"], "outputs": [{"data": "AAAA" * 200}]},
    {"cell_type": "code", "source": "print('one string')"},
    {"cell_type": "code", "source": []},
]


def test_a_notebook_is_cut_by_cell() -> None:
    text = notebook(CELLS)
    lines = text.split("\n")
    chunks = chunk_source(text, "jupyter", Words())
    assert [chunk.embedding_text for chunk in chunks] == [
        "# Title\n\nSome words.",
        "def put(x):\n    return x",
        "print('one string')",
    ]
    assert {chunk.language for chunk in chunks} == {"jupyter"}
    assert chunks[1].defines == ("put",)
    for chunk in chunks:
        assert chunk.text == "\n".join(lines[chunk.start_line - 1 : chunk.end_line])
        assert '"source"' in chunk.text
        assert "AAAA" not in chunk.text


def test_a_long_cell_is_cut_at_the_lines_of_the_notebook() -> None:
    source = [f"total_{n} = compute(total, {n})\n" for n in range(60)]
    text = notebook([{"cell_type": "code", "source": source}])
    lines = text.split("\n")
    chunks = chunk_source(text, "jupyter", Words(60))
    assert len(chunks) > 3
    for before, after in pairwise(chunks):
        assert after.start_line == before.end_line + 1
    assert lines[chunks[2].start_line - 1].strip().startswith('"' + chunks[2].embedding_text.split("\n")[0])


@pytest.mark.parametrize("text", ["{", "[]", '{"cells": 3}', '{"cells": []}', "[" + "1, " * 900 + "1]"])
def test_what_is_no_notebook_is_text(text: str) -> None:
    chunked(text, "jupyter")


def test_sql_is_cut_by_statement() -> None:
    columns = ",\n".join(f"  column_{n} integer not null" for n in range(20))
    source = f"CREATE TABLE boxes (\n{columns}\n);\n\nCREATE TABLE lids (\n{columns}\n);\n"
    chunks = chunked(source, "sql", limit=160)
    assert [chunk.defines for chunk in chunks] == [("boxes",), ("lids",)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("(" * 100_000, "javascript"),
        ("x = [" + "(" * 40_000 + "\n" + "def f(): pass\n" * 10, "python"),
        ("[" * 100_000, "python"),
        ("{" * 50_000 + "}" * 50_000, "c"),
        ("<script>" * 50_000, "html"),
        ("class A { " * 5_000, "java"),
        ("def f():\n" + "".join(" " * n + "def f():\n" for n in range(1, 800)), "python"),
        ("\n".join(f"{'#' * (n % 6 + 1)} title {n}" for n in range(20_000)), "markdown"),
        ("/*" * 100_000, "cpp"),
        ('"' * 100_001, "rust"),
        ("`${" * 30_000, "typescript"),
        ("a\n" * 100_000, "text"),
    ],
)
def test_hostile_text_is_cut_in_time(text: str, language: str) -> None:
    started = time.process_time()
    chunk_source(text, language, Words())
    assert time.process_time() - started < 10


def test_definitions_inside_one_another_leave_room_on_the_stack() -> None:
    """As much as an engine's thread or a test's process needs above the chunker."""
    nested = "def f():\n" + "".join(" " * n + "def f():\n" for n in range(1, 800))

    def called_from(frames: int) -> list[Chunk]:
        return called_from(frames - 1) if frames else chunk_source(nested, "python", Words())

    assert_sound(nested, called_from(300), Words())


def test_threads_agree() -> None:
    expected = chunk_source(LONG_CLASS, "python", Words(100))
    results: list[list[Chunk]] = []
    threads = [
        threading.Thread(target=lambda: results.append(chunk_source(LONG_CLASS, "python", Words(100))))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 8
