"""How many megabytes an installation's environments fetch, by platform: what a user is told beforehand."""

from __future__ import annotations

import json
import re
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

PLATFORMS = {
    "linux-x64": ("linux", "x86_64", r"manylinux\w*_x86_64|-any\."),
    "linux-arm64": ("linux", "aarch64", r"manylinux\w*_aarch64|-any\."),
    "darwin-arm64": ("darwin", "arm64", r"macosx_\w*(arm64|universal2)|-any\."),
    "win32-x64": ("win32", "AMD64", r"win_amd64|-any\."),
}
"""VS Code's name of a platform → `sys_platform`, `platform_machine`, and what its wheels are called."""

_PYTHON = "3.12"
"""The Python to count for: others differ by a few percent."""
_MAXIMUM = re.compile(r"cp312-cp312-|-abi3-|py3-none-|py2\.py3-none-")
_INDEX = "https://pypi.org/simple/{}/"
_JSON = {"Accept": "application/vnd.pypi.simple.v1+json"}
_TORCH = {"linux-x64": 190_000_000, "linux-arm64": 150_000_000}
"""Bytes, roughly: PyTorch's own index tells no sizes."""


def write(locks: Path) -> None:
    """Write `sizes.json`; warns of a package that has no wheel for a platform."""
    sizes: dict[str, dict[str, int]] = {platform: {} for platform in PLATFORMS}
    for name, files in {"base": ("base.txt",), "full": ("full.txt", "torch-cpu.txt")}.items():
        pins = [pin for file in files for pin in _pins((locks / file).read_text("utf-8"))]
        with ThreadPoolExecutor(8) as pool:
            indexed = dict(pool.map(lambda pin: (pin[0], _files(pin[0])), pins))
        for platform in PLATFORMS:
            total = sum(_bytes(platform, pin, indexed[pin[0]]) for pin in pins)
            sizes[platform][name] = round(total / 1e6)
    text = json.dumps(sizes, indent=2, sort_keys=True)
    (locks / "sizes.json").write_text(text + "\n", "utf-8")


def _pins(lock: str) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Name, marker and hashes of each requirement."""
    for head, rest in re.findall(r"^(\S.*)\n((?:    .*\n)*)", lock, re.MULTILINE):
        requirement, _, marker = head.rstrip(" \\").partition(";")
        name = requirement.partition("==")[0].strip()
        yield name, marker.strip(), frozenset(re.findall(r"sha256:([0-9a-f]{64})", rest))


def _files(name: str) -> Mapping[str, tuple[str, int]]:
    """The files of a package by their hashes: name and bytes."""
    request = urllib.request.Request(_INDEX.format(name), headers=_JSON)
    with urllib.request.urlopen(request, timeout=60) as answer:
        found: list[dict[str, Any]] = json.load(answer)["files"]
    return {file["hashes"]["sha256"]: (file["filename"], file["size"]) for file in found}


def _bytes(platform: str, pin: tuple[str, str, frozenset[str]], files: Mapping[str, tuple[str, int]]) -> int:
    name, marker, hashes = pin
    system, machine, wheels = PLATFORMS[platform]
    if marker and not _holds(marker, system, machine):
        return 0
    fitting = [
        files[digest]
        for digest in hashes
        if digest in files and re.search(wheels, files[digest][0]) and _MAXIMUM.search(files[digest][0])
    ]
    if name == "torch" and platform in _TORCH:
        return _TORCH[platform]
    if not fitting:
        sys.stderr.write(f"{name} has no wheel for {platform}.\n")
        return 0
    return max(size for _, size in fitting)


def _holds(marker: str, system: str, machine: str) -> bool:
    from packaging.markers import Marker

    values = {
        "sys_platform": system,
        "platform_machine": machine,
        "os_name": "nt" if system == "win32" else "posix",
        "python_full_version": f"{_PYTHON}.0",
        "python_version": _PYTHON,
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    return Marker(marker).evaluate(values)
