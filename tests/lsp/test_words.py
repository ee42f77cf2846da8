"""What the server says in an editor is in the editor's language, and no sentence of its sources is missed."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator
from pathlib import Path

import pytest

from semlens.lsp.words.shown import shown
from semlens.lsp.words.words import JOINS, LANGUAGES, NUMBERS, Words, language_of, table
from semlens.protocol import editor
from support.sentences import templates
from support.wire_client import WireClient

ROOMS = """
core/cost/live.py core/embed/model_problem.py core/files/content_rules.py core/files/data_files.py
core/files/folder_rules.py
core/files/marked_folders.py core/files/membership.py core/files/name_rules.py core/files/remedy.py
core/files/source.py core/files/walk.py core/files/watch core/files/worktrees.py core/index/isolation.py
core/index/prepare.py core/index/quarantine.py core/map/process.py core/query/completion.py
core/query/query.py core/query/reading.py core/query/unmatched.py core/search/explain
core/team/address.py core/team/faults.py core/team/sentences.py
core/text/tokenizers/lesson.py core/text/tokenizers/library.py core/train/learning.py core/train/split.py
core/train/worker.py engine/client/startup.py
engine/daemon/compare_service.py engine/daemon/learn_service.py engine/daemon/model_service.py
engine/daemon/search_service.py engine/daemon/team_searches.py engine/daemon/team_service.py
engine/daemon/train_service.py engine/jobs/throttle.py engine/jobs/training.py engine/models/instant.py
engine/models/trained.py engine/workspace/file_indexing.py engine/workspace/registry.py
engine/workspace/status.py engine/workspace/why.py errors.py lsp/features lsp/session settings.py
"""
"""Where the sentences come from that an editor shows. Whatever else fails is said in English."""

NOT_SHOWN = {
    # Of requests that only a faulty client sends.
    "`url` must say to which server the user has agreed.",
    "`limit` must be at least 1.",
    "A place ends before it begins.",
    "Give either `textDocument` or `text`.",
    "More than {0} lines: ask for fewer hits or fewer lines around them.",
    # Names of threads, of signals, of types; the beginnings of reasons; a list of endings.
    "index {0}",
    "language server",
    "query vector",
    "gist of file",
    "title of file",
    "names of file",
    "model {0}",
    "Mapping[str, float]",
    "cannot be read",
    "does not lie",
    "has a name that is not",
    "is a link:",
    "is a link that",
    "keeps changing",
    "lies behind",
    # What tells a repository from others.
    "name {0}",
    "remote {0}",
    "root {0}",
    # What the engine wants of a training's process.
    "go on",
    # The header of a request.
    "Bearer {0}",
    # Markdown around texts that are said one by one.
    "**Semlens** · {0}{1}{2}",
    # What the command line prints alone, and what is no sentence.
    "{0} (tokenizer)",
    "{0} is another tokenizer: choose another name.",
    "A tokenizer cannot be called {0}: use letters, digits, - and _.",
    "this folder",
    "it said nothing",
    "the launcher failed: {0}",
    "the launcher failed ({0})",
}
MADE_OF_PARTS = {
    "{0} of {1} ({2})": ["{0} of {1}", "{0} ({1})"],
    "{0} {1} KB": ["is larger than {0} KB"],
    "is larger than": ["is larger than {0} KB"],
    "Correct the setting semlens.model: {0}{1}": ["Correct the setting semlens.model: {0}"],
    "The Semlens engine cannot be started: {0} ({1}).{2}": ["The Semlens engine cannot be started: {0}."],
    "The Semlens engine cannot be started: {0} is no folder.": ["{0} is no folder"],
    "one of ": ["one of {0}"],
}
"""Template of the sources → the entries that translate it."""
SAME = {
    "de": {*JOINS} - {"{0} and {1}"} | {"OK", "Token"},
    "zh-cn": {"“{0}”", NUMBERS},
}
"""What is the same in English and in a language."""
SAID = {
    "The team's server h:8000 failed. Semlens works on without it.": (
        "Der Team-Server h:8000 ist ausgefallen. Semlens arbeitet solange ohne ihn weiter.",
        "团队服务器 h:8000 出错。在此期间 Semlens 不依赖它继续工作。",
    ),
    "Team at chroma.example.com: takes and gives vectors, with a secret.": (
        "Team bei chroma.example.com: holt und gibt Vektoren, mit Geheimnis.",
        "chroma.example.com 上的团队：获取并提供向量，有密钥。",
    ),
    "Found by its words and by its meaning; all 5 words stand here.": (
        "Nach Wörtern und nach Bedeutung gefunden; alle 5 Wörter kommen hier vor.",
        "按词语和语义找到；全部 5 个词语都出现在此。",
    ),
    "It is a test, and the question asks for none: 30% off.": (
        "Ein Test, nach dem die Frage nicht fragt: 30 % Abzug.",
        "是测试，而查询未要求测试：降低 30%。",
    ),
    "Searched 3 of 1,204 files of shop and tools: those that match path:src, lang:go and -is:test.": (
        "3 von 1.204 Dateien von shop und tools durchsucht: nur solche, die path:src, lang:go und -is:test "
        "erfüllen.",
        "已搜索 shop 和 tools 的 1,204 个文件中的 3 个：即符合 path:src, lang:go 和 -is:test 的文件。",
    ),
    "Leave out what the search is limited to, or correct the spelling.": (
        "Ohne die Beschränkung der Suche suchen oder die Schreibweise berichtigen.",
        "请去掉搜索的限定条件再搜索，或更正其拼写。",
    ),
    "No file is in path:srcc. Did you mean path:src? It is read as words.": (
        "Keine Datei liegt in path:srcc. Ist path:src gemeint? Es wird als Wörter gelesen.",
        "没有文件位于 path:srcc。是否指 path:src？已将其视为文字。",
    ),
    "0 files indexed, 12 left out: is not source text (10), is larger than 1024 KB (2).": (
        "0 Dateien indiziert, 12 ausgelassen: ist kein Quelltext (10), ist größer als 1024 KB (2).",
        "已索引 0 个文件，排除 12 个：不是源代码（10），大于 1024 KB（2）。",
    ),
    "shop: Indexing 1,204 of 3,310 files": (
        "shop: 1.204 von 3.310 Dateien indiziert",
        "shop：正在索引 1,204/3,310 个文件",
    ),
    "< 0.1% of 128,000 (GPT-4o)": ("< 0,1 % von 128.000 (GPT-4o)", "128,000 的 < 0.1%（GPT-4o）"),
}
UNKNOWN = [
    "",
    "def f(a, b): return a",
    "the words of files",
    "A sentence. Of nobody: at all (here), and so on.",
]


@pytest.fixture(scope="module")
def package(repository: Path) -> Path:
    return repository / "server" / "semlens"


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def test_every_sentence_that_an_editor_shows_is_translated(package: Path, language: str) -> None:
    known = table(language)
    missed = [
        f"{file.relative_to(package)}:{line}: {template}"
        for file in sources(package, ROOMS.split())
        for template, line in templates(file).items()
        if not is_known(template, known) and template not in NOT_SHOWN and not is_list(template)
    ]
    assert missed == []


def test_no_entry_is_left_over(package: Path, language: str) -> None:
    files = list(sources(package, ["."]))
    said = {NUMBERS, *JOINS, "“{0}”", "permission denied"}
    said.update(part for parts in MADE_OF_PARTS.values() for part in parts)
    said.update(entry(template) for file in files for template in templates(file))
    source = "".join(file.read_text("utf-8") for file in files)
    left = [one for one in table(language) if one not in said]
    assert [one for one in left if f'"{one}"' not in source and f"@{one} " not in source] == []


def test_each_translation_has_the_placeholders_of_the_original(language: str) -> None:
    for english, translated in table(language).items():
        assert marks(translated) == marks(english), english
        assert translated != english or english in SAME[language], english


def test_the_languages_translate_the_same(language: str) -> None:
    assert list(table(language)) == list(table(LANGUAGES[0]))


@pytest.mark.parametrize("sentence", SAID)
def test_a_sentence_is_said_in_the_language(sentence: str, language: str) -> None:
    assert speaker(language)(sentence) == SAID[sentence][LANGUAGES.index(language)]


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_is_no_sentence_of_the_engine_stays_as_it_is(text: str, language: str) -> None:
    assert speaker(language)(text) == text


def test_english_stays_as_it_is() -> None:
    assert [speaker("en")(sentence) for sentence in SAID] == [*SAID]


@pytest.mark.parametrize(
    ("locale", "name"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("de_CH", "de"),
        ("zh-cn", "zh-cn"),
        ("zh-Hans-CN", "zh-cn"),
        ("zh", "zh-cn"),
        ("zh-tw", None),
        ("den", None),
        ("fr", None),
        ("", None),
        (None, None),
    ],
)
def test_the_language_of_a_locale(locale: str | None, name: str | None) -> None:
    assert language_of(locale) == name


def test_only_what_people_read_of_an_answer_is_translated() -> None:
    effect = editor.Effect("path", 1.0, "a test")
    explanation = editor.Explanation("a test", [], [editor.WordMatch("a test", [])], [effect], [])
    place = editor.Range(editor.Position(0, 0), editor.Position(0, 0))
    hit = editor.Hit(
        "file:///a", place, 1.0, "go", "a test", False, [], summary="a test", explanation=explanation
    )
    said = shown([hit], str.upper)[0]
    assert (said.preview, said.summary, said.explanation.summary) == ("a test", "a test", "A TEST")
    assert (said.explanation.words[0].word, said.explanation.gained[0].text) == ("a test", "A TEST")
    costs = [editor.FileCost("a", 1)]
    assert shown(costs, str.upper) is costs


def test_an_editor_is_answered_in_its_language(client: WireClient, workspace: Callable[..., Path]) -> None:
    folder = workspace({"a.py": "def one():\n    return 1\n"})
    client.initialize(folder, locale="de")
    refused = client.request("semlens/search", {"query": " "})
    assert refused["error"]["message"] == (
        "Die Frage ist leer: beschreiben, was der Code tut, in Worten oder als Code."
    )
    uri = (folder / "a.py").as_uri()
    document = {"uri": uri, "languageId": "python", "version": 1, "text": "def one():\n    return 1\n"}
    client.notify("textDocument/didOpen", {"textDocument": document})
    hover = client.request(
        "textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 5}}
    )
    assert re.match(r"\*\*Semlens\*\* · Funktion `one` · \d+ Token ", hover["result"]["contents"]["value"])


def speaker(locale: str) -> Callable[[str], str]:
    words = Words()
    words.choose(locale)
    return words.say


def sources(package: Path, rooms: list[str]) -> Iterator[Path]:
    for room in rooms:
        yield from sorted((package / room).rglob("*.py")) if (package / room).is_dir() else [package / room]


def entry(template: str) -> str:
    """The entry of a table for a template of the sources: without what joins it to a sentence before it."""
    bare = re.sub(r"^[;, ]+|^\{0\} (?=[A-Z])", "", template)
    numbers: dict[str, int] = {}
    return re.sub(r"\{\w+\}", lambda mark: f"{{{numbers.setdefault(mark[0], len(numbers))}}}", bare)


def is_known(template: str, known: Container[str]) -> bool:
    return all(one in known for one in MADE_OF_PARTS.get(template, [entry(template)]))


def is_list(template: str) -> bool:
    """Whether a text is a list of short words, such as endings of files."""
    return len(template.split()) > 20 and not template.endswith(".")


def marks(text: str) -> list[str]:
    return sorted(re.findall(r"\{\d\}|`[^`]*`|semlens\.\w+|ulimit -\w", text))
