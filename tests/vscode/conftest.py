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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "scripts"))

from setup import chromium, node, vscode  # noqa: E402
from setup.steps import CACHE, SetupError  # noqa: E402

SCREENSHOTS = Path(__file__).parent / "screenshots"
START_SECONDS = 60
IDLE_MINUTES = 0.2
"""The engine's idle time, short, so that a test can wait for its end."""


@dataclass(frozen=True)
class Editor:
    """VS Code, served for one test."""

    browser: Path
    workspace: Path
    data_dir: Path
    port: int

    def run(self, suite: str, **facts: Any) -> None:
        """Run the screen tests of `suite`, which are told of `facts`."""
        told = {
            "browser": str(self.browser),
            "url": f"http://127.0.0.1:{self.port}/?folder={self.workspace}",
            "workspace": str(self.workspace),
            "screenshots": str(SCREENSHOTS),
            "processes": [sys.executable, str(Path(__file__).parent / "processes.py"), str(self.data_dir)],
            **facts,
        }
        environment = {**os.environ, "SEMLENS_SCREEN": json.dumps(told)}
        file = REPOSITORY / "build" / "vscode-tests" / f"{suite}.test.mjs"
        command = [_node(), "--test", "--test-reporter", "spec", str(file)]
        done = subprocess.run(command, env=environment, cwd=REPOSITORY, check=False)
        assert done.returncode == 0, f"the screen tests in {file.name} failed, as said above"


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
    """The extension as it is now, and the screen tests bundled beside it."""
    try:
        node.prepare()
    except SetupError as error:
        _miss(str(error))
    subprocess.run([_node(), "esbuild.mjs", "--tests"], cwd=REPOSITORY, check=True, timeout=60)
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
    port = vscode.free_port()
    process = code_server.serve(workspace, profile, port, tmp_path / "code-server.log")
    try:
        _wait_until_open(process, port)
        yield Editor(browser, workspace, data_dir, port)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _write_settings(profile: Path, interpreter: str) -> None:
    machine = {"semlens.interpreter": interpreter, "semlens.idleMinutes": IDLE_MINUTES}
    user = {
        "workbench.startupEditor": "none",
        "workbench.secondarySideBar.defaultVisibility": "hidden",
        "chat.disableAIFeatures": True,
        "editor.minimap.enabled": False,
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


def _node() -> str:
    found = shutil.which("node")
    assert found is not None  # `node.prepare` has used it
    return found


def _miss(reason: str) -> Any:
    """Skip, or fail where the screen tests may not be skipped."""
    if chromium.must_run():
        pytest.fail(f"The screen tests must run under CI: {reason}")
    pytest.skip(reason)
