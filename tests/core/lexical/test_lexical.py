"""The terms of code, and the lexical index."""

from __future__ import annotations

import doctest
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semlens.core.lexical import FieldBoosts, LexicalDoc, LexicalIndex, scores
from semlens.core.text import analyzer, numbers
from semlens.core.text.analyzer import code_terms, light_stem
from semlens.types import RelativePath
from support.damage import DAMAGES


def doc(number: int, text: str, path: str = "a.py", *symbols: str) -> LexicalDoc:
    return LexicalDoc(number, path, symbols, text)


@pytest.fixture
def index(tmp_path: Path):
    made = LexicalIndex(tmp_path / "lexical")
    yield made
    made.close()


def fill(index: LexicalIndex, *documents: LexicalDoc) -> None:
    index.add(documents)
    index.commit()


def test_docstrings_tell_the_truth() -> None:
    assert doctest.testmod(analyzer).failed == doctest.testmod(numbers).failed == 0


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("HTTPServerError", ["httpservererror", "http", "server", "error"]),
        ("parse_json2xml", ["parse_json2xml", "parse", "json", "xml"]),
        ("__init__ self._x", ["init", "self", "x"]),
        ("MAX_SIZE = 404", ["max_size", "max", "size", "404"]),
        ("größe straßen_name", ["größe", "straßen_name", "straßen", "name"]),
        ("検索エンジン", ["検索", "索エ", "エン", "ンジ", "ジン"]),
        ("a" * 65, []),
        ("", []),
        ("\ud800 x\x00y", ["x", "y"]),
    ],
)
def test_identifiers_are_whole_and_in_parts(text: str, tokens: list[str]) -> None:
    assert code_terms(text, stem=False) == tokens


@pytest.mark.parametrize(
    "forms",
    [
        ["cache", "caches", "cached", "caching"],
        ["query", "queries"],
        ["run", "runs", "running"],
        ["call", "calls", "called", "calling"],
        ["parse", "parses", "parsed", "parsing"],
        ["index", "indexed", "indexing"],
        ["class"],
        ["string", "strings"],
        ["need", "needs"],
        ["user", "users"],
    ],
)
def test_forms_of_a_word_share_a_stem_of_their_own(forms: list[str]) -> None:
    stems = {light_stem(form) for form in forms}
    assert len(stems) == 1
    others = {"casting", "quest", "runner", "caller", "parser", "indicate", "clasp", "strict", "nest", "use"}
    assert not stems & {light_stem(other) for other in others}


@given(st.text())
def test_any_text_has_tokens_that_stay_what_they_are(text: str) -> None:
    for stem in (True, False):
        tokens = code_terms(text, stem)
        assert all(token and not token.isspace() for token in tokens)
        assert code_terms(text, stem) == tokens


def test_words_symbols_and_paths_are_found(index: LexicalIndex) -> None:
    fill(
        index,
        doc(1, "return the user", "src/accounts.py", "getUserById"),
        doc(2, "open a socket", "src/net/user_pool.py", "connect"),
        doc(3, "nothing of the kind"),
    )
    assert next(number for number, _ in index.search("getUserById", 10)) == 1
    assert {number for number, _ in index.search("users", 10)} == {1, 2}
    assert [n for n, _ in index.search("user", 10, FieldBoosts(body=0, symbol=0))] == [2]
    assert [n for n, _ in index.search("user", 10, FieldBoosts(body=0, path=0))] == [1]
    assert next(n for n, _ in index.search("user", 10, FieldBoosts(path=50))) == 2
    assert index.search({"socket": 1.0, "kind": 9.0}, 1)[0][0] == 3
    assert index.search("", 10) == index.search("...", 10) == []
    assert index.file_frequency("kind") == 1
    assert index.search("unheard", 5) == []


def test_rarer_words_weigh_more(index: LexicalIndex) -> None:
    fill(index, *(doc(i, "common words here") for i in range(20)), doc(99, "common zebra here"))
    (best, score), *rest = index.search("common zebra", 3)
    assert best == 99 and score > rest[0][1]


def test_ties_are_whole_and_in_the_order_of_ids(index: LexicalIndex) -> None:
    fill(index, *(doc(i, "same text") for i in (5, 3, 9, 1)))
    assert [number for number, _ in index.search("same", 2)] == [1, 3, 5, 9]
    assert len({score for _, score in index.search("same", 2)}) == 1


def test_a_long_query_has_the_same_scores_in_any_order_and_sums_few_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(1)
    words = [f"word{number}" for number in range(3_000)]
    documents = [doc(i, " ".join(chance.sample(words, 60)), f"{i}.py") for i in range(400)]
    queries = [f"{' '.join(words[:number])} {documents[7].text}" for number in (300, 1_500)]
    summed: list[float] = []
    exact_sum = scores._exact_sum

    def note_sum(found: Any) -> float:
        summed.append(exact_sum(found))
        return summed[-1]

    monkeypatch.setattr(scores, "_exact_sum", note_sum)
    found = []
    for name in ("one", "other"):
        made = LexicalIndex(tmp_path / name)
        fill(made, *documents[:150])
        fill(made, *documents[150:])
        found.append([made.search(query, 100) for query in queries])
        made.close()
        chance.shuffle(documents)
    assert found[0] == found[1] and found[0][0][0][0] == 7
    assert len(summed) < 40


def test_only_allowed_chunks_answer_however_low_they_rank(index: LexicalIndex) -> None:
    fill(index, *(doc(i, "rare " * 5) for i in range(300)), doc(999, "one rare word among so many others"))
    assert [n for n, _ in index.search("rare", 1, allowed=np.array([999, 5000]))] == [999]
    assert index.search("rare", 5, allowed=np.array([], np.int64)) == []


def test_searches_see_committed_changes_only(index: LexicalIndex) -> None:
    index.add([doc(1, "one")])
    assert index.search("one", 5) == []
    index.commit()
    assert index.ids().tolist() == [1]
    index.remove([1, 77])
    index.add([doc(2, "one")])
    index.commit()
    assert index.ids().tolist() == [2]
    assert [number for number, _ in index.search("one", 5)] == [2]


def test_a_count_that_a_commit_interrupts_is_not_kept(
    index: LexicalIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, count = len(index), index.chunk_count
    index.add([LexicalDoc(999, RelativePath("late.py"), (), "a late chunk")])
    index.commit()

    def interrupted(searcher: object) -> int:
        counted = count(searcher)  # type: ignore[arg-type]
        index.add([LexicalDoc(1000, RelativePath("later.py"), (), "a later chunk")])
        index.commit()
        return counted

    with monkeypatch.context() as patched:
        patched.setattr(index, "chunk_count", interrupted)
        assert len(index) == before + 1
    assert len(index) == before + 2


def test_committed_chunks_survive_without_a_clean_close(tmp_path: Path) -> None:
    first = LexicalIndex(tmp_path)
    fill(first, doc(1, "one"))
    first.add([doc(2, "two")])
    del first
    second = LexicalIndex(tmp_path)
    assert second.ids().tolist() == [1]
    fill(second, doc(3, "three"))
    assert second.ids().tolist() == [1, 3]
    second.close()


def test_another_analyzer_starts_an_empty_index(tmp_path: Path) -> None:
    first = LexicalIndex(tmp_path)
    fill(first, doc(1, "one"))
    first.close()
    other = LexicalIndex(tmp_path, stem=False)
    assert len(other) == 0
    assert len(list(tmp_path.iterdir())) == 2
    other.close()


def _each_file(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".lock"))


@pytest.mark.parametrize("kind", DAMAGES)
def test_damaged_files_are_never_trusted(tmp_path: Path, kind: str) -> None:
    number = 0
    while True:
        folder = tmp_path / f"{number}"
        index = LexicalIndex(folder)
        fill(index, *(doc(i, f"word{i} shared") for i in range(50)))
        index.close()
        files = _each_file(folder)
        if number >= len(files):
            return
        DAMAGES[kind](files[number])
        index = LexicalIndex(folder)
        assert index.ids().tolist() in ([], list(range(50)))
        if not len(index):
            fill(index, *(doc(i, f"word{i} shared") for i in range(50)))
        assert [n for n, _ in index.search({"word7": 1.0}, 5)] == [7]
        assert len(index.search("shared", 50)) == 50
        index.close()
        number += 1


@pytest.mark.skipif(os.name != "posix", reason="others cannot delete a file that is mapped")
@pytest.mark.parametrize("kind", DAMAGES)
def test_files_that_are_lost_in_use_are_noticed(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "lexical"
    index = LexicalIndex(folder)
    assert not index.lost
    fill(index, *(doc(i, f"word{i} shared") for i in range(50)))
    for path in _each_file(folder):
        if path.name.startswith(".") or path.name in ("sealed.json", "CURRENT"):
            continue
        kept = path.read_bytes(), path.stat()
        assert not index.lost
        DAMAGES[kind](path)
        assert index.lost or not kept[0], path.name
        path.unlink(missing_ok=True)
        index.close()
        index = LexicalIndex(folder)
        fill(index, *(doc(i, f"word{i} shared") for i in range(50) if not len(index)))
        break
    assert not index.lost
    index.close()


steps = st.sampled_from(["add", "remove", "commit", "reopen"])
operations = st.lists(st.tuples(steps, st.integers(0, 9)), max_size=15)


@settings(max_examples=40, deadline=None)
@given(operations)
def test_any_history_equals_the_last_state(tmp_path_factory: pytest.TempPathFactory, history) -> None:
    folder = tmp_path_factory.mktemp("history")
    index = LexicalIndex(folder)
    committed: set[int] = set()
    pending: set[int] = set()
    for operation, number in history:
        if operation == "add" and number not in pending:
            index.add([doc(number, f"word{number} shared")])
            pending.add(number)
        elif operation == "remove":
            index.remove([number])
            pending.discard(number)
        elif operation == "commit":
            index.commit()
            committed = set(pending)
        elif operation == "reopen":
            index.close()
            index = LexicalIndex(folder)
            pending = set(committed)
        assert index.ids().tolist() == sorted(committed)
    assert [n for n, _ in index.search("shared", 20)] == sorted(committed)
    index.close()


WRITER = """
import sys
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any
from semlens.core.lexical import LexicalDoc, LexicalIndex
index = LexicalIndex(Path(sys.argv[1]))
print(len(index), flush=True)
for turn in range(10_000):
    index.add(LexicalDoc(turn * 20 + i, "a.py", (), f"shared word{i}") for i in range(20))
    index.commit()
    print(len(index), flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
def test_a_kill_leaves_a_sound_commit_or_an_empty_index(tmp_path: Path) -> None:
    for patience in (2, 7, 20, 11):
        folder = tmp_path / str(patience)
        command = [sys.executable, "-c", WRITER, str(folder)]
        writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert writer.stdout
        for _ in range(patience):
            writer.stdout.readline()
        writer.kill()
        writer.communicate()
        index = LexicalIndex(folder)
        assert len(index) % 20 == 0
        index.add([doc(1_000_000, "fresh shared")])
        index.commit()
        assert len(index.search("shared", len(index))) == len(index)
        index.close()
