"""The notebook in `examples` runs, with the real engine and the models that come with Semlens."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from semlens.engine.client.engine_process import EngineProcess
from semlens.engine.wire import endpoint


@pytest.mark.model
def test_the_notebook_runs_from_its_first_cell_to_its_last(repository: Path, data_dir: Path) -> None:
    runner = repository / "tests" / "support" / "notebook.py"
    notebook = repository / "examples" / "code_search.ipynb"
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(runner), str(notebook)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "SEMLENS_IDLE_MINUTES": "1"},
        )
    finally:
        running = endpoint.read(data_dir)
        if running is not None:
            EngineProcess.of(running, data_dir).kill()
    assert done.returncode == 0, done.stderr
    assert "backend/payments/gateway.py:16  charge_with_patience" in done.stdout
    figures = dict(line.split() for line in done.stdout.splitlines() if line.startswith(("prose", "index")))
    assert 0 < float(figures["prose"]) <= 1 and 0 < float(figures["index"]) <= 1
