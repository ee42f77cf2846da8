"""The extension's pure parts, tested in Node without an editor."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from setup import chromium

UNITS = Path(__file__).parent
BUILT = Path("build") / "unit-tests"


@pytest.mark.slow
def test_the_units_of_the_extension(repository: Path) -> None:
    node, bundler = shutil.which("node"), repository / "node_modules" / "esbuild"
    if node is None or not bundler.is_dir():
        assert not chromium.must_run(), "the extension's tests must run under CI: run scripts/setup first"
        pytest.skip("Node.js or the npm packages are missing")
    subprocess.run([node, "esbuild.mjs", "--units"], cwd=repository, check=True, timeout=60)
    suites = sorted(str(BUILT / f"{file.name[:-3]}.mjs") for file in UNITS.glob("*.test.ts"))
    done = subprocess.run(
        [node, "--test", *suites], cwd=repository, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
