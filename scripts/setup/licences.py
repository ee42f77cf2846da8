"""The licences of everything that a release ships, and of the packages that its set-up fetches."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from setup import python
from setup.steps import ROOT, SetupError

_SHIPPED = (
    ("Semlens", "MIT", "the code, and the table of the instant model"),
    ("all-MiniLM-L6-v2, its layers trained further", "Apache-2.0", "the deep model, its licence beside it"),
    ("pip", "MIT", "installs packages; the licences of what it contains are inside its wheel"),
)
_ELSEWHERE = {
    "colorama": "BSD License",
    "exceptiongroup": "MIT License",
    "httpx2-jsfetch": "BSD-3-Clause",
    "importlib-metadata": "Apache-2.0",
    "pywin32": "Python Software Foundation License",
    "tomli": "MIT",
    "zipp": "MIT",
}
"""What some systems and Pythons need besides: the licence that the package's page on PyPI names."""
_METADATA = """
import importlib.metadata, json, sys
found = {}
for name in json.load(sys.stdin):
    try:
        about = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        continue
    classifiers = about.get_all("Classifier") or []
    kinds = [one.rpartition(" :: ")[2] for one in classifiers if one.startswith("License :: ")]
    said = about.get("License-Expression") or ", ".join(kinds) or about.get("License") or ""
    found[name] = said.strip().splitlines()[0][:200] if said.strip() else ""
print(json.dumps(found))
"""


def write_licences(file: Path) -> None:
    """Write the list. Raises SetupError if a licence is unknown."""
    lines = ["# Licences", "", "## What the files of a release contain", "", *_table(_shipped())]
    for title, lock in (
        ("Packages that the set-up fetches", "base"),
        ("Packages of the full environment", "full"),
        ("PyTorch, of the full environment", "torch-cpu"),
    ):
        lines += ["", f"## {title}", "", *_table(fetched(lock))]
    lines += ["", "## The texts of the licences of what the extension's bundle contains", "", *_texts()]
    file.write_text("\n".join(lines) + "\n", "utf-8", newline="\n")


def _shipped() -> Iterator[tuple[str, str, str]]:
    yield from _SHIPPED
    for name, licence in sorted(_bundled().items()):
        yield name, licence, "npm, bundled into the extension"


def _bundled() -> dict[str, str]:
    """The npm packages that the bundle imports, and what those import."""
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    pending = list(lock[""].get("dependencies", {}))
    found: dict[str, str] = {}
    while pending:
        name = pending.pop()
        entry = lock.get(f"node_modules/{name}")
        if name in found or entry is None:
            continue
        found[name] = _known(name, entry.get("license", ""))
        pending += entry.get("dependencies", {})
    return found


def _texts() -> Iterator[str]:
    for name in sorted(_bundled()):
        folder = ROOT / "node_modules" / name
        files = sorted(path for path in folder.iterdir() if path.name.lower().startswith("licen"))
        if not files:
            raise SetupError(f"{name} comes without the text of its licence: find it before it is released.")
        text = files[0].read_text("utf-8").strip().replace("\r\n", "\n")
        yield f"### {name}\n\n```\n{text}\n```\n"


def fetched(lock: str) -> Iterator[tuple[str, str, str]]:
    """Name, licence and source of each package of a lock. Raises SetupError if a licence is unknown."""
    text = (ROOT / "lock" / f"{lock}.txt").read_text("utf-8")
    names = sorted(set(re.findall(r"^([\w.-]+)==", text, re.MULTILINE)))
    done = subprocess.run(
        [python.PYTHON, "-I", "-c", _METADATA],
        input=json.dumps(names),
        capture_output=True,
        text=True,
        check=True,
    )
    installed = json.loads(done.stdout)
    for name in names:
        yield name, _ELSEWHERE.get(name) or _known(name, installed.get(name, "")), "PyPI"


def _known(name: str, licence: str) -> str:
    if not licence:
        raise SetupError(f"{name} does not say what its licence is: find out before it is released.")
    return licence


def _table(rows: Iterator[tuple[str, str, str]]) -> list[str]:
    cells = [f"| {name} | {licence} | {what} |".replace("\n", " ") for name, licence, what in rows]
    return ["| what | licence | |", "|---|---|---|", *cells]
