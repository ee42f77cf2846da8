"""When uv installs packages, and when pip does."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from semlens_installer import packages, pip_settings
from semlens_installer.commands import Stop
from semlens_installer.packages import Tool
from semlens_installer.parts import Parts
from semlens_installer.report import Reporter


@pytest.mark.parametrize(
    ("system", "stage", "configured", "there", "by_uv"),
    [
        ("linux", "base", False, True, True),
        ("linux", "base", True, True, False),
        ("linux", "base", False, False, False),
        ("linux", "full", False, True, False),
        ("darwin", "full", False, True, True),
        ("win32", "full", True, True, False),
    ],
)
def test_uv_installs_what_it_can_check_and_find(
    monkeypatch: pytest.MonkeyPatch, system: str, stage: str, configured: bool, there: bool, by_uv: bool
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(packages, "pip_is_configured", lambda: configured)
    parts = Parts(Path(), "1.0", "", "", "", "", (), {})
    tool = Tool(parts, Path(), None, Path("uv") if there else None, Reporter(), Stop())
    assert tool.uses_uv(stage) is by_uv


@pytest.mark.parametrize("name", ["", "PIP_INDEX_URL", "PIP_PROXY", "PIP_CERT", "PIP_CONFIG_FILE"])
def test_a_variable_may_tell_pip(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(pip_settings, "_files", list)
    for variable in [variable for variable in os.environ if variable.startswith("PIP_")]:
        monkeypatch.delenv(variable)
    if name:
        monkeypatch.setenv(name, "x")
    assert pip_settings.pip_is_configured() is bool(name)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps the files elsewhere")
@pytest.mark.parametrize("place", [".config/pip/pip.conf", ".pip/pip.conf", "shared/pip/pip.conf"])
def test_a_file_may_tell_pip(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "shared"))
    file = tmp_path / place
    file.parent.mkdir(parents=True)
    file.touch()
    assert pip_settings.pip_is_configured()
