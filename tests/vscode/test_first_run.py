"""Through the screen: from an editor without a Python to the first hits."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import package_index
from support.package_index import Index
from vscode.editor import Editor
from vscode.tiny_parts import fake_python, with_tiny_parts

pytestmark = [pytest.mark.screen, pytest.mark.slow, pytest.mark.model, pytest.mark.timeout(600)]


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
