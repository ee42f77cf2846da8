"""Real VS Code in a browser: the built extension, a profile, a workspace and a data directory of its own."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from setup import chromium, node, vscode
from setup.steps import CACHE, SetupError, alone
from vscode import agent_extension
from vscode.editor import BUILT, IDLE_MINUTES, REPOSITORY, Editor, node_path

START_SECONDS = 60


@pytest.fixture(scope="session")
def browser() -> Path:
    found = chromium.find()
    if found is None:
        _miss("Chromium was not found: install it, or set SEMLENS_CHROMIUM to its path.")
    return found


@pytest.fixture(scope="session")
def code_server(browser: Path) -> vscode.CodeServer:
    try:
        return vscode.prepare(CACHE)
    except SetupError as error:
        _miss(str(error))


@pytest.fixture(scope="session")
def vsix() -> Path:
    """The extension as it is now, and the screen tests bundled beside it, once for all processes of a run."""
    try:
        with alone():
            node.prepare()
    except SetupError as error:
        _miss(str(error))
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")
    bundled = BUILT / "run.txt"
    with alone():
        if not run or not bundled.exists() or bundled.read_text("utf-8") != run:
            subprocess.run([node_path(), "esbuild.mjs", "--tests"], cwd=REPOSITORY, check=True, timeout=60)
            bundled.write_text(run, "utf-8")
    return node.VSIX


@pytest.fixture
def interpreter() -> str:
    """What the setting `semlens.interpreter` says."""
    return sys.executable


@pytest.fixture
def editor(
    tmp_path: Path,
    data_dir: Path,
    browser: Path,
    code_server: vscode.CodeServer,
    vsix: Path,
    interpreter: str,
) -> Iterator[Editor]:
    workspace = tmp_path / "shop"
    shutil.copytree(REPOSITORY / "tests" / "fixtures" / "shop", workspace)
    profile = tmp_path / "profile"
    _write_settings(profile, interpreter)
    code_server.install_extension(vsix, profile)
    code_server.install_extension(agent_extension.package(tmp_path / "agent-test.vsix"), profile)
    port = vscode.free_port()
    process = code_server.serve(workspace, profile, port, tmp_path / "code-server.log")
    started = Editor(browser, workspace, data_dir, port, process)
    try:
        _wait_until_open(process, port)
        yield started
    finally:
        started.close()


def _write_settings(profile: Path, interpreter: str) -> None:
    machine = {"semlens.interpreter": interpreter, "semlens.idleMinutes": IDLE_MINUTES}
    # The defaults, but for what gets into the way of typing and of waiting.
    user = {
        "editor.autoClosingBrackets": "never",
        "editor.quickSuggestions": {"other": "off"},
        "files.autoSave": "off",
        # Quick Open is to find the file that is ignored, too.
        "search.useIgnoreFiles": False,
        # So that a hover shows what Semlens says, and nothing of the built-in language services.
        "typescript.validate.enable": False,
    }
    for folder, settings in (("Machine", machine), ("User", user)):
        target = profile / "data" / folder / "settings.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(settings), encoding="utf-8")


def _wait_until_open(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("VS Code in the browser did not start")


def _miss(reason: str) -> NoReturn:
    """Skip, or fail where the screen tests may not be skipped."""
    if chromium.must_run():
        pytest.fail(f"The screen tests must run under CI: {reason}")
    pytest.skip(reason)
