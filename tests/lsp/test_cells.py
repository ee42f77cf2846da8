"""The cells of a notebook: each is a document of its own, in the folder of its notebook."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from semlens.lsp.session.folders import is_cell, notebook_path_of
from support.wire_client import WireClient

Workspace = Callable[[Mapping[str, str | bytes]], Path]

CODE = "def parse(text):\n    # FIND parse\n    return text.split()\n"
NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["# FIND parse\n"]},
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": CODE.splitlines(keepends=True)},
    ],
    "metadata": {},
    "nbformat": 4,
}


def cell_uri(path: str, number: int = 1, scheme: str = "file", host: str = "") -> str:
    end = urlsafe_b64encode(scheme.encode()).decode().rstrip("=")
    return f"vscode-notebook-cell:{f'//{host}' if host else ''}{quote(path)}#W{number}s{end}"


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        (cell_uri("/home/u/a b.ipynb"), "/home/u/a b.ipynb"),
        (cell_uri("/home/u/a.ipynb", 23, "vscode-remote", "ssh-remote%2Bbox"), "/home/u/a.ipynb"),
        (cell_uri("/home/u/a.ipynb", 1, "vscode-remote", "127.0.0.1:8000"), "/home/u/a.ipynb"),
        (f"vscode-notebook-cell:/u/a.ipynb#W0s{quote(b64encode(b'file').decode())}", "/u/a.ipynb"),
        ("vscode-notebook-cell:/u/a.ipynb#ch0000012", "/u/a.ipynb"),
        (cell_uri("/Untitled-1.ipynb", scheme="untitled"), None),
        (cell_uri("/a.ipynb", scheme="vscode-vfs", host="github"), None),
        ("file:///u/a.ipynb", None),
        ("http://[", None),
    ],
)
def test_a_cell_is_in_its_notebooks_file(uri: str, path: str | None) -> None:
    assert notebook_path_of(uri, windows=False) == path
    assert is_cell(uri) == uri.startswith("vscode-notebook-cell")


@pytest.fixture
def cell(client: WireClient, workspace: Workspace) -> str:
    """An open cell with code of an open notebook."""
    folder = workspace({"work/shop.ipynb": json.dumps(NOTEBOOK, indent=1), "plain.py": CODE})
    client.initialize(folder)
    uris = [cell_uri((folder / "work/shop.ipynb").as_posix(), number) for number in (0, 1)]
    for uri, language, text in zip(uris, ("markdown", "python"), ("# FIND parse", CODE), strict=True):
        document = {"uri": uri, "languageId": language, "version": 1, "text": text}
        client.notify("textDocument/didOpen", {"textDocument": document})
    return uris[1]


def asked(client: WireClient, method: str, uri: str, **params: Any) -> Any:
    answer = client.request(method, {"textDocument": {"uri": uri}, **params})
    assert "result" in answer, answer
    return answer["result"]


def at(line: int, character: int = 4) -> dict[str, Any]:
    place = {"line": line, "character": character}
    return {"range": {"start": place, "end": place}}


def test_why_is_asked_of_its_notebook(client: WireClient, cell: str) -> None:
    assert asked(client, "semlens/why", cell)["reason"] == "is ignored"


def test_it_is_read_in_its_own_language(client: WireClient, cell: str) -> None:
    position = {"position": {"line": 0, "character": 5}}
    assert "parse" in asked(client, "textDocument/hover", cell, **position)["contents"]["value"]
    definitions = asked(client, "semlens/definitions", cell)["definitions"]
    assert [(one["name"], one["line"]) for one in definitions] == [("parse", 0)]
    assert asked(client, "semlens/tokens", cell)["counts"][0]["tokens"] > 0


def test_code_like_it_is_found_elsewhere(client: WireClient, cell: str) -> None:
    found = asked(client, "semlens/similar", cell, **at(1))
    assert found["source"]["end"]["line"] == 2
    asked_of = client.request("semlens/search", {"query": "what was asked"})["result"]["hits"][0]["preview"]
    (similar,) = [one for one in eval(asked_of) if one["method"] == "similar"]
    lines = json.dumps(NOTEBOOK, indent=1).split("\n")
    assert similar["path"] == "work/shop.ipynb" and '"source": [' in lines[similar["start_line"] - 1]
    assert lines[similar["end_line"] - 1].strip().startswith("]")


def test_a_prompt_has_its_code_with_its_notebooks_path(client: WireClient, cell: str) -> None:
    packed = asked(client, "semlens/context", cell, **at(1), maxTokens=500)
    assert "work/shop.ipynb" in packed["text"] and CODE.strip() in packed["text"]
    assert packed["pieces"][0]["name"] == "function parse"
