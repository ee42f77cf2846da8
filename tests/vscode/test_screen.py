"""Through the screen: what a user of VS Code sees and does, on a real folder with the real models."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import package_index
from support.package_index import Index
from vscode.editor import IDLE_MINUTES, Editor
from vscode.processes import using
from vscode.tiny_parts import fake_python, with_tiny_parts

pytestmark = [pytest.mark.screen, pytest.mark.slow, pytest.mark.model, pytest.mark.timeout(600)]

SHORT = ("backend/shipping/rates.py", "postage")
LONG = ("backend/payments/invoice.py", "render_invoice")


def test_the_main_job(editor: Editor) -> None:
    """Search, preview, hover, costs, reindex, edits, status, crash, agents; no tab, no process stays."""
    editor.run("leaving")
    hovers = [_reference(editor.workspace, *definition) for definition in (SHORT, LONG)]
    editor.run("everyday", hovers=hovers)
    editor.run("documents")
    editor.run("map")
    editor.run("screen", hovers=hovers)
    editor.run("agents")
    editor.close()
    time.sleep(IDLE_MINUTES * 60)
    deadline = time.monotonic() + 5
    while (left := using(editor.data_dir)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [process.cmdline() for process in left] == []


class TestFirstRun:
    @pytest.fixture
    def index(self) -> Iterator[Index]:
        with package_index.serve() as index:
            yield index

    @pytest.fixture
    def vsix(self, vsix: Path, tmp_path: Path, index: Index) -> Path:
        return with_tiny_parts(vsix, tmp_path / "tiny", index)

    @pytest.fixture
    def interpreter(self, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
        """None: the only Python on the PATH is too old."""
        path = fake_python(tmp_path / "path", "3.8")
        monkeypatch.setenv("PATH", str(path))
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        monkeypatch.setenv("SHELL", str(path / "python3"))  # VS Code asks the user's shell for the PATH
        for name, value in index.variables().items():
            monkeypatch.setenv(name, value)
        return ""

    def test_from_no_python_to_the_first_hits(
        self, editor: Editor, index: Index, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.undo()
        base = getattr(sys, "_base_executable", sys.executable)
        home, profile = editor.workspace.parent / "home", editor.workspace.parent / "profile"
        places = {
            "home": home,
            "parts": next((profile / "extensions").glob("semlens.semlens-*")) / "dist" / "parts",
            "settings": profile / "data" / "Machine" / "settings.json",
            "storage": profile / "data" / "User" / "globalStorage" / "semlens.semlens",
        }
        told = {name: str(place) for name, place in places.items()}
        editor.run("first_run", interpreter=os.path.realpath(base), index=index.address, **told)


def _reference(workspace: Path, path: str, name: str) -> dict[str, object]:
    script = Path(__file__).parent / "references.py"
    command = [sys.executable, str(script), str(workspace / path), name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return {"path": path, "name": name, "tokens": json.loads(done.stdout)[name]}
