"""An environment is made whole, found again, repaired and replaced."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from semlens_installer.environments import Environment

from installer.conftest import Installer
from support.package_index import make_wheel, write_parts


def python_of(environment: Path) -> str:
    return str(environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def says(environment: Path, code: str) -> str:
    done = subprocess.run(
        [python_of(environment), "-I", "-c", code], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def test_the_base_stage_and_then_the_full_one(installer: Installer) -> None:
    environment = installer.make()
    assert says(environment, "import alpha, beta, semlens; print(alpha.VALUE, beta.VALUE)") == "1 2"
    assert "No module named 'torch'" in says(environment, "import torch")
    assert says(environment, "import pip; print(pip.__name__)") == "pip"  # it gets tokenizers
    stamp = json.loads((environment / "semlens-environment.json").read_text("utf-8"))
    assert (stamp["version"], stamp["full"]) == ("1.0", "")

    assert installer.make("--stage", "full") == environment
    assert says(environment, "import torch, sentence_transformers, alpha; print('full')") == "full"
    assert json.loads((environment / "semlens-environment.json").read_text("utf-8"))["full"]
    assert installer.nothing_half_made()


def test_a_whole_environment_is_not_made_again(installer: Installer) -> None:
    environment = installer.make()
    asked = len(installer.index.asked)
    assert installer.make() == environment
    assert len(installer.index.asked) == asked
    assert installer.run(do="check")["whole"] is True


def test_progress_counts_megabytes(installer: Installer) -> None:
    output = subprocess.run(
        installer.command(), capture_output=True, text=True, check=True, env=installer._environment()
    ).stdout
    steps = [event for line in output.splitlines() if (event := json.loads(line))["event"] == "step"]
    assert list(dict.fromkeys(step["step"] for step in steps)) == [
        "Making an environment",
        "Fetching packages",
        "Unpacking packages",
        "Checking packages",
    ]
    fetched = [step for step in steps if step["step"] == "Fetching packages"]
    assert fetched[-1]["total"] == 1.0 and 0.1 < max(step["done"] for step in fetched) <= 1.0


@pytest.mark.parametrize("damage", ["a file is cut", "the interpreter is gone"])
def test_a_damaged_environment_is_noticed_and_made_anew(installer: Installer, damage: str) -> None:
    environment = installer.make()
    packages = next(environment.rglob("alpha.py")).parent
    if damage == "a file is cut":
        (packages / "alpha_data.bin").write_bytes(b"")
    else:
        Path(python_of(environment)).unlink()
    assert installer.run(do="check")["whole"] is False
    repaired = installer.make()
    assert repaired != environment
    assert says(repaired, "import alpha; print(alpha.VALUE)") == "1"
    assert installer.run(do="check") == {"event": "checked", "whole": True, "environment": str(repaired)}


def test_a_damaged_full_stage_is_made_anew_in_place(installer: Installer) -> None:
    environment = installer.make("--stage", "full")
    (environment / "full" / "torch.py").unlink()
    assert installer.run(do="check")["whole"] is False
    assert installer.make("--stage", "full") == environment
    assert says(environment, "import torch; print('there')") == "there"


def test_an_update_fetches_only_what_changed_and_leaves_the_old_one_working(
    installer: Installer, pip_wheel: Path, wheels: dict[str, Path], tmp_path: Path
) -> None:
    old = installer.make()
    newer = tmp_path / "newer"
    newer.mkdir()
    beta = make_wheel(newer, "beta", "2.0", {"beta.py": b"VALUE = 3\n"})
    semlens = make_wheel(newer, "semlens_lean", "2.0", {"semlens/__init__.py": b"__version__ = '2.0'\n"})
    installer.index.add(beta, semlens)
    installer.index.asked.clear()
    installer.parts = write_parts(tmp_path / "parts2", pip_wheel, semlens, [wheels["alpha"], beta], [])
    new = installer.make()
    fetched = [path for path in installer.index.asked if path.endswith(".whl")]
    assert [Path(path).name for path in fetched] == ["beta-2.0-py3-none-any.whl"]
    code = "import alpha, beta, semlens; print(alpha.VALUE, beta.VALUE, semlens.__version__)"
    assert (says(old, code), says(new, code)) == ("1 2 1.0", "1 3 2.0")
    assert installer.run(do="check")["whole"] is True and old.exists()

    # A day later no window runs from the old one.
    stamp = new / "semlens-environment.json"
    os.utime(stamp, (time.time() - 90_000,) * 2)
    os.utime(old / stamp.name, (time.time() - 99_000,) * 2)
    installer.run(do="check")
    assert not old.exists() and new.exists()


def test_a_folder_of_wheels_needs_no_network(installer: Installer, tmp_path: Path) -> None:
    installer.variables = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple"}
    environment = installer.make("--wheels", str(tmp_path / "wheels"))
    assert says(environment, "import beta; print(beta.VALUE)") == "2"


def test_a_folder_of_wheels_that_lacks_one_is_named(installer: Installer, tmp_path: Path) -> None:
    (tmp_path / "wheels" / "beta-1.0-py3-none-any.whl").unlink()
    event = installer.run("--wheels", str(tmp_path / "wheels"))
    assert event["code"] == "wheels" and "lacks the package beta" in event["message"]
    assert installer.environments == []


def test_two_windows_make_one_environment(installer: Installer) -> None:
    first, second = installer.start(), installer.start()
    outputs = [process.communicate()[0].splitlines()[-1] for process in (first, second)]
    assert {json.loads(line)["event"] for line in outputs} <= {"done", "stopped"}
    assert len(installer.environments) <= 1 and installer.nothing_half_made()


def test_what_is_not_as_the_packages_say_is_found(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, "alpha", "1.0", {"alpha/__init__.py": b"", "alpha/data": b"12"})
    packages = tmp_path / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    damages = {
        "nothing": lambda: None,
        "a file is gone": (packages / "alpha" / "data").unlink,
        "a file is longer": lambda: (packages / "alpha" / "data").write_bytes(b"123"),
        "a package's list is gone": (packages / "alpha-1.0.dist-info" / "RECORD").unlink,
        "a folder is gone": lambda: shutil.rmtree(packages / "alpha"),
        "all is gone": lambda: shutil.rmtree(packages),
    }
    found = {}
    for name, damage in damages.items():
        shutil.rmtree(tmp_path / "lib", ignore_errors=True)
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(packages)
        damage()
        found[name] = Environment(tmp_path).is_whole
    assert found == {name: name == "nothing" for name in damages}
