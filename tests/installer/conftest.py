"""The program that makes environments, run as the extension runs it, against an index on loopback."""

from __future__ import annotations

import compileall
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from support import package_index
from support.package_index import Index, make_wheel, write_parts

ROOT = Path(__file__).parents[2]
INSTALLER = ROOT / "installer"


@dataclass
class Installer:
    """Runs the program for one storage folder."""

    folder: Path
    index: Index
    parts: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def storage(self) -> Path:
        return self.folder / "storage"

    @property
    def environments(self) -> list[Path]:
        return sorted((self.storage / "environments").glob("*"))

    def command(self, *arguments: str, python: str = sys.executable, do: str = "install") -> list[str]:
        places = ["--storage", str(self.storage), "--parts", str(self.parts)]
        return [python, "-I", str(INSTALLER), do, *places, *arguments]

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments, "--until-stdin-ends"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=self._environment(),
            **options,
        )

    def run(self, *arguments: str, python: str = sys.executable, do: str = "install", **options: Any) -> Any:
        """The last event that the program reports."""
        command = self.command(*arguments, python=python, do=do)
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            env=self._environment(),
            check=False,
            timeout=100,
            **options,
        )
        assert done.stdout, done.stderr
        events = [json.loads(line) for line in done.stdout.splitlines()]
        assert (done.returncode == 0) == (events[-1]["event"] in ("done", "checked")), (
            events[-1],
            done.stderr,
        )
        return events[-1]

    def make(self, *arguments: str) -> Path:
        """The environment that the program makes."""
        event = self.run(*arguments)
        assert event["event"] == "done", event
        return Path(event["environment"])

    def nothing_half_made(self) -> bool:
        return all((folder / "semlens-environment.json").is_file() for folder in self.environments) and not [
            name for name in ("temporary", "semlens.txt") if (self.storage / "work" / name).exists()
        ]

    def _environment(self) -> dict[str, str]:
        kept = {
            name: value for name, value in os.environ.items() if not name.upper().startswith(("PIP_", "HTTP"))
        }
        return {**kept, **self.index.variables(), **self.variables}


@pytest.fixture(scope="session")
def pip_wheel() -> Path:
    """The pip that the extension carries: the suite fetches nothing."""
    found = next((ROOT / "dist" / "parts").glob("pip-*.whl"), None)
    if found is None:
        pytest.skip("the parts of the extension are not there: scripts/test.py makes them")
    return found


@pytest.fixture
def wheels(tmp_path: Path) -> dict[str, Path]:
    folder = tmp_path / "wheels"
    folder.mkdir()
    contents = {
        "alpha": {"alpha.py": b"VALUE = 1\n", "alpha_data.bin": os.urandom(200_000)},
        "beta": {"beta.py": b"VALUE = 2\n"},
        "torch": {"torch.py": b""},
        "sentence_transformers": {"sentence_transformers.py": b""},
        "semlens_lean": {"semlens/__init__.py": b"__version__ = '1.0'\n"},
    }
    return {name: make_wheel(folder, name, "1.0", files) for name, files in contents.items()}


@pytest.fixture(scope="session")
def unpacked_pip(pip_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As the program leaves it after its first run, which takes seconds to unpack and compile it."""
    folder = tmp_path_factory.mktemp("unpacked") / pip_wheel.stem
    with zipfile.ZipFile(pip_wheel) as wheel:
        wheel.extractall(folder)
    compileall.compile_dir(folder, quiet=2)
    return folder


@pytest.fixture
def installer(
    tmp_path: Path, pip_wheel: Path, unpacked_pip: Path, wheels: dict[str, Path]
) -> Iterator[Installer]:
    shutil.copytree(unpacked_pip, tmp_path / "storage" / "work" / pip_wheel.stem, copy_function=os.link)
    base, full = [wheels["alpha"], wheels["beta"]], [wheels["torch"], wheels["sentence_transformers"]]
    with package_index.serve() as index:
        index.add(*wheels.values())
        parts = write_parts(tmp_path / "parts", pip_wheel, wheels["semlens_lean"], base, full)
        yield Installer(tmp_path, index, parts)
    shutil.rmtree(tmp_path / "storage", ignore_errors=True)
