"""A command that the machine has too little for works, or fails with one sentence that says what to raise."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from semlens.engine.client.engine_process import EngineProcess
from semlens.engine.wire import endpoint

if sys.platform == "win32":
    pytest.skip("limits are POSIX", allow_module_level=True)

import resource

pytestmark = pytest.mark.slow

MEGABYTE = 1 << 20
LIMITS = [
    (resource.RLIMIT_NOFILE, 12),
    (resource.RLIMIT_NOFILE, 24),
    (resource.RLIMIT_AS, 60 * MEGABYTE),
    (resource.RLIMIT_AS, 250 * MEGABYTE),
]
SAYS_WHAT_TO_RAISE = ("ulimit -n", "ulimit -v", "ulimit -u")


@pytest.fixture
def folder(data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SEMLENS_IDLE_MINUTES", "0.5")
    root = tmp_path / "shop"
    root.mkdir()
    (root / "cart.py").write_text("def total_price(items):\n    return sum(items)\n")
    yield root
    found = endpoint.read(data_dir)
    if found is not None:
        EngineProcess.of(found, endpoint.prepare(data_dir)).kill()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the address space reliably")
@pytest.mark.parametrize(("kind", "limit"), LIMITS)
def test_a_shortage_is_one_sentence_and_loses_no_file(folder: Path, kind: int, limit: int) -> None:
    command = [sys.executable, "-I", "-m", "semlens", "index", "--tier", "instant", str(folder)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        preexec_fn=lambda: resource.setrlimit(kind, (limit, limit)),
    )
    if done.returncode == 0:
        assert done.stdout.startswith("1 files, 1 chunks indexed")
    else:
        assert done.stdout == "" and done.stderr.count("\n") == 1, done
        assert any(remedy in done.stderr for remedy in SAYS_WHAT_TO_RAISE), done
