"""The lock of torch's CPU builds, for the environment that the extension makes.

PyPI's build for Linux on x86_64 brings gigabytes of CUDA with it, so that platform's builds are those of
PyTorch's own index. pip compares hashes, so the one that is not wanted is not in the lock.
"""

from __future__ import annotations

import json
import re
import sys
import urllib.request
from pathlib import Path

CPU_INDEX = "https://download.pytorch.org/whl/cpu/torch/"
PYPI = "https://pypi.org/simple/torch/"
_PYTHONS = ("cp310", "cp311", "cp312", "cp313")
_WANTED_ON_PYPI = re.compile(r"(macosx_\w+_arm64|win_amd64)\.whl$")
_SECONDS = 20


def write(lock: Path, pin: str) -> None:
    """Write the hashes of the builds of `pin`, such as `torch==2.13.0`; if an index is away, its own stay."""
    version = pin.partition("==")[2]
    found = _on_pypi(version)
    try:
        found |= _on_cpu_index(version)
    except OSError as error:
        sys.stderr.write(f"{lock.name} keeps its hashes of Linux: {CPU_INDEX} cannot be reached ({error}).\n")
        found |= _kept(lock, pin)
    lines = [f"--hash=sha256:{digest}" for digest in sorted(found)]
    lock.write_text(" \\\n    ".join([pin, *lines]) + "\n", "utf-8")


def _on_pypi(version: str) -> set[str]:
    request = urllib.request.Request(PYPI, headers={"Accept": "application/vnd.pypi.simple.v1+json"})
    with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
        files = json.load(answer)["files"]
    return {
        file["hashes"]["sha256"]
        for file in files
        if file["filename"].startswith(f"torch-{version}-")
        and _WANTED_ON_PYPI.search(file["filename"])
        and _python_of(file["filename"]) in _PYTHONS
    }


def _on_cpu_index(version: str) -> set[str]:
    with urllib.request.urlopen(CPU_INDEX, timeout=_SECONDS) as answer:
        page = answer.read().decode()
    name = rf"torch-{re.escape(version)}%2Bcpu-(cp\d+)-(cp\d+)-(\S+?)"
    links = re.findall(rf"{name}#sha256=([0-9a-f]{{64}})", page)
    return {digest for python, abi, platform, digest in links if python == abi and python in _PYTHONS}


def _kept(lock: Path, pin: str) -> set[str]:
    try:
        text = lock.read_text("utf-8")
    except FileNotFoundError:
        return set()
    return set(re.findall(r"sha256:([0-9a-f]{64})", text)) if text.startswith(f"{pin} ") else set()


def _python_of(filename: str) -> str:
    python, abi = filename.split("-")[2:4]
    return python if abi == python else ""
