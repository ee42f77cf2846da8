"""Which line a hit shows and opens at, and what it is called: one decision, made of the code that was cut."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from semlens.core.chunk import chunk_source
from semlens.core.query.query import parse_query
from semlens.core.search.quiet_lines import quiet_rows
from semlens.core.search.shown_line import ShownLine, shown_line, summary
from semlens.core.store.records import StoredChunk
from semlens.types import Chunk, ContentHash, RelativePath


class Words:
    """Counts words as tokens, so that the sizes of chunks are easy to see."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def line_tokens(self, text: str) -> Sequence[int]:
        return [len(line.split()) for line in text.split("\n")]


def chunks(code: str, language: str, limit: int = 60) -> list[Chunk]:
    return chunk_source(code, language, Words(limit))


def shown(chunk: Chunk, question: str) -> tuple[str, str | None]:
    """The line that is shown for a question, and the name of the hit."""
    line = ask(chunk, question)
    assert not line.names_better
    return chunk.text.split("\n")[line.row].strip(), line.symbol.name if line.symbol else None


def ask(chunk: Chunk, question: str) -> ShownLine:
    stored = StoredChunk(
        1, RelativePath("x"), 0, chunk.start_line, chunk.end_line, chunk.language, chunk.kind,
        ContentHash("0" * 32), chunk.symbol, chunk.defines,
    )  # fmt: skip
    return shown_line(
        stored, chunk.text, chunk.roles, parse_query(question), lambda texts: [0.0] * len(texts)
    )


RUN = '''class App:
    def run(self, host, port):
        """Run the application, for example with the run command of the command line.

        To run it in production is not supported.
        """
        serve(host, port)
'''


@pytest.mark.parametrize("question", ["run", "App.run", "run the application on the command line"])
def test_a_definition_is_shown_by_its_own_line_and_not_by_a_docstring_with_its_name(question: str) -> None:
    (chunk,) = chunks(RUN, "python")
    line, _ = shown(chunk, question)
    assert line in {"def run(self, host, port):", "class App:"}


def test_a_docstring_that_has_the_question_as_it_stands_gives_way_unless_it_is_quoted() -> None:
    (chunk,) = chunks('def feed(cat):\n    """Feed the old cat."""\n    cat.eat()\n', "python")
    assert shown(chunk, "feed the old cat") == ("def feed(cat):", "feed")
    assert shown(chunk, '"feed the old cat"') == ('"""Feed the old cat."""', "feed")


SIBLINGS = {
    "python": (
        "import os\n\nlog = logging.getLogger(__name__)\n\n\ndef open_door(key):\n    return key.turn()\n\n\n"
        "def feed_cat(food):\n    bowl.fill(food)\n",
        ("def feed_cat(food):", "feed_cat"),
    ),
    "go": (
        "package home\n\nvar logger = log.New()\n\nfunc OpenDoor(key Key) {\n\tkey.Turn()\n}\n\n"
        "func FeedCat(food Food) {\n\tbowl.Fill(food)\n}\n",
        ("func FeedCat(food Food) {", "FeedCat"),
    ),
    "java": (
        "class Home {\n  private static final Logger LOG = LoggerFactory.getLogger(Home.class);\n"
        "  void openDoor(Key key) {\n    key.turn(); key.turn(); key.turn();\n  }\n\n"
        "  void feedCat(Food food) {\n    bowl.fill(food); bowl.shake();\n  }\n}\n",
        ("void feedCat(Food food) {", "feedCat"),
    ),
    "typescript": (
        "const logger = createLogger('home');\n"
        "export function openDoor(key: Key): void {\n  key.turn();\n}\n\n"
        "export function feedCat(food: Food): void {\n  bowl.fill(food);\n}\n",
        ("export function feedCat(food: Food): void {", "feedCat"),
    ),
    "bash": (
        "#!/usr/bin/env bash\nset -euo pipefail\n\nopen_door() {\n  turn key\n}\n\n"
        "# Feeds the cat.\nfeed_cat() {\n  fill bowl\n}\n",
        ("feed_cat() {", "feed_cat"),
    ),
}


@pytest.mark.parametrize("language", SIBLINGS)
def test_of_small_siblings_in_one_chunk_the_one_that_answers_is_named(language: str) -> None:
    code, expected = SIBLINGS[language]
    found = next(chunk for chunk in chunks(code, language, 24) if expected[1] in chunk.defines)
    assert shown(found, "fill the bowl") == expected


@pytest.mark.parametrize("language", SIBLINGS)
def test_no_logger_import_or_option_of_the_shell_is_shown(language: str) -> None:
    code, _ = SIBLINGS[language]
    for chunk in chunks(code, language):
        line, _ = shown(chunk, "something else entirely")
        assert not quiet_rows([line]) or all(
            row in quiet_rows(chunk.text.split("\n")) for row in range(chunk.text.count("\n") + 1)
        ), line


METHODS = """class Store:
    def __init__(self, path, limit, sync, cache):
        self.path = path; self.limit = limit; self.sync = sync; self.cache = cache

    def read(self, key):
        return self.open(key).bytes()

    def erase(self, key):
        self.open(key).unlink()

    def sweep(self):
        for key in self.old(): self.erase(key)
"""


@pytest.mark.parametrize(
    ("question", "name"), [("unlink", "erase"), ("return the bytes", "read"), ("sweep", "sweep")]
)
def test_a_chunk_of_several_methods_is_called_by_the_one_that_is_shown(question: str, name: str) -> None:
    found = next(chunk for chunk in chunks(METHODS, "python", 20) if name in chunk.defines)
    assert found.symbol is None or found.symbol.name == "Store" or found.symbol.name == name
    line, called = shown(found, question)
    assert called == name and f"def {name}(" in line


def test_a_line_that_has_the_question_as_it_stands_is_shown_and_named_after_what_is_around_it() -> None:
    code = (
        "class Parser:\n    def parse(self, text):\n        if not text:\n"
        '            raise ValueError("the text has no end of line")\n        return text.split()\n'
    )
    (chunk,) = chunks(code, "python")
    for question in ("the text has no end of line", '"the text has no end of line"'):
        assert shown(chunk, question) == ('raise ValueError("the text has no end of line")', "parse")
    assert shown(chunk, "parse")[0] == "def parse(self, text):"


@pytest.mark.parametrize("number", ["86400", "0x7F3A", "4096.5"])
def test_a_number_is_shown_where_it_stands(number: str) -> None:
    code = f"function wait(x) {{\n  const day = {number};\n  return x + day;\n}}\n"
    (chunk,) = chunks(code, "javascript")
    assert shown(chunk, number) == (f"const day = {number};", "wait")


def test_a_caller_is_shown_by_its_call_and_not_by_its_import() -> None:
    code = "from kitchen import boil_egg\n\n\ndef breakfast():\n    lay_table()\n    boil_egg(5)\n"
    (chunk,) = chunks(code, "python")
    assert shown(chunk, "boil_egg") == ("boil_egg(5)", "breakfast")


def test_documentation_apart_from_its_definition_is_shown_by_the_line_that_names_it() -> None:
    text = " ".join(["word"] * 12)
    docstring = f'"""Run it.\n\n    {text}\n\n    {text}\n\n    {text}\n    """'
    code = f"def run(host):\n    {docstring}\n    serve(host)\n"
    parts = chunks(code, "python", 16)
    alone = [chunk for chunk in parts if "def run" not in chunk.text and "serve" not in chunk.text]
    assert alone
    for chunk in alone:
        line = ask(chunk, "word")
        assert line.names_better and line.symbol is not None and line.symbol.name == "run"


def test_a_section_is_shown_by_the_sentence_that_answers() -> None:
    (chunk,) = chunks("# Usage\n\nInstall it first.\n\nThe cache is emptied every night.\n", "markdown")
    assert shown(chunk, "when is the cache emptied") == ("The cache is emptied every night.", "Usage")
    assert shown(chunk, "usage") == ("# Usage", "Usage")


@pytest.mark.parametrize(
    "line",
    [
        "log = logging.getLogger(__name__)",
        "private static final Logger LOG = LoggerFactory.getLogger(Foo.class);",
        "private readonly ILogger<Foo> _logger;",
        "logger := zap.NewNop()",
        "set -euo pipefail",
        "from __future__ import annotations",
        'import { a } from "b";',
        "use std::io;",
        "#include <stdio.h>",
        'const x = require("y");',
        "} else {",
        '@app.route("/x")',
        "#[derive(Debug)]",
    ],
)
def test_a_line_that_says_little_is_known(line: str) -> None:
    assert quiet_rows([line]) == {0}


@pytest.mark.parametrize(
    "line",
    [
        'log.info("ready")',
        "def log(x):",
        "catalog = load()",
        "login(user)",
        "open(path)",
        "@name = 5",
        "set_value(3)",
        "return x",
        "user = importer.load()",
        "public class Foo {",
    ],
)
def test_a_line_that_says_something_is_not_quiet(line: str) -> None:
    assert quiet_rows([line]) == set()


def test_all_lines_of_an_import_are_quiet() -> None:
    assert quiet_rows(["import {", "  retry,", "  wait,", "} from './net';", "retry();"]) == {0, 1, 2, 3}
    assert quiet_rows(["import (", '\t"os"', ")", "func main() {"]) == {0, 1, 2}


def test_a_summary_has_all_parameters_on_one_line() -> None:
    assert (
        summary(["def f(", "    a,", "    b=(1, 2),", ") -> None:", "    pass"])
        == "def f(a, b=(1, 2)) -> None:"
    )
    assert summary(["  x = 1", "y = 2"]) == "x = 1"
    assert summary(['"SESSION": "session",', '"OTHER": 1,']) == '"SESSION": "session",'
