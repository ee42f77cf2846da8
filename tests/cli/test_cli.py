"""The command line as a person and a script see it: what it prints, and its exit status."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from semlens import cli
from semlens.cli import engine as asking
from semlens.cli.commands import bench, doctor, folders, token_view
from semlens.cli.commands import index as indexing
from semlens.cli.commands import tokens as counting
from semlens.core.embed import cross_encoder, weights
from semlens.core.pack.types import MIN_TOKENS
from semlens.core.store import layout
from semlens.core.text.printable import one_line, printable
from semlens.engine.client.client import EngineClient
from semlens.engine.client.engine_process import EngineProcess
from semlens.engine.wire import endpoint
from semlens.errors import FolderError, SemlensError
from semlens.private_files import discard
from semlens.process import spawn as processes
from semlens.protocol.bench import BenchAnswer, BenchDifference, BenchResult, BenchTrial, Interval
from semlens.protocol.editor import EngineStatus
from semlens.protocol.engine import StatusAnswer
from semlens.protocol.notifications import FolderStatus
from semlens.types import Report
from support.command_line import Ended, Run
from support.live import write

FILES = {
    "shop/cart.py": 'def total_price(items):\n    """Sum the items."""\n    return sum(map(price, items))\n',
    "shop/mail.py": "def send_receipt(address):\n    connect().deliver(address)\n",
    "notes.md": "# Parking\n\nWhere visitors leave their cars.\n",
    ".gitignore": "build/\n",
    "build/out.py": "def generated(): ...\n",
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An indexed workspace, its engine, and a data folder that holds nothing else."""
    base = tmp_path_factory.mktemp("cli")
    folder = base / "workspace"
    for path, content in FILES.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEMLENS_DATA_DIR", str(base / "data"))
        patch.setenv("SEMLENS_IDLE_MINUTES", "1")
        done = subprocess.run(
            [sys.executable, "-I", "-m", "semlens", "index", "--tier", "instant", str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(("3 files", "4 files"))
        yield folder
        running = endpoint.read(base / "data")
        if running is not None:
            EngineProcess.of(running, base / "data").kill()


@pytest.fixture
def indexed(shared: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEMLENS_DATA_DIR", str(shared.parent / "data"))
    return shared


# Wrong usage


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["index", "--tier", "wrong"],
        ["search"],
        ["search", "q", "--queries", "f"],
        ["search", "q", "--limit", "0"],
        ["search", "q", "--for-agent", "--json"],
        ["search", "q", "--max-tokens", "many"],
        ["search", "q", "--for-agent", "--explain"],
        ["search", "q", "--tiers", "lexical,wrong"],
        ["search", "q", "--kind", "wrong"],
        ["search", "--queries", "missing.txt"],
        ["tokens"],
        ["bench", "--questions", "3"],
        ["similar"],
        ["similar", "file.py", "--lines", "9-3"],
    ],
)
def test_wrong_usage_is_status_2_and_says_so_on_stderr(run: Run, arguments: list[str]) -> None:
    ended = run(*arguments)
    assert ended.status == 2
    assert ended.out == ""
    assert ended.err
    assert "Traceback" not in ended.err


def test_help_names_every_command(run: Run) -> None:
    ended = run("--help")
    assert ended.status == 0
    for command in (
        "index",
        "search",
        "tokens",
        "status",
        "doctor",
        "serve",
        "why",
        "bench",
        "similar",
        "forget",
        "mcp",
    ):
        assert f"\n  {command} " in ended.out


def test_version(run: Run) -> None:
    assert run("--version") == Ended(0, "semlens 0.1.0\n", "")


# Indexing


def test_indexing_reports_in_json(run: Run, indexed: Path) -> None:
    ended = run("index", indexed, "--tier", "instant", "--json")
    report = json.loads(ended.out)
    assert ended.status == 0
    assert report["folder"] == str(indexed)
    assert {"files", "chunks", "added", "changed", "removed", "skipped", "embedded", "reused"} < set(report)
    assert report["files"] >= 3
    assert report["added"] == report["embedded"] == 0
    assert report["seconds"] >= 0


def test_indexing_what_is_no_folder_is_status_1_and_one_line(run: Run, indexed: Path) -> None:
    ended = run("index", indexed / "nowhere")
    assert ended.status == 1
    assert ended.out == ""
    assert ended.err.startswith("semlens: ")
    assert ended.err.count("\n") == 1


def test_an_empty_folder_says_why_nothing_was_indexed(run: Run, indexed: Path, tmp_path: Path) -> None:
    ended = run("index", tmp_path, "--tier", "instant")
    assert ended.status == 0
    assert ended.out == f"0 files indexed in {tmp_path}: the folder holds no files.\n"


def test_the_most_frequent_reasons_are_named_when_nothing_was_indexed() -> None:
    report = Report(skipped=9, skipped_reasons={"is binary": 2, "is ignored by git": 7})
    assert indexing.describe(Path("/w"), report) == [
        "0 files indexed in /w: 9 left out: is ignored by git (7), is binary (2)."
    ]


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A child hears SIGINT even where these tests run in the background of a script, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_an_interrupted_command_is_one_line(indexed: Path, interruptible: None) -> None:
    search = ["search", "--queries", "-", "--no-wait", "--folder", str(indexed)]
    command = [sys.executable, "-I", "-m", "semlens", *search]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write("total_price\n" * 5000)
        process.stdin.close()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        assert process.stderr.read() == "semlens: Stopped; what was done is kept.\n"
    assert process.returncode == 130


def _stopped() -> None:
    raise KeyboardInterrupt


def _stopped_with_a_sentence() -> None:
    try:
        _stopped()
    except KeyboardInterrupt:
        raise SemlensError("What was done is kept.") from None


def _stopped_with_another_sentence() -> None:
    try:
        _stopped_with_a_sentence()
    except SemlensError:
        raise SemlensError("It goes on.") from None


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (_stopped, "Stopped."),
        (_stopped_with_a_sentence, "What was done is kept."),
        (_stopped_with_another_sentence, "It goes on."),
    ],
)
def test_what_ctrl_c_ends_has_the_status_of_that(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: Callable[[], None], said: str
) -> None:
    monkeypatch.setattr(cli, "_run", lambda arguments: command())
    ended = run("status")
    assert (ended.status, ended.err) == (130, f"semlens: {said}\n")


# Searching


def test_searching_prints_the_place_the_symbol_and_the_code(run: Run, indexed: Path) -> None:
    ended = run("search", "total_price", "--folder", indexed, "--no-wait", "-n", "1")
    assert ended.status == 0
    headline, code = ended.out.split("\n")[:2]
    assert "cart.py:1-3" in headline
    assert "total_price" in headline
    assert code.strip().startswith("1  def total_price")


def test_a_hit_says_why_it_was_found(run: Run, indexed: Path) -> None:
    search = ["search", "total_price of spinach", "--folder", indexed, "--no-wait", "-n", "1", "--explain"]
    out = run(*search).out
    assert "“total_price” is in its name, its code." in out
    assert "Not here: “spinach”." in out
    (hit,) = json.loads(run(*search, "--json").out)["hits"]
    assert hit["explanation"]["tiers"][0] == {
        "tier": "lexical",
        "strength": "best",
        "text": "By its words: the best match of all.",
    }


def test_an_answer_without_a_good_hit_says_why(run: Run, indexed: Path) -> None:
    search = ["search", "lang:markdown receit of boiled eggs", "-f", indexed, "--no-wait"]
    out = run(*search).out
    assert re.search(r"Searched 1 of 4 files of \w+: those that match lang:markdown\.", out)
    assert "In no file: “receit”, “boiled”, “eggs”." in out
    assert "Try: Ask for “receipt” instead of “receit”." in out
    told = json.loads(run(*search, "--json").out)["shortfall"]
    assert told["instead"] == "lang:markdown receipt of boiled eggs"


def test_near_copies_are_listed_and_are_an_exit_status(run: Run, indexed: Path) -> None:
    clean = run("duplicates", indexed, "--include", "notes.md")
    assert (clean.status, clean.out) == (0, "No near copies.\n")
    told = json.loads(run("duplicates", indexed, "--json").out)
    assert told["total"] == len(told["groups"])


def test_a_folder_is_no_file_and_a_whole_disk_no_project(run: Run, indexed: Path) -> None:
    for command in (("compare", indexed, indexed / "notes.md"), ("similar", indexed)):
        ended = run(*command)
        assert ended.status == 1 and "is a folder: name a file in it." in ended.err
    top = Path(indexed.anchor)
    ended = run("why", top)
    assert ended.status == 1 and "too large to be a project" in ended.err


def test_folders_that_share_files_have_each_place_once(run: Run, indexed: Path, tmp_path: Path) -> None:
    whole, link = write(tmp_path / "whole", FILES), tmp_path / "link"
    link.symlink_to(whole)
    for roots in (
        [whole, whole],
        [whole, f"{whole}/shop/.."],
        [link, whole],
        [whole, whole / "shop"],
        [whole / "shop", link],
    ):
        where = [part for folder in roots for part in ("-f", folder)]
        for query in ("total_price", "deliver the bill"):
            hits = json.loads(run("search", query, *where, "--no-wait", "--json").out)["hits"]
            found = [(Path(hit["folder"], hit["path"]), hit["startLine"]) for hit in hits]
            assert found and len(found) == len(set(found)), roots
    packed = run("search", "total_price", *where, "--no-wait", "--for-agent").out
    assert packed.count("def total_price") == 1


def test_searching_in_json_is_one_line_with_everything(run: Run, indexed: Path) -> None:
    ended = run("search", "total_price", "-f", indexed, "--no-wait", "--json")
    assert ended.out.count("\n") == 1
    found = json.loads(ended.out)
    assert set(found) == {"query", "hits", "coverage", "elapsedMs", "notices", "weak"}
    assert set(found["coverage"]) == {"files", "chunks", "lexical", "instant", "deep", "second", "shared"}
    hit = found["hits"][0]
    assert hit["path"] == "shop/cart.py"
    assert (hit["startLine"], hit["endLine"]) == (1, 3)
    assert hit["symbol"]["name"] == "total_price"
    assert {"score", "language", "preview", "stale", "reasons"} < set(hit)
    assert "explanation" not in hit


@pytest.mark.parametrize(
    ("question", "first", "said"),
    [
        ("-lang:python where visitors leave their cars", "notes.md", ""),
        ("lang:pyton total_price", "shop/cart.py", "No file is in lang:pyton. Did you mean lang:python?"),
        ("path:notes.md cars", "notes.md", ""),
        (
            "level=error kind:Pod path:/api/v1 is:healthy address deliver connect",
            "shop/mail.py",
            "path:/api/v1",
        ),
    ],
)
def test_filters_of_a_question(run: Run, indexed: Path, question: str, first: str, said: str) -> None:
    ended = run("search", question, "-f", indexed, "--no-wait", "-n", "1")
    assert ended.status == 0 and first in ended.out and said in ended.out
    found = json.loads(run("search", question, "-f", indexed, "--no-wait", "--json").out)
    assert [notice["text"][: len("No file")] for notice in found["notices"]] == ["No file"] * bool(said)


def test_an_answer_that_matches_nothing_well_says_so(run: Run, indexed: Path) -> None:
    for question in ("vycf jyai wqk", "?!", "gdzie sprawdzane jest hasło"):
        ended = run("search", question, "-f", indexed, "--no-wait", "-n", "1")
        assert ended.status == 0 and ended.out.startswith("Nothing matches well. The nearest:\n 1. ")
        assert json.loads(run("search", question, "-f", indexed, "--no-wait", "--json").out)["weak"] is True
    sure = run("search", "total_price", "-f", indexed, "--no-wait", "-n", "1")
    assert "Nothing matches well" not in sure.out


def test_a_question_in_another_language_and_a_long_one_say_how_they_were_read(
    run: Run, indexed: Path
) -> None:
    out = run("search", "Wo wird der Gesamtpreis berechnet?", "-f", indexed, "--no-wait", "-n", "1").out
    assert "Questions in English are understood best. This one was read as: " in out and "cart.py" in out
    out = run("search", "deliver the address " * 1_500, "-f", indexed, "--no-wait", "-n", "1").out
    assert "names and files in it" in out


def test_each_line_of_a_file_of_queries_is_answered_in_order(run: Run, indexed: Path, tmp_path: Path) -> None:
    queries = tmp_path / "queries.txt"
    queries.write_text("total_price\n\n  send_receipt  \n")
    ended = run("search", "--queries", queries, "-f", indexed, "--no-wait", "--json", "-n", "1")
    answers = [json.loads(line) for line in ended.out.splitlines()]
    assert [answer["query"] for answer in answers] == ["total_price", "send_receipt"]
    assert [answer["hits"][0]["path"] for answer in answers] == ["shop/cart.py", "shop/mail.py"]


def test_a_line_that_makes_no_sense_has_its_error_and_the_others_their_answers(
    run: Run, indexed: Path, tmp_path: Path
) -> None:
    queries = tmp_path / "queries.txt"
    queries.write_text("total_price\n-path:x\nsend_receipt\n-is:test lang:go\n")
    search = ["search", "--queries", queries, "-f", indexed, "--no-wait"]
    ended = run(*search, "--json", "-n", "1")
    answers = [json.loads(line) for line in ended.out.splitlines()]
    assert ["error" in answer for answer in answers] == [False, True, False, True]
    assert [answer["query"] for answer in answers] == queries.read_text().splitlines()
    assert all(answer["error"].endswith(".") for answer in (answers[1], answers[3]))
    said = "semlens: Queries without an answer: 2 of 4. The output says why.\n"
    assert (ended.status, ended.err) == (2, said)
    for form in ([], ["--for-agent"]):
        ended = run(*search, *form)
        assert (ended.status, ended.err) == (2, said)
        assert "-path:x\n" in ended.out and answers[1]["error"] in ended.out and "mail.py" in ended.out
    queries.write_text("-path:x\n")  # a single line is a line all the same
    ended = run(*search, "--json")
    assert ended.status == 2 and json.loads(ended.out)["error"]
    alone = run("search", "-path:x", "-f", indexed)
    assert (alone.status, alone.out) == (2, "")


@pytest.mark.parametrize(
    "words", [["send", "receipt", "now"], ["send receipt", "now"], ["send", "-lang:go", "receipt"]]
)
def test_several_words_are_one_question(run: Run, indexed: Path, words: list[str]) -> None:
    options = ["-f", indexed, "--no-wait", "--json"]
    (one,) = (json.loads(line) for line in run("search", *words, *options).out.splitlines())
    assert one["query"].split() == " ".join(words).split()
    assert one["hits"] and one["hits"] == json.loads(run("search", " ".join(words), *options).out)["hits"]


@pytest.mark.parametrize("least", [50, MIN_TOKENS - 1])
def test_a_budget_that_holds_no_answer_is_refused_by_the_name_of_the_option(
    run: Run, indexed: Path, least: int
) -> None:
    ended = run("search", "x", "-f", indexed, "--max-tokens", str(least))
    assert ended.status == 2 and "--max-tokens" in ended.err and str(MIN_TOKENS) in ended.err
    assert (
        run("search", "total_price", "-f", indexed, "--no-wait", "--max-tokens", str(MIN_TOKENS)).status == 0
    )


@pytest.mark.parametrize(
    ("word", "meant"), [("instal", "install"), ("instructons", "instructions"), ("uninstal", "uninstall")]
)
def test_a_mistyped_command_of_mcp_is_no_folder(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str, meant: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = run("mcp", word, "cursor")
    said = f"semlens: {word} is neither a command nor a folder: did you mean semlens mcp {meant}?\n"
    assert (ended.status, ended.err) == (2, said)
    assert run("mcp", "nowhere").err == "semlens: nowhere is not a folder.\n"


def test_the_indexed_folder_around_the_current_one_is_searched(
    run: Run, indexed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(indexed / "shop")
    ended = run("search", "send_receipt", "--no-wait", "-n", "1", "--tiers", "lexical")
    assert " mail.py:1-2" in ended.out


@pytest.mark.parametrize("named", ["by an option", "as the current one", "for an agent"])
def test_a_folder_that_was_never_indexed_is_indexed_and_answers(
    run: Run, indexed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    folder = tmp_path / "never seen"
    folder.mkdir()
    (folder / "cart.py").write_text("def total_price(items): return sum(items)\n", "utf-8")
    monkeypatch.chdir(folder)
    options = {"by an option": ["--folder", str(folder)], "for an agent": ["--for-agent"]}
    where = options.get(named, [])
    ended = run("search", "total_price", "-n", "1", *where)
    assert ended.status == 0 and "cart.py:1" in ended.out
    assert ended.err.startswith("semlens: 1 file read in ") and str(folder) in ended.err
    again = run("search", "total_price", "-n", "1", "--no-wait", *where)
    assert again.status == 0 and " read in " not in again.err


@pytest.mark.parametrize("command", [["search", "anything", "--folder"], ["duplicates"]])
def test_an_empty_folder_has_nothing_to_show_which_is_no_failure(
    run: Run, indexed: Path, tmp_path: Path, command: list[str]
) -> None:
    ended = run(*command, tmp_path)
    assert (ended.status, ended.out[:3]) == (0, "No ")
    assert ended.err == f"semlens: There is nothing to search in {tmp_path}: the folder holds no files.\n"
    for again in (run(*command, tmp_path), run(*command, tmp_path, "--json")):
        assert (again.status, again.err) == (0, "")
    assert json.loads(again.out)["coverage"]["files"] == 0


def test_an_answer_about_an_empty_folder_says_what_to_do(run: Run, indexed: Path, tmp_path: Path) -> None:
    out = run("search", "anything", "--folder", tmp_path).out
    assert (
        out
        == f"No hits.\nNo file of {tmp_path.name} can be searched.\nTry: Search a folder that has files.\n"
    )
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    run("index", tmp_path)
    out = run("search", "anything", "--folder", tmp_path).out
    assert "\nLeft out: 1 × " in out and out.endswith("\nTry: See which files are left out, and why.\n")
    agent = run("search", "anything", "--folder", tmp_path, "--for-agent")
    assert agent.status == 0 and "Nothing is indexed here" in agent.out


def test_an_option_that_leaves_no_file_is_named(run: Run, indexed: Path) -> None:
    for option in (["--language", "klingon"], ["--include", "nothere/**"]):
        out = run("search", "total price", "-f", indexed, "--no-wait", *option).out
        assert "No hits.\n" in out and option[1] in out
        assert "matches what the search is limited to, so none was searched." in out
        assert "All " not in out
        assert out.endswith("\nTry: Leave out what the search is limited to, or correct the spelling.\n")


@pytest.mark.parametrize("place", ["home", "the root"])
def test_a_whole_disk_is_not_indexed_unasked(
    run: Run, indexed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    folder = tmp_path if place == "home" else Path(tmp_path.anchor)
    monkeypatch.chdir(folder)
    ended = run("search", "anything")
    said = f"{folder} is too large to be a project: name a folder in it."
    assert ended == Ended(1, "", f"semlens: {said}\n")
    assert run("index", folder).err == ended.err


@pytest.mark.parametrize(
    ("state", "message", "said"),
    [
        (
            "indexing",
            "Indexing 3 of 50 files",
            "is being indexed (Indexing 3 of 50 files); ask again in a moment.",
        ),
        ("rebuilding", "Indexing 9 of 50 files", "is being indexed (Indexing 9 of 50 files); ask again"),
        ("error", "The disk is full.", "yet. The disk is full."),
        ("paused", "Indexing is paused.", "yet. Indexing is paused."),
    ],
)
async def test_searching_what_is_being_indexed_says_so(
    tmp_path: Path, state: Any, message: str, said: str
) -> None:
    class Engine:
        async def request(self, request: object) -> StatusAnswer:
            folder = FolderStatus(str(tmp_path), state, message)
            return StatusAnswer([folder], EngineStatus(1, "1", 1), [], "", 0)

    engine = cast(EngineClient, Engine())
    with pytest.raises(FolderError) as refused:
        await folders.check_all_is_read(engine, [str(tmp_path)])
    assert said in str(refused.value)


async def test_searching_what_is_unknown_says_so_and_what_is_empty_does_not(tmp_path: Path) -> None:
    class Engine:
        def __init__(self, *known: FolderStatus) -> None:
            self._known = [*known]

        async def request(self, request: object) -> StatusAnswer:
            return StatusAnswer(self._known, EngineStatus(1, "1", 1), [], "", 0)

    with pytest.raises(FolderError, match="run: semlens index "):
        await folders.check_all_is_read(cast(EngineClient, Engine()), [str(tmp_path)])
    empty = Engine(FolderStatus(str(tmp_path), "empty", "0 files indexed."))
    await folders.check_all_is_read(cast(EngineClient, empty), [str(tmp_path)])


@pytest.mark.parametrize("content", [b"", b"/elsewhere", b"\0\xff"])
def test_a_folder_is_known_even_if_its_name_is_damaged(
    run: Run, indexed: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    data_dir = endpoint.default_data_dir()
    name = layout.workspace_dir(data_dir, indexed) / "folder"
    name.write_bytes(content)
    monkeypatch.chdir(indexed / "shop")
    ended = run("search", "send_receipt", "--no-wait", "-n", "1", "--tiers", "lexical")
    assert " mail.py:1-2" in ended.out
    layout.workspace_dir(data_dir, indexed)


def test_filters_reach_the_engine(run: Run, indexed: Path) -> None:
    found = run("search", "total price cart", "-f", indexed, "--no-wait", "--json", "--language", "markdown")
    assert {hit["language"] for hit in json.loads(found.out)["hits"]} <= {"markdown"}
    found = run("search", "total price", "-f", indexed, "--no-wait", "--json", "--exclude", "shop/**")
    assert all(not hit["path"].startswith("shop/") for hit in json.loads(found.out)["hits"])


def test_an_agent_gets_numbered_lines_within_its_budget(run: Run, indexed: Path) -> None:
    ended = run("search", "total_price", "-f", indexed, "--no-wait", "--for-agent")
    assert ended.status == 0
    assert ended.out.startswith(f"root {indexed}\n\nshop/cart.py:1-3 · function total_price")
    assert "\n1 def total_price(items):\n" in ended.out
    few = run("search", "total_price", "-f", indexed, "--no-wait", "--max-tokens", "100")
    assert len(few.out) < len(ended.out) or few.out == ended.out
    assert run("search", "x", "-f", indexed, "--max-tokens", "3").status == 2


def test_two_questions_of_an_agent_are_told_apart(run: Run, indexed: Path, tmp_path: Path) -> None:
    queries = tmp_path / "queries.txt"
    queries.write_text("total_price\nsend_receipt\n")
    ended = run("search", "--queries", queries, "-f", indexed, "--no-wait", "--for-agent")
    assert [line for line in ended.out.split("\n") if line.startswith("query ")] == [
        "query total_price",
        "query send_receipt",
    ]


# Everything else


def test_status_names_the_folders_and_the_engine(run: Run, indexed: Path) -> None:
    assert f"{indexed}: " in run("status").out
    found = json.loads(run("status", "--json").out)
    assert str(indexed) in [folder["folder"] for folder in found["folders"]]
    assert found["engine"]["memoryBytes"] > 0
    assert found["diskBytes"] > 0


def test_status_names_folders_that_are_not_in_use_too(run: Run, indexed: Path, tmp_path: Path) -> None:
    private = layout.workspace_dir(endpoint.default_data_dir(), tmp_path)
    try:
        found = json.loads(run("status", "--json").out)
        assert str(tmp_path) in found["resting"] and str(indexed) not in found["resting"]
        known = {one["folder"]: one for one in found["indexed"]}
        assert known[str(indexed)]["open"] and known[str(indexed)]["diskBytes"] > 0
        assert known[str(tmp_path)]["chunks"] is None and not known[str(tmp_path)]["open"]
        assert f"{tmp_path}: indexed, not in use, unfinished or damaged, " in run("status").out
    finally:
        discard(private)


def test_why_of_a_missing_file_is_status_1(run: Run, indexed: Path) -> None:
    ended = run("why", indexed / "gone.py")
    assert (ended.status, ended.out) == (1, "")
    assert f"There is no file {indexed / 'gone.py'}" in ended.err


def test_why_names_the_rule(run: Run, indexed: Path) -> None:
    assert run("why", indexed / "shop" / "cart.py").out == f"{indexed / 'shop' / 'cart.py'} is indexed.\n"
    out = run("why", indexed / "build" / "out.py").out
    assert "is not indexed: it " in out
    assert "build/" in out
    assert ".gitignore:1" in out


def test_two_pieces_of_code_are_compared(run: Run, indexed: Path) -> None:
    places = (f"{indexed}/shop/cart.py:1-3", f"{indexed}/shop/mail.py")
    out = run("compare", *places, "--tiers", "instant").out
    assert re.match(r"semlens-instant: cosine -?\d\.\d\d\n", out)  # too few chunks for a rank
    assert "cart.py:1-3: " in out and re.search(r"\w+ [+-]0\.\d{3}", out)
    (model,) = json.loads(run("compare", *places, "--tiers", "instant", "--json").out)["models"]
    assert sum(word["share"] for word in model["one"]) == pytest.approx(model["cosine"], abs=1e-5)
    assert "no code in these lines" in run("compare", f"{indexed}/shop/cart.py:90", places[1]).err
    assert "There is no file" in run("compare", f"{indexed}/shop/none.py:2", places[1]).err


def test_tokens_are_those_of_the_models(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def hello():\n    return 'world'\n")
    (tmp_path / "b.md").write_text("# Title\n" + "word " * 600)
    (tmp_path / "c.txt").write_text("word " * 20_000)
    files = (tmp_path / "a.py", tmp_path / "b.md", tmp_path / "c.txt")
    short, long, cut = json.loads(run("tokens", "--json", *files).out)["files"]
    assert [count["tokenizer"] for count in short["counts"]] == [
        "all-MiniLM-L6-v2",
        "o200k_base",
        "cl100k_base",
    ]
    assert (short["chunks"], short["truncated"]) == (1, False)
    assert long["counts"][0]["tokens"] > long["counts"][0]["limit"]
    assert long["chunks"] > 1 and not long["truncated"]
    assert (cut["chunks"], cut["truncated"]) == (64, True)
    table = run("tokens", tmp_path / "a.py", tmp_path / "b.md").out.splitlines()
    assert len(table) == 4
    assert table[-1].endswith("in all")


def test_tokens_in_the_tokenizers_that_are_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def hello():\n    return 'world'\n")
    counted = run("tokens", "--json", "-t", "word", "-t", "cl100k_base", tmp_path / "a.py")
    (file,) = json.loads(counted.out)["files"]
    assert [(count["tokenizer"], count["tokens"]) for count in file["counts"][1:]] == [
        ("word", 9),
        ("cl100k_base", 8),
    ]
    (tmp_path / "more").mkdir()
    (tmp_path / "more/b.py").write_text("x = 1\n")
    names = ("-t", "word", "-t", "cl100k_base")
    head, *rows = [line.split() for line in run("tokens", *names, tmp_path).out.splitlines()]
    assert head == ["word", "cl100k_base"]
    assert rows[:2] == [["9", "8", "a.py"], ["3", "5", "more/"]] and rows[2][:2] == ["12", "13"]
    (folder,) = json.loads(run("tokens", "--json", *names, tmp_path).out)["folders"]
    assert [(one["tokenizer"], one["tokens"]) for one in folder["counts"]] == [
        ("word", 12),
        ("cl100k_base", 13),
    ]
    assert run("tokens", tmp_path).out.splitlines()[0].split() == ["o200k_base"]
    model = "all-MiniLM-L6-v2"
    both = run("tokens", "--json", "-t", model, "--budget", "9", tmp_path / "a.py", tmp_path / "more")
    told = json.loads(both.out)
    (of_file,), (of_folder,) = told["files"][0]["counts"], told["folders"][0]["counts"]
    assert of_file["tokenizer"] == of_folder["tokenizer"] == model
    assert told["budget"]["used"] == of_file["tokens"] + of_folder["tokens"]
    unknown = run("tokens", "-t", "no_such", tmp_path / "a.py")
    assert unknown.status == 2 and "Choose one of" in unknown.err
    absent = run("tokens", "-t", "llama3", tmp_path / "a.py")
    assert absent.status == 1 and "semlens tokenizers get llama3" in absent.err


@pytest.mark.parametrize(
    ("named", "together"),
    [
        (["a.py", "a.py"], 9),
        (["a.py", "./a.py"], 9),
        (["a.py", "link.py"], 9),
        (["a.py", "more/b.py", "more/../a.py"], 12),
        ([".", "a.py"], 12),
        ([".", "more"], 12),
        (["more", ".", "more/b.py"], 12),
        (["more", "folder-link"], 3),
        (["more", "more"], 3),
        (["a.py", "more"], 12),
        (["a.py", "~x"], 10),
    ],
)
def test_what_is_named_twice_costs_once(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: list[str], together: int
) -> None:
    (tmp_path / "a.py").write_text("def hello():\n    return 'world'\n")
    (tmp_path / "more").mkdir()
    (tmp_path / "more/b.py").write_text("x = 1\n")
    (tmp_path / "~x").write_text("x\n")
    (tmp_path / ".semlensignore").write_text("~x\n.semlensignore\n")
    (tmp_path / "link.py").symlink_to("a.py")
    (tmp_path / "folder-link").symlink_to("more")
    monkeypatch.chdir(tmp_path)
    told = json.loads(run("tokens", "--json", "-t", "word", "--budget", "99", *named).out)
    assert told["budget"]["used"] == together
    if len(set(map(Path, named))) > 1:
        both = json.loads(run("tokens", "--json", "-t", "word", *named).out)["together"]
        assert both == {"tokenizer": "word", "tokens": together}
    last = run("tokens", "-t", "word", *named).out.splitlines()[-1].split()
    assert str(together) in last[:2]
    few = json.loads(run("tokens", "--json", "-t", "word", "--budget", "3", *named).out)["budget"]
    assert len(few.get("fitting", [])) <= 1


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_end_of_a_line_is_one_sign_in_files_and_folders(run: Run, tmp_path: Path, end: str) -> None:
    code = "def hello():\n    return 'world'\n\n\nhello()\n"
    (tmp_path / "a.py").write_bytes(code.replace("\n", end).encode())
    (folder,) = json.loads(run("tokens", "--json", tmp_path).out)["folders"]
    (file,) = json.loads(run("tokens", "--json", tmp_path / "a.py").out)["files"]
    assert file["counts"][1]["tokens"] == folder["counts"][0]["tokens"] > 8
    (shown,) = json.loads(run("tokens", "--show", "--json", tmp_path / "a.py").out)["files"]
    assert "".join(token["text"] for token in shown["tokens"]) == code


def test_a_budget_is_kept_or_not(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def hello():\n    return 'world'\n")
    fits = run("tokens", "-t", "word", "--budget", "10", tmp_path / "a.py")
    assert (fits.status, fits.out.splitlines()[-1]) == (0, "9 of 10 tokens in word: it fits, with 1 left.")
    (tmp_path / "b.py").write_text("x = 1\n")
    over = run("tokens", "-t", "word", "--budget", "10", tmp_path)
    assert (over.status, over.out.splitlines()[-1]) == (1, "12 of 10 tokens in word: 2 too many.")
    assert f"1 of 2 files fit together, source first:\n{tmp_path / 'b.py'}\n" in over.out
    found = json.loads(run("tokens", "--json", "--budget", "10", "-t", "word", tmp_path).out)["budget"]
    assert found == {
        "tokenizer": "word",
        "tokens": 10,
        "used": 12,
        "fits": False,
        "fitting": [str(tmp_path / "b.py")],
    }


def test_tokens_are_shown_one_by_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 'é'\n", encoding="utf-8")
    lines = run("tokens", "--show", "-t", "o200k_base", tmp_path / "a.py").out.splitlines()
    assert lines[0].endswith("a.py: 5 tokens in o200k_base (byte-level BPE)")
    assert [line.split("  ")[-1] for line in lines[1:]] == [
        "'x'",
        "' ='",
        '" \'"',
        "'é'",
        '"\'\\n"',
    ]
    (shown,) = json.loads(run("tokens", "--show", "--json", tmp_path / "a.py").out)["files"]
    assert "".join(token["text"] for token in shown["tokens"]) == "x = 'é'\n"


def test_tokens_have_colours_on_a_terminal_unless_it_wants_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    token_view.show([tmp_path / "a.py"], ["word"], False)
    assert "\x1b[" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    token_view.show([tmp_path / "a.py"], ["word"], False)
    out = capsys.readouterr().out
    assert "\x1b[" not in out and "'x'" in out


def test_a_tokenizer_is_trained_and_named(run: Run, tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"{number}.py").write_text(f"def hello_{number}():\n    return 'world'\n" * 20)
    trained = run("tokenizers", "train", tmp_path, "--name", "mine", "--vocabulary", "300")
    assert trained.status == 0, trained.err
    assert "mine has " in trained.out and "20 files" in trained.out
    listed = json.loads(run("tokenizers", "list", "--json").out)["tokenizers"]
    assert {"name": "mine", "here": True}.items() <= listed[-1].items()
    assert run("tokens", "-t", "mine", tmp_path / "1.py").status == 0
    refused = run("tokenizers", "train", tmp_path, "--name", "llama3")
    assert refused.status == 2 and "choose another name" in refused.err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_tokens_read_any_encoding(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "text"
    file.write_bytes("größe\r\n".encode(encoding))
    assert counting.read_text(file) == "größe\n"


def test_tokens_of_a_missing_file_is_status_1(run: Run, tmp_path: Path) -> None:
    ended = run("tokens", tmp_path / "missing")
    assert ended == Ended(
        1, "", f"semlens: {tmp_path / 'missing'} cannot be read: No such file or directory.\n"
    )


def test_doctor_finds_nothing_wrong_here(run: Run, indexed: Path) -> None:
    found = json.loads(run("doctor", "--json").out)["findings"]
    checks = ["Python", "packages", "model", "instant model", "rerank model", "data folder", "disk space"]
    checks += ["log", "engine", "team", "seen whole"]
    assert [finding["name"] for finding in found] == checks
    assert [finding for finding in found if not finding["ok"] and finding["name"] != "disk space"] == []


def test_doctor_and_status_say_what_other_versions_have_left(run: Run, indexed: Path) -> None:
    left = endpoint.default_data_dir() / "vectors.db.v7"
    left.write_bytes(bytes(3_000_000))
    said = f"Vectors of another version of Semlens are kept, 3 MB: delete {left} if you do not go back"
    try:
        assert said in run("status").out
        assert said in json.loads(run("status", "--json").out)["notice"]
        assert said in run("doctor").out
    finally:
        left.unlink()
    assert "another version" not in run("status").out


def test_doctor_says_what_the_model_cannot_see_whole_in_this_folder(
    run: Run, indexed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(indexed)
    assert re.search(rf"seen whole: in {re.escape(str(indexed))} nothing is cut off[;,] ", run("doctor").out)
    monkeypatch.chdir(tmp_path)
    assert "seen whole: run this in an indexed folder" in run("doctor").out


def test_doctor_says_that_the_log_cannot_be_written(
    run: Run, indexed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "log_file", lambda data_dir: tmp_path)
    assert "Semlens works without it. Delete it" in run("doctor").out


@pytest.mark.parametrize("damage", ["altered", "cut off", "missing", "without its folder"])
def test_doctor_finds_a_damaged_cross_encoder(
    run: Run, indexed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    folder = tmp_path / "rerank"
    if damage != "without its folder":
        shutil.copytree(weights.RERANK_SHIPPED, folder)
        file = folder / "model.safetensors"
        content = file.read_bytes()
        file.unlink()
        if damage != "missing":
            file.write_bytes(content[:-1] if damage == "cut off" else content[:-1] + b"?")
    for module in (weights, cross_encoder):
        monkeypatch.setattr(module, "RERANK_SHIPPED", folder)
    ended = run("doctor")
    assert ended.status == 1
    (line,) = [line for line in ended.out.splitlines() if "rerank model:" in line]
    assert line.startswith("PROBLEM") and "semlens-rerank" in line
    assert line.endswith("Install Semlens again. Search works without it.")


def test_doctor_says_what_to_do(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("SEMLENS_DATA_DIR", str(tmp_path / "file" / "data"))
    monkeypatch.setattr(doctor, "NEWEST_PYTHON", (3, 9))
    monkeypatch.setattr(doctor, "_is_installed", lambda name: name != "tantivy")
    ended = run("doctor")
    assert ended.status == 1
    problems = [line for line in ended.out.splitlines() if line.startswith("PROBLEM")]
    assert [line.split(":")[0].split("  ")[1] for line in problems] == [
        "Python",
        "packages",
        "data folder",
        "engine",
    ]
    assert "missing: tantivy." in problems[1]
    assert problems[2].endswith("Make it writable, or name another one in SEMLENS_DATA_DIR.")


def test_what_is_unexpected_is_one_line_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("first\nsecond")

    monkeypatch.setattr("semlens.cli.commands.status.status", fail)
    ended = run("status")
    assert ended.status == 1
    assert ended.err.count("\n") == 1
    assert "Traceback" not in ended.err


def test_a_reader_that_has_enough_is_no_error(indexed: Path) -> None:
    command = [sys.executable, "-I", "-m", "semlens", "status"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


def test_what_a_file_contains_does_not_steer_the_terminal() -> None:
    assert printable("a\x1b[2Jb\u202ec\rd\te\n") == "a\ufffd[2Jb\ufffdc\ufffdd\te\n"


def test_keys_are_camel_case_but_reasons_are_texts() -> None:
    report = {"elapsed_ms": 1, "skipped_reasons": {"a_b c": 1}, "hits": [{"start_line": 1}]}
    assert asking.camel(report) == {
        "elapsedMs": 1,
        "skippedReasons": {"a_b c": 1},
        "hits": [{"startLine": 1}],
    }


# How processes start


def test_a_hostile_workspace_runs_no_code_in_a_process_of_ours(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    evil = f"open({str(marker)!r}, 'w').close()"
    for name in ("sitecustomize.py", "usercustomize.py", "typer.py", "asyncio.py", "json.py", "semlens.py"):
        (tmp_path / name).write_text(evil)
    hostile = {
        **os.environ,
        "PYTHONPATH": str(tmp_path),
        "PYTHONSTARTUP": str(tmp_path / "json.py"),
        "PYTHONHOME": "",
        "PYTHONUSERBASE": str(tmp_path),
    }
    done = subprocess.run(
        processes.command("semlens", "--version"), cwd=tmp_path, env=hostile, capture_output=True, check=True
    )
    assert done.stdout.startswith(b"semlens")
    assert not marker.exists()


def test_the_environment_of_our_processes_is_chosen() -> None:
    separator = os.pathsep
    here = os.path.abspath(os.sep)
    given = {
        "HOME": "/h",
        "LC_ALL": "C",
        "SEMLENS_DATA_DIR": "/d",
        "PATH": f"{here}bin{separator}{separator}.{separator}bin",
        "PYTHONPATH": "/evil",
        "LD_PRELOAD": "/evil.so",
        "CHROMA_SERVER_AUTHN_PROVIDER": "evil.Class",
        "HF_HUB_OFFLINE": "0",
        "AWS_SECRET_ACCESS_KEY": "s",
        "NODE_OPTIONS": "--require evil",
    }
    kept = processes.environment(given)
    assert kept["PATH"] == f"{here}bin"
    assert (kept["HOME"], kept["LC_ALL"], kept["SEMLENS_DATA_DIR"]) == ("/h", "C", "/d")
    assert kept["HF_HUB_OFFLINE"] == "1"
    assert kept["ANONYMIZED_TELEMETRY"] == "False"
    assert not {"PYTHONPATH", "LD_PRELOAD", "AWS_SECRET_ACCESS_KEY", "NODE_OPTIONS"} & set(kept)
    assert not [name for name in kept if name.startswith("CHROMA")]


@pytest.mark.skipif(sys.platform == "win32", reason="niceness")
def test_a_child_runs_at_low_priority(tmp_path: Path) -> None:
    child = processes.start_child("semlens.engine", data_dir=tmp_path)
    niceness = os.getpriority(os.PRIO_PROCESS, child.pid)
    child.kill()
    child.communicate()
    assert niceness == processes.LOW_PRIORITY


# Similar code


def test_code_like_some_lines_is_found_without_them_and_copies_come_last(run: Run, indexed: Path) -> None:
    steps = "".join(f"    parcel = wrap(parcel, paper[{row}], ribbon[{row}])\n" for row in range(9))
    files = [indexed / "shop" / f"{name}.py" for name in ("wrapping", "packing")]
    for file in files:
        file.write_text(f"def {file.stem}(parcel, paper, ribbon):\n{steps}    return parcel\n")
    assert run("index", indexed, "--tier", "instant").status == 0
    ended = run("similar", files[0], "--lines", "1-11", "--json")
    found = json.loads(ended.out)
    assert (ended.status, found["path"], found["endLine"]) == (0, "shop/wrapping.py", 11)
    paths = [hit["path"] for hit in found["hits"]]
    assert paths[-1] == "shop/packing.py" and "shop/wrapping.py" not in paths
    shown = run("similar", files[0]).out.splitlines()
    assert "packing.py" in shown[shown.index("Copies") + 1]
    for file in files:
        file.unlink()
    assert run("index", indexed, "--tier", "instant").status == 0


# Measuring


def test_a_folder_with_too_few_docstrings_cannot_be_measured_and_says_so(run: Run, indexed: Path) -> None:
    ended = run("bench", indexed)
    assert (ended.status, ended.out) == (1, "")
    assert ended.err.count("\n") == 1 and "functions whose docstrings ask for them" in ended.err


def test_figures_are_a_table_with_a_row_for_each_tier_and_model(capsys: pytest.CaptureFixture[str]) -> None:
    lexical = BenchResult("lexical", None, 0.5, 0.4, 0.6, 1.0, *[Interval(0.25, 0.75)] * 4)
    deep = BenchResult("deep", "small", 0.5, 0.4, 0.6, 1.0, *[Interval(0.3, 0.7)] * 4)
    trials = [
        BenchTrial("small", 7, 61.7, [lexical, deep]),
        BenchTrial("large-model", 7, 61.7, [lexical], "It is broken."),
    ]
    gain = BenchDifference("all", "small", "lexical+instant", None, 0.04, Interval(-0.01, 0.09), True)
    bench.show(Path("/src/shop"), BenchAnswer(12, 3, 0, trials, [gain]))
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "12 questions from docstrings, 3 files, 7 chunks: /src/shop".split()
    shown = "lexical 0.500 (0.25-0.75) 40% (25-75) 60% (25-75) 100% (25-75)".split()
    assert lines.count(shown) == 1
    assert "deep small 0.500 (0.30-0.70) 40% (30-70) 60% (30-70) 100% (30-70) 62 s".split() in lines
    said = "all with small against lexical+instant: +0.040 MRR (-0.010 to +0.090)"
    assert f"{said}, the difference is within chance.".split() in lines
    assert "large-model: It is broken.".split() in lines


# What was never indexed


def test_a_folder_that_is_not_there_is_not_listed_as_indexed(run: Run, indexed: Path, tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    ended = run("index", missing)
    assert (ended.status, ended.err) == (
        1,
        f"semlens: {missing} is not a folder. Give a folder that exists.\n",
    )
    assert str(missing) not in run("status").out


def test_a_question_why_leaves_no_trace_of_a_folder_that_was_never_indexed(
    run: Run, indexed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = write(
        tmp_path / "new", {"note.txt": "x\n", "inner/add.py": "def add(a, b):\n    return a + b\n"}
    )
    monkeypatch.chdir(project)
    ended = run("why", "note.txt")
    assert ended.status == 1 and f"Nothing is indexed in {project}" in ended.err
    assert str(project) not in run("status").out
    ended = run("similar", project / "note.txt")
    assert ended.status == 1 and "semlens index" in ended.err
    monkeypatch.chdir(project / "inner")
    assert "add.py:1" in run("search", "add").out


@pytest.mark.parametrize("command", ["index", "search x -f"])
def test_a_whole_disk_and_the_home_are_no_project(run: Run, indexed: Path, command: str) -> None:
    for folder in (Path(indexed.anchor), Path.home()):
        ended = run(*command.split(), folder)
        assert ended.status == 1 and f"{folder} is too large to be a project" in ended.err
        assert f"{folder}: " not in run("status").out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_behind_the_output_is_one_sentence(indexed: Path, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-I", "-m", "semlens", "tokens", str(tmp_path / "a.py")]
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr == "semlens: The output cannot be written: No space left on device.\n"


def test_why_knows_a_file_by_any_of_its_paths(
    run: Run, indexed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(indexed)
    (tmp_path / "beside").mkdir()
    monkeypatch.chdir(tmp_path / "beside")
    up = os.path.relpath(indexed, tmp_path / "beside")
    for file in (f"{up}/shop/cart.py", f"{up}/shop/../shop/cart.py", "../link/shop/cart.py"):
        assert run("why", file).out.endswith("shop/cart.py is indexed.\n")
    for folder in (up, f"{up}/shop", f"{up}/shop/..", "../link"):
        assert run("why", folder).out.endswith(" is indexed.\n")
    assert "is not indexed: it" in run("why", f"{up}/build").out
    # Outside of every indexed folder, a link stands for what it leads to.
    (tmp_path / "inside").symlink_to(indexed / "shop")
    assert run("why", "../inside").out.endswith("inside is indexed.\n")


def test_a_link_and_an_empty_folder_in_an_indexed_one_are_not_indexed(
    run: Run, indexed: Path, tmp_path: Path
) -> None:
    project = write(tmp_path / "project", {"src/a.py": "x = 1\n"})
    (project / "empty").mkdir()
    (project / "folder").symlink_to(project / "src")
    (project / "outside").symlink_to(indexed / "shop")
    run("index", project, "--tier", "instant")
    for name in ("folder", "outside"):
        assert f"{name} is not indexed: it is a link" in run("why", project / name).out
    said = f"{project / 'empty'} is not indexed: No file in this folder is indexed.\n"
    assert run("why", project / "empty").out == said
    assert run("why", project / "src").out == f"{project / 'src'} is indexed.\n"
    told = json.loads(run("why", project / "empty", "--json").out)
    assert told["indexed"] is False


@pytest.mark.skipif(sys.platform == "win32", reason="no such names")
def test_a_files_name_is_one_line_that_steers_no_terminal(run: Run, indexed: Path, tmp_path: Path) -> None:
    name = "a\nb\tc\x1b[31m\u202e.py"
    shown = one_line(name)
    assert shown.isprintable()
    project = write(tmp_path / "project", {name: "def total_price(items):\n    return sum(items)\n"})
    file = project / name
    run("index", project, "--tier", "instant")
    for command in (
        ["tokens", file],
        ["tokens", project],
        ["tokens", "--show", file],
        ["tokens", project, file, "--budget", "3"],
        ["why", file],
        ["search", "total_price", "--folder", project, "--no-wait"],
        ["compare", f"{file}:1", f"{file}:2", "--tiers", "instant"],
    ):
        out = run(*command).out
        assert shown in out, command
        assert all(one.isprintable() for one in out.split("\n")), command


@pytest.mark.parametrize(
    ("file", "said"),
    [("nothing.py", "There is no file"), ("shop/cart.py", "shop/cart.py has no code in these lines.")],
)
def test_similar_says_what_is_not_there(run: Run, indexed: Path, file: str, said: str) -> None:
    ended = run("similar", indexed / file, "--lines", "900-990")
    assert ended.status in (1, 2) and ended.err.startswith(f"semlens: {said}")


@pytest.mark.parametrize("name", ["a\x1b[31mb.py", "a\x1b]0;title\x07.py", "a\u202eyp.b"])
def test_a_name_in_an_error_does_not_steer_the_terminal(data_dir: Path, name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", "-m", "semlens", "tokens", name],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 1 and "cannot be read" in done.stderr
    assert not {"\x1b", "\x07", "\u202e"} & set(done.stderr)
