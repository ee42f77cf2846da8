"""Through the screen: what a user of VS Code sees and does, on a real folder with the real models."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vscode.editor import IDLE_MINUTES, Editor
from vscode.processes import using

pytestmark = [pytest.mark.screen, pytest.mark.slow, pytest.mark.model, pytest.mark.timeout(600)]

SHORT = ("backend/shipping/rates.py", "postage")
LONG = ("backend/payments/invoice.py", "render_invoice")


def test_the_main_job(editor: Editor) -> None:
    """Search, preview, hover, costs, reindex, edits, status, crash, agents; no tab, no process stays."""
    editor.run("leaving")
    hovers = [_reference(editor.workspace, *definition) for definition in (SHORT, LONG)]
    editor.run("everyday", hovers=hovers)
    editor.run("screen", hovers=hovers)
    editor.run("agents")
    editor.close()
    time.sleep(IDLE_MINUTES * 60)
    deadline = time.monotonic() + 5
    while (left := using(editor.data_dir)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [process.cmdline() for process in left] == []


class TestWithoutPython:
    @pytest.fixture
    def interpreter(self) -> str:
        return ""

    def test_the_first_run_says_what_to_do(self, editor: Editor) -> None:
        editor.run("first_run", interpreter=sys.executable)


def _reference(workspace: Path, path: str, name: str) -> dict[str, object]:
    script = Path(__file__).parent / "references.py"
    command = [sys.executable, str(script), str(workspace / path), name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return {"path": path, "name": name, "tokens": json.loads(done.stdout)[name]}
