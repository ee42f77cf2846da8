"""Set up the Python part of a checkout: `.venv` with the locked packages, torch and Semlens itself.

The lock of the packages has hashes. Torch has its own lock without hashes, because its file differs by
platform, and on Linux by whether there is a GPU. The system's Python only creates the environment.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from setup.steps import ROOT, SetupError, is_done, key_of, plain_environment, set_done, step

Packages = Literal["runtime", "dev"]

VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCKS = ROOT / "lock"
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
"""Where PyTorch publishes its CPU builds; PyPI's build for Linux brings gigabytes of CUDA with it."""

_PROBE_SECONDS = 5


def prepare(packages: Packages) -> None:
    """Install in `.venv` what the locks list. Fast if nothing has changed. Raises SetupError."""
    _environment()
    _locked_packages(packages)
    _torch()
    _semlens()


def _environment() -> None:
    if _works():
        return
    with step("Python environment") as making:
        try:
            making.run([sys.executable, "-m", "venv", "--clear", VENV], environment=plain_environment())
        except SetupError as error:
            text = "\n".join(making.output)
            if "ensurepip" in text:
                name = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
                raise SetupError(
                    f"This Python cannot make virtual environments: install them (on Debian and Ubuntu: "
                    f"sudo apt install {name}) and run the same command again."
                ) from error
            raise


def _works() -> bool:
    """Whether `.venv` has a Python of this very version, with pip."""
    if not PYTHON.exists():
        return False
    code = f"import sys, pip; print(sys.version_info[:2] == {sys.version_info[:2]})"
    done = subprocess.run([PYTHON, "-I", "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() == "True"


def _locked_packages(packages: Packages) -> None:
    wanted = [LOCKS / f"{packages}.txt"]
    larger = [LOCKS / "dev.txt"]
    if any(is_done(_stamp(locks[0].stem), key_of(sys.version, files=locks)) for locks in (wanted, larger)):
        return
    _stamp("runtime").unlink(missing_ok=True)
    _stamp("dev").unlink(missing_ok=True)
    _stamp("semlens").unlink(missing_ok=True)
    install("Python packages", "--require-hashes", "--no-deps", "-r", str(wanted[0]))
    set_done(_stamp(packages), key_of(sys.version, files=wanted))


def _torch() -> None:
    lock = LOCKS / "torch.txt"
    gpu = _has_nvidia_gpu()
    key = key_of(sys.version, "gpu" if gpu else "cpu", files=[lock])
    if is_done(_stamp("torch"), key):
        return
    wants_cpu_build = sys.platform == "linux" and not gpu
    index = ["--extra-index-url", TORCH_CPU_INDEX] if wants_cpu_build and _reachable(TORCH_CPU_INDEX) else []
    # The other locked packages hold all that the CPU build needs, so that only a CUDA build brings more.
    install("PyTorch", *index, "-r", str(lock), repair=("--force-reinstall", "--no-deps"))
    set_done(_stamp("torch"), key)


def _semlens() -> None:
    key = key_of(sys.version, str(ROOT), files=[ROOT / "pyproject.toml", ROOT / "server/semlens/__init__.py"])
    if is_done(_stamp("semlens"), key):
        return
    install(
        "Semlens", "--no-index", "--no-deps", "--no-build-isolation", "--editable", str(ROOT), network=False
    )
    set_done(_stamp("semlens"), key)


def install(
    name: str, *arguments: str, repair: Sequence[str] = ("--force-reinstall",), network: bool = True
) -> None:
    """`pip install` with `arguments`; first also with `repair` if the last installation was interrupted."""
    options = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--retries", "2"]
    command: list[str | Path] = [PYTHON, "-I", "-m", "pip", "install", *options, *arguments]
    # pip takes a half-written package for an installed one.
    unfinished = _stamp(f"{name.replace(' ', '-').lower()}-unfinished")
    with step(name, network) as installing:
        try:
            if unfinished.exists():
                installing.run([*command, *repair], environment=plain_environment())
            unfinished.touch()
            installing.run(command, environment=plain_environment())
        except SetupError:
            if not any(line.startswith("Installing collected packages") for line in installing.output):
                unfinished.unlink(missing_ok=True)
            raise
    unfinished.unlink()


def _has_nvidia_gpu() -> bool:
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return False
    try:
        done = subprocess.run([tool, "-L"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and "GPU" in done.stdout


def _reachable(address: str) -> bool:
    """Whether the index at `address` answers. Tried once: pip would retry, then go on without the index."""
    try:
        with urllib.request.urlopen(f"{address}/torch/", timeout=_PROBE_SECONDS):
            return True
    except (OSError, ValueError):
        return False


def _stamp(name: str) -> Path:
    return VENV / f".semlens-{name}"
