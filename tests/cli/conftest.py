"""What the tests of the command line share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from semlens import cli
from support.command_line import Ended, Run


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in this process."""

    def run(*arguments: str | Path) -> Ended:
        monkeypatch.setattr(sys, "argv", ["semlens", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        status = ended.value.code
        return Ended(status if isinstance(status, int) else 0, *capsys.readouterr())

    return run
