"""A line that exceeds the model's window: all of it is embedded, in parts that fit, and it is one hit."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from semlens.core.chunk import chunk_source
from semlens.core.chunk.long_text import MOST_PARTS, split_long_text
from semlens.core.embed.deep_model import DeepModel
from semlens.core.files.membership import Membership
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import reconcile
from semlens.core.query.query import Origin, parse_query, parse_similar
from semlens.core.search import Searcher, SearchOptions
from semlens.core.store.records import embedding_prefix, pack_texts, unpack_texts
from semlens.core.text.tokens import ModelTokenizer
from semlens.settings import Settings
from semlens.types import CancelToken, ChunkKind, Hit, RelativePath, Span, Tier
from support.chunks import Words, assert_sound
from support.opened_index import opened_index

SENTENCES = [f"Sentence {n} says what the {n}th of the many boxes holds, and why." for n in range(100)]
PARAGRAPH = " ".join(SENTENCES)
WORDS = st.sampled_from(
    "word getUserById snake_case_name x = ( ) . ; , \u3000 \t 日本語の文。 éa e\u0301\u0302 [CLS] "
    "0x1f2e3d4c5b6a \U0001f44d\U0001f3fd \U0001f469\u200d\U0001f467 \ud83d \ude00 \x00 "
    "https://a.b/c?d=e&f=g#h".split(" ")
)
LINES = st.tuples(st.lists(WORDS, min_size=1, max_size=40).map("".join), st.integers(1, 60)).map(
    lambda drawn: drawn[0] * drawn[1]
)
FAST = SearchOptions(tiers=frozenset({Tier.LEXICAL, Tier.INSTANT}))


@cache
def real_tokenizer() -> ModelTokenizer:
    deep = DeepModel.find()
    return ModelTokenizer(deep.tokenizer_json, deep.limit)


@settings(max_examples=60)
@given(LINES.filter(str.strip), st.sampled_from([16, 254]))
@example(
    "wordwordwordword=wordwordwordword=word\x00https://a.b/c?d=e&f=g#h", 16
)  # NUL is nothing to the model
def test_the_parts_of_any_line_are_all_of_it_and_each_fits(line: str, limit: int) -> None:
    tokenizer = real_tokenizer()
    found = split_long_text(line, limit, tokenizer)
    assert "".join(part.text for part in found) == line
    assert len(found) <= MOST_PARTS
    for part in found:
        assert tokenizer.count(part.embedded) <= limit
        assert part.text.startswith(part.embedded)
    for part in found[:-1]:
        assert part.embedded == part.text and part.text.strip()


@given(LINES)
def test_no_character_is_torn(line: str) -> None:
    for before, after in pairwise(split_long_text("x" + line, 5, Words(5))):
        assert not unicodedata.category(after.text[0]).startswith("M") or before.text[-1].isspace()
        assert "\u200d" not in (before.text[-1], after.text[0])
        assert after.text[0] != "\U0001f3fd"
        assert (before.text[-1], after.text[0]) != ("\ud83d", "\ude00")


def test_prose_is_cut_after_sentences_into_parts_of_about_one_size() -> None:
    found = split_long_text(PARAGRAPH, 254, real_tokenizer())
    assert all(part.text.endswith((". ", "why.")) for part in found)
    sizes = [real_tokenizer().count(part.embedded) for part in found]
    assert min(sizes) > 0.7 * max(sizes)


def test_code_is_cut_after_statements_and_words_are_left_whole() -> None:
    code = "function step(a,b){return a.map(x=>x*2).concat(b)};var total=step([1,2,3],[4]);" * 40
    assert all(
        part.text.endswith((";", "} ", "return ")) for part in split_long_text(code, 254, real_tokenizer())
    )
    names = "".join(f"some_name_{n}," for n in range(900))
    for before, after in pairwise(split_long_text(names, 254, real_tokenizer())):
        assert "," in (before.text[-1], after.text[0])


def test_a_megabyte_of_data_is_a_few_parts_and_words_find_what_is_behind_them() -> None:
    data = "12345, " * 150_000 + "needle"
    found = split_long_text(data, 254, real_tokenizer())
    assert len(found) == MOST_PARTS
    assert found[-1].text.endswith("needle") and "needle" not in found[-1].embedded
    assert real_tokenizer().count(found[-1].embedded) > 200
    chunks = chunk_source(data, "text", real_tokenizer())
    assert [(one.text, one.embedding_text) for one in unpack_texts(pack_texts(chunks))] == [
        (part.text, part.embedded) for part in found
    ]


def test_the_chunks_of_a_long_line_are_at_that_line_and_differ() -> None:
    text = f"# Boxes\n\nA first line.\n\n{PARAGRAPH}\n\nA last line.\n"
    chunks = chunk_source(text, "markdown", Words(100))
    assert_sound(text, chunks, Words(100))
    long = [chunk for chunk in chunks if chunk.start_line == 5]
    assert len(long) > 10 and {chunk.end_line for chunk in long} == {5}
    assert len({chunk.content_hash for chunk in long}) == len(long)
    assert {chunk.kind for chunk in long} == {ChunkKind.PROSE}
    assert all(chunk.embedding_text == f"# Boxes\n{chunk.text}" for chunk in long)
    assert all(embedding_prefix(chunk) == "# Boxes\n" for chunk in long)


def test_what_a_long_line_defines_its_first_part_defines() -> None:
    text = "let a = 1;\n" + "".join(f"function f{n}(x) {{ return x + {n}; }} " for n in range(60)) + "\n"
    chunks = chunk_source(text, "javascript", Words(100))
    assert_sound(text, chunks, Words(100))
    (defining,) = (chunk for chunk in chunks if "f59" in chunk.defines)
    assert defining.start_line == 2 and defining.text.startswith("function f0")


def test_a_class_whose_header_is_a_long_line_has_all_of_it_in_parts() -> None:
    header = "class Box(" + ", ".join(f"metaclass_{n}=Base{n}" for n in range(60)) + "):"
    methods = "\n\n".join(
        f"    def put_{n}(self, box):\n" + "        self.count += box.size\n" * 8 for n in range(6)
    )
    for above in ("", "@decorated\n"):
        text = f"{above}{header}\n{methods}\n"
        chunks = chunk_source(text, "python", Words(100))
        assert_sound(text, chunks, Words(100))
        embedded = "".join(chunk.embedding_text for chunk in chunks)
        assert all(f"=Base{n}" in embedded for n in range(60))


def notebook(sources: list[str], indent: int | None) -> str:
    cells = [{"cell_type": "markdown", "outputs": [{"data": "QUJD" * 900}], "source": one} for one in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}, indent=indent)


def test_a_cell_that_is_one_string_is_all_its_chunks_at_its_line() -> None:
    text = notebook(["\n".join(SENTENCES), "Short."], indent=1)
    chunks = chunk_source(text, "jupyter", Words(100))
    lines = text.split("\n")
    *long, short = chunks
    assert len(long) > 10 and len({(chunk.start_line, chunk.end_line) for chunk in long}) == 1
    assert '"source": "Sentence 0' in lines[long[0].start_line - 1]
    assert [line for chunk in long for line in chunk.text.split("\n")] == SENTENCES
    assert short.text == lines[short.start_line - 1] and short.embedding_text == "Short."


def test_a_long_line_of_a_cell_is_several_chunks_at_its_line() -> None:
    cell = {"cell_type": "markdown", "source": ["Before.\n", PARAGRAPH]}
    text = json.dumps({"cells": [cell], "metadata": {}}, indent=1)
    chunks = chunk_source(text, "jupyter", Words(100))
    lines = text.split("\n")
    places = {(chunk.start_line, chunk.end_line) for chunk in chunks if "Sentence" in chunk.text}
    ((first, last),) = places
    assert "Sentence 0" in lines[first - 1] and lines[last - 1].strip() == "]"
    assert "".join(chunk.text for chunk in chunks if "Before" not in chunk.text) == PARAGRAPH


def test_a_notebook_on_one_line_is_its_cells_at_that_line() -> None:
    text = "\n" + notebook(["First words.", PARAGRAPH, "def put(x): pass"], indent=None) + "\n"
    chunks = chunk_source(text, "jupyter", Words(100))
    assert {(chunk.start_line, chunk.end_line) for chunk in chunks} == {(2, 2)}
    assert {chunk.language for chunk in chunks} == {"jupyter"}
    assert chunks[0].embedding_text == "First words." and chunks[-1].text == "def put(x): pass"
    assert "".join(chunk.text for chunk in chunks[1:-1]) == PARAGRAPH
    assert not any("QUJD" in chunk.text for chunk in chunks)


# In an index


ESSAY = "# Keeping boxes\n\n{}\n\n## Lids\n\nLids are kept elsewhere, in a cupboard by the door.\n"
MIDDLE = "The quarantine officer inspects imported marmalade before breakfast."
LONG = " ".join([*SENTENCES[:50], MIDDLE, *SENTENCES[50:]])


@pytest.fixture
def index(workspace: Callable[[Mapping[str, str | bytes]], Path], tmp_path: Path) -> Iterator[FolderIndex]:
    root = workspace(
        {
            "boxes.ipynb": notebook([LONG, "Other words."], indent=None),
            "docs/boxes.txt": ESSAY.format(LONG) + "Other lines are short.\n" * 500,
            "src/till.py": "def count(till):\n    return sum(till.coins)\n",
        }
    )
    with opened_index(root, tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def searcher(index: FolderIndex) -> Searcher:
    return Searcher(index)


def ask(searcher: Searcher, text: str, options: SearchOptions = FAST) -> list[Hit]:
    return searcher.search(parse_query(text), options)


def places(hits: list[Hit]) -> list[tuple[str, int, int]]:
    return [(hit.path, hit.start_line, hit.end_line) for hit in hits]


@pytest.mark.parametrize("tier", [Tier.LEXICAL, Tier.INSTANT])
def test_each_tier_finds_what_stands_far_along_a_line(searcher: Searcher, tier: Tier) -> None:
    found = places(ask(searcher, "officer who inspects marmalade", SearchOptions(tiers=frozenset({tier}))))
    assert set(found[:2]) == {("docs/boxes.txt", 3, 3), ("boxes.ipynb", 1, 1)}


def test_a_line_is_one_hit_however_many_of_its_parts_answer(searcher: Searcher) -> None:
    for text in ("what the boxes hold, and why", "quarantine officer", "sentence 70", "lids"):
        found = places(ask(searcher, text))
        assert len(found) == len(set(found))
    hits = ask(searcher, "quarantine officer")
    (hit,) = (hit for hit in hits if hit.path == "docs/boxes.txt" and hit.start_line == 3)
    assert hit.preview == LONG and not hit.stale


def test_a_long_line_is_not_like_itself_and_its_copy_is_one_copy(
    index: FolderIndex, searcher: Searcher
) -> None:
    origin = Origin(index.root, RelativePath("docs/boxes.txt"), Span(3, 3))
    similar = searcher.search(parse_similar(LONG, origin), FAST)
    assert ("docs/boxes.txt", 3, 3) not in places(similar)
    (index.root / "old").mkdir()
    (index.root / "old/boxes.txt").write_text((index.root / "docs/boxes.txt").read_text("utf-8"), "utf-8")
    reconcile(index, Membership(index.root, Settings()), CancelToken())
    found = ask(searcher, "what the boxes hold, and why, and the quarantine officer")
    (hit,) = (hit for hit in found if hit.path.endswith(".txt") and hit.start_line == 3)
    there = [(hit.path, 3, 3), *((copy.path, copy.start_line, copy.end_line) for copy in hit.copies)]
    assert sorted(there) == [("boxes.ipynb", 1, 1), ("docs/boxes.txt", 3, 3), ("old/boxes.txt", 3, 3)]


def test_a_long_line_is_followed_through_an_edit_that_is_not_indexed_yet(
    index: FolderIndex, searcher: Searcher
) -> None:
    file = index.root / "docs/boxes.txt"
    file.write_text("# New\n\nNew lines.\n\n" + file.read_text("utf-8"), "utf-8")
    hits = ask(searcher, "quarantine officer")
    (hit,) = (hit for hit in hits if hit.path == "docs/boxes.txt" and hit.preview == LONG)
    assert (hit.start_line, hit.end_line, hit.stale) == (7, 7, False)
    file.write_text(ESSAY.format("Nothing of it is left."), "utf-8")
    stale = [hit for hit in ask(searcher, "quarantine officer") if hit.path == "docs/boxes.txt"]
    assert stale[0].stale and len(places(stale)) == len(set(places(stale)))


def test_the_transformer_is_given_every_part_of_a_long_line(index: FolderIndex) -> None:
    texts = list(index.reader.texts.to_embed(index.reader.chunks.content_hashes()).values())
    assert all(real_tokenizer().count(text) <= 254 for text in texts)
    for sentence in [*SENTENCES, MIDDLE]:
        assert any(sentence in text for text in texts)


def test_words_made_anew_from_the_database_are_those_of_the_parts(index: FolderIndex) -> None:
    words = ("quarantine", "sentence", "lids", "boxes")
    before = {word: index.lexical.search(word, 100) for word in words}
    index.lexical.remove(index.reader.chunks.ids().tolist())
    index.lexical_tier.commit()
    assert not len(index.lexical)
    index.mark_derived_stale()
    index.lexical_tier.commit()
    index.lexical_tier.rebuild(lambda: None)
    assert {word: index.lexical.search(word, 100) for word in words} == before
    assert len(before["quarantine"]) == 2
