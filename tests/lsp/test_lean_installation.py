"""What the editor asks for in an installation that has `semlens-lean` alone, as *Set Up* makes it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.lean_installation import make_lean_installation
from support.live import write
from support.wire_client import WireClient

pytestmark = [pytest.mark.slow, pytest.mark.model]

FILES = {
    "app/cart.py": 'def total(prices):\n    """The price of all goods."""\n    return sum(prices)\n',
    "app/notes.md": "# Notes\n\nHow a basket is priced.\n",
}
ASK = "import importlib.metadata as m; print(*sorted({d.name for d in m.distributions()}))"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_lean_installation(tmp_path_factory.mktemp("lean"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("shop"), FILES)


@pytest.fixture(scope="module")
def client(python: Path, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireClient]:
    command = [str(python), "-I", "-m", "semlens", "serve"]
    with WireClient(tmp_path_factory.mktemp("data"), command) as client:
        client.initialize(folder)
        answer = client.request("semlens/reindex", {})
        while "has not taken this workspace" in str(answer):  # a busy machine
            answer = client.request("semlens/reindex", {})
        assert answer.get("result", {}).get("files") == len(FILES), answer
        yield client


def test_the_installation_is_the_lean_one(python: Path) -> None:
    named = subprocess.run(
        [python, "-I", "-c", ASK], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "semlens-lean" in named and not {"semlens", "torch", "transformers"} & set(named)


@pytest.mark.parametrize("tokenizer", ["o200k_base", "cl100k_base", "word", "character"])
def test_a_folder_is_counted_by_each_tokenizer_that_comes_with_semlens(
    client: WireClient, folder: Path, tokenizer: str
) -> None:
    asked = {"folder": folder.as_uri(), "tokenizer": tokenizer}
    found = client.request("semlens/cost", asked)["result"]
    assert found["complete"] and found["tokens"] > 0 and len(found["files"]) == len(FILES)


def test_no_request_of_the_editor_misses_a_package(client: WireClient, folder: Path) -> None:
    document = {"textDocument": {"uri": (folder / "app/cart.py").as_uri()}}
    start = {"line": 0, "character": 5}
    place = {"range": {"start": start, "end": start}}
    asked: dict[str, dict[str, Any]] = {
        "semlens/search": {"query": "price of a basket", "wait": True},
        "semlens/similar": {**document, **place},
        "semlens/context": {"folder": folder.as_uri(), "maxTokens": 500},
        "semlens/tokens": document,
        "semlens/count": document,
        "semlens/showTokens": {**document, "tokenizers": ["o200k_base"]},
        "semlens/tokenizers": {},
        "semlens/definitions": document,
        "semlens/status": {},
        "semlens/models": {},
        "semlens/why": document,
        "semlens/duplicates": {},
        "semlens/map": {"folder": folder.as_uri()},
        "semlens/networks": {"folder": folder.as_uri()},
    }
    answers = {method: client.request(method, params) for method, params in asked.items()}
    assert {method: one["error"] for method, one in answers.items() if "error" in one} == {}


def test_the_doctor_finds_every_package(python: Path, data_dir: Path) -> None:
    command = [str(python), "-I", "-m", "semlens", "doctor", "--json"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    findings = {one["name"]: one for one in json.loads(said.stdout)["findings"]}
    assert [name for name, one in findings.items() if not one["ok"]] == []
