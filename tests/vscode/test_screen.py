"""Through the screen: what a user of VS Code sees and does, on a real folder with the real models."""

from __future__ import annotations

import time

import pytest

from vscode.editor import IDLE_MINUTES, Editor
from vscode.hovers import hovers
from vscode.processes import using

pytestmark = [pytest.mark.screen, pytest.mark.slow, pytest.mark.model, pytest.mark.timeout(600)]


def test_the_main_job(editor: Editor) -> None:
    """Search, preview, hover, reindex, status, crash; no tab, no process stays."""
    editor.run("leaving")
    editor.run("screen", hovers=hovers(editor.workspace))
    editor.close()
    time.sleep(IDLE_MINUTES * 60)
    deadline = time.monotonic() + 5
    while (left := using(editor.data_dir)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [process.cmdline() for process in left] == []
