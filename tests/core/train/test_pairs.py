"""Pairs from docstrings, names and history, and which files are held back."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from semlens.core.bench.history import History
from semlens.core.bench.reading import TextReader
from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.static_model import StaticModel
from semlens.core.files.membership import Membership
from semlens.core.text.tokens import ModelTokenizer
from semlens.core.train.exam import Exam, ExamQuestion, ranks, recall, reciprocal
from semlens.core.train.history_pairs import read_changes
from semlens.core.train.learning import batches
from semlens.core.train.pairs import Pair, code_of, name_words, read_code
from semlens.core.train.split import DECIDING, NEEDED, WATCHED, near_copies, parts, split
from semlens.errors import UsageError
from semlens.process.git import Git
from semlens.settings import Settings
from semlens.types import CancelToken, RelativePath
from support.git_history import THINGS, things_history
from support.live import write
from support.taught_code import TEXTS, taught_files

PYTHON = '''def back_off(tries):
    """Wait a little longer after every failure."""
    for number in range(tries):
        sleep_for(2**number)


def parseHTTPDate(text):
    day, month, year = text.split()
    return parseHTTPDate.known[month], int(day), int(year)


def __init_it__(a):
    return [a, a, a, a, a, a, a]


def short(): return 1
'''


@pytest.fixture(scope="module")
def tokenizer() -> ModelTokenizer:
    model = DeepModel.find()
    return ModelTokenizer(model.tokenizer_json, model.limit)


@pytest.fixture(scope="module")
def static() -> StaticModel:
    return StaticModel.load()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("back_off", ["back", "off"]),
        ("parseHTTPDate_v2", ["parse", "http", "date", "v2"]),
        ("_private", ["private"]),
        ("x", ["x"]),
        ("größe", []),
    ],
)
def test_a_name_is_read_in_words(name: str, words: list[str]) -> None:
    assert [word for word in name_words(name) if word.isascii()][: len(words)] == words


def test_docstrings_and_names_ask_and_neither_is_in_the_code(tokenizer: ModelTokenizer) -> None:
    said, named = code_of(RelativePath("net/wait.py"), PYTHON, tokenizer).pairs()
    assert (said.source, said.question) == ("docstring", "Wait a little longer after every failure")
    assert "longer" not in said.code and "sleep_for(2**number)" in said.code
    assert (named.source, named.question) == ("name", "parse http date")
    assert "parseHTTPDate" not in named.code and "month, year" in named.code


def test_a_text_without_definitions_teaches_nothing(tokenizer: ModelTokenizer) -> None:
    for path, text in (("a.py", "x = 1\n"), ("a.txt", "def is no python here"), ("a.py", "")):
        assert code_of(RelativePath(path), text, tokenizer).pairs() == []


def test_tests_and_vendored_files_teach_nothing(tokenizer: ModelTokenizer, tmp_path: Path) -> None:
    names = ("net/wait.py", "tests/test_wait.py", "vendor/wait.py", "examples/wait.py")
    root = write(tmp_path / "work", dict.fromkeys(names, PYTHON))
    steps: list[tuple[int, int]] = []
    found = read_code(
        root, Membership(root, Settings()), tokenizer, 0, CancelToken(), lambda *at: steps.append(at)
    )
    assert [one.path for one in found] == ["net/wait.py"] and steps == [(1, 1)]


def test_a_commit_asks_for_the_code_as_it_was_before(tokenizer: ModelTokenizer, tmp_path: Path) -> None:
    root = things_history(tmp_path / "work")
    reader, never = TextReader(Membership(root, Settings())), CancelToken()

    def changes(most: int) -> list[str]:
        found = read_changes(
            History(Git(root)), reader, tokenizer, most, never, never, lambda done, total: None
        )
        assert all(".append(" in answer.code for change in found for answer in change.answers)
        return [change.question for change in found]

    assert changes(99) == [f"Write down the {thing} before all others" for thing in reversed(THINGS)]
    assert len(changes(3)) == 3


def test_whole_files_are_held_back_until_each_part_has_its_questions() -> None:
    questions = {RelativePath(f"a{number}.py"): 5 for number in range(100)}
    found = parts(questions, 500, 0)
    counted = Counter(part for part in found.values())
    assert counted == {"deciding": 100 // 5, "watched": 50 // 5}
    assert parts(dict(reversed(questions.items())), 500, 0) == found != parts(questions, 500, 1)
    least = parts({RelativePath(f"a{number}.py"): 1 for number in range(100)}, 100, 0)
    assert Counter(least.values()) == {"deciding": DECIDING[0], "watched": WATCHED[0]}


def test_a_file_with_most_of_the_questions_is_not_held_back() -> None:
    found = parts({RelativePath("all.py"): 900, **{RelativePath(f"a{n}.py"): 1 for n in range(100)}}, 1000, 0)
    assert "all.py" not in found


def test_near_copies_are_found_by_their_words(static: StaticModel) -> None:
    code = (
        "def total(basket, rates):\n    rate = rates[basket.customer.country]\n"
        "    found = [item.price * item.count for item in basket.items if item.count > 0]\n"
        "    return round(sum(found) * (1 + rate), 2)\n"
    )
    renamed = code.replace("found", "prices")
    other = "class Reader:\n    def open(self, path):\n        self.file = path.open()\n" * 3
    assert near_copies([renamed, other, code], [code], static) == {0, 2}
    assert near_copies([], [code], static) == near_copies([code], [], static) == set()


def test_nothing_held_back_teaches(tokenizer: ModelTokenizer, static: StaticModel) -> None:
    files = [code_of(RelativePath(path), text, tokenizer) for path, text in taught_files(200).items()]
    files.append(code_of(RelativePath("copy/of_all.py"), "\n".join(taught_files(200).values()), tokenizer))
    data = split(files, [], static, (50, 80), 0)
    assert len(data.watched.texts) == 50 and len(data.deciding.texts) == 80
    asked = {one.text for exam in (data.watched, data.deciding) for one in exam.questions}
    assert len(asked) == data.counts.watched + data.counts.deciding
    assert not asked & {pair.question for pair in data.pairs}
    answers = {
        exam.texts[row]
        for exam in (data.watched, data.deciding)
        for one in exam.questions
        for row in one.answers
    }
    assert not answers & {pair.code for pair in data.pairs}
    counts = data.counts
    assert counts.copies > 0 and counts.docstring + counts.name + counts.history == len(data.pairs)
    assert data == split(files, [], static, (50, 80), 0)


def test_too_few_questions_are_counted_in_a_sentence(tokenizer: ModelTokenizer, static: StaticModel) -> None:
    files = [code_of(RelativePath("a.py"), PYTHON, tokenizer)]
    with pytest.raises(UsageError, match=f"1 docstrings and commits .* {NEEDED} are needed"):
        split(files, [], static, (50, 80), 0)


def test_a_rank_counts_what_is_as_near_as_the_answer() -> None:
    rows = {text: row for row, text in enumerate(TEXTS)}
    import numpy as np

    def embed(texts: list[str], query: bool) -> np.ndarray:
        return np.eye(len(TEXTS), dtype=np.float32)[[rows[text] for text in texts]]

    questions = (
        ExamQuestion(TEXTS[0], "docstring", (0,)),
        ExamQuestion(TEXTS[1], "docstring", (2, 1)),
        ExamQuestion(TEXTS[2], "history", (0,)),
    )
    found = ranks(Exam(TEXTS, questions), embed)  # type: ignore[arg-type]
    assert found == [1, 1, len(TEXTS)]
    assert reciprocal(found) == [1, 1, 1 / len(TEXTS)]
    assert recall(found, 1) == pytest.approx(2 / 3)


def test_no_batch_has_a_question_or_a_code_twice_and_epochs_differ() -> None:
    pairs = [Pair(f"ask {n % 40}", f"code {n % 55}", RelativePath("a"), "docstring") for n in range(400)]
    first, second = ([*batches(pairs, 16, 0, epoch)] for epoch in (0, 1))
    for batch in (*first, *second):
        assert 8 <= len(batch) <= 16
        assert len({pair.question for pair in batch}) == len({pair.code for pair in batch}) == len(batch)
    assert first == [*batches(pairs, 16, 0, 0)] != second
    assert sum(map(len, first)) > 350
    assert list(batches(pairs[:1], 16, 0, 0)) == []
