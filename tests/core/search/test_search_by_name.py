"""Names typed into the search: the definition that is meant comes first."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pytest

from semlens.core.query.query import parse_query
from semlens.core.search import Searcher, SearchOptions
from semlens.types import Tier
from support.opened_index import opened_index

FILES = {
    "src/text.rb": "module Text\n  def escape(value)\n    value.gsub('<', '&lt;')\n  end\nend\n",
    "src/escape_room.rb": "# Escape from the room: escape.\nclass Room\n  def doors\n  end\nend\n",
    "src/answer.rb": "class Answer\n  def forbidden?\n    status == 403\n  end\nend\n",
    "src/forbidden.rb": "class Listing\n  # Nothing forbidden is shown.\n  def show\n  end\nend\n",
    "src/circle.py": "class Circle:\n    def area(self):\n        return 3 * self.radius**2\n",
    "src/square.py": "class Square:\n    def area(self):\n        return self.side**2\n",
    "src/app.py": "class App:\n    def __init__(self):\n        self.app = app\n",
    "src/command.py": "def app():\n    return make()\n",
    "src/worker.py": "def run(helper):\n    return helper.only_here(helper)\n",
    "src/z.py": unicodedata.normalize("NFD", "def zahl_prüfen(x):\n    return x\n"),
    "src/g.py": unicodedata.normalize("NFD", "def größe_messen(x):\n    return x\n"),
    "src/é.py": unicodedata.normalize("NFC", "def élève_actuel(x):\n    return x\n"),
    "tests/helpers.py": "def only_here(value):\n    return value\n",
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    root = tmp_path_factory.mktemp("workspace")
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    with opened_index(root, tmp_path_factory.mktemp("data")) as index:
        yield Searcher(index)


def paths(searcher: Searcher, query: str) -> list[str]:
    options = SearchOptions(tiers=frozenset({Tier.LEXICAL, Tier.INSTANT}))
    return [hit.path for hit in searcher.search(parse_query(query), options)]


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("escape", "src/text.rb"),
        ("forbidden?", "src/answer.rb"),
        ("Circle.area", "src/circle.py"),
        ("Square.area", "src/square.py"),
        ("square.area", "src/square.py"),
        ("app", "src/command.py"),
        ("App", "src/app.py"),
        ("only_here", "tests/helpers.py"),
    ],
)
def test_the_one_definition_is_first(searcher: Searcher, query: str, path: str) -> None:
    assert paths(searcher, query)[0] == path


@pytest.mark.parametrize("name", ["zahl_prüfen", "größe_messen", "élève_actuel"])
def test_a_name_is_found_however_its_letters_are_composed(searcher: Searcher, name: str) -> None:
    for form in ("NFC", "NFD"):
        assert paths(searcher, unicodedata.normalize(form, name))[0] == f"src/{name[0]}.py"
        query = parse_query(unicodedata.normalize(form, f"{name.replace('_', ' ')} path:src"))
        found = searcher.search(query, SearchOptions(tiers=frozenset({Tier.LEXICAL})))
        assert found and found[0].path == f"src/{name[0]}.py"


def test_a_definition_outside_the_scope_is_not_shown(searcher: Searcher) -> None:
    assert paths(searcher, "Circle.area path:square.py") == ["src/square.py"]
    assert "src/text.rb" not in paths(searcher, "escape lang:python")


@pytest.mark.parametrize("query", ["_", "__", "::", "x" * 70 + " " + "y" * 70, "kind:symbol 404"])
def test_a_question_without_a_word_is_answered(searcher: Searcher, query: str) -> None:
    assert isinstance(paths(searcher, query), list)
