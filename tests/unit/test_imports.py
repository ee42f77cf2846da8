"""The architecture's rules, read from the imports: one way, and each heavy library known to one part."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

SERVER = Path(__file__).resolve().parents[2] / "server"

LAYERS: tuple[tuple[str, ...], ...] = (
    ("", "types", "errors"),
    ("settings", "protocol", "processes", "json_bytes"),
    ("core",),
    ("engine",),
    ("lsp",),
    ("cli",),  # `semlens serve` starts the language server
    ("__main__",),
)
"""A part imports from itself and from the layers before its own; the first layer's parts know each other."""

ONLY_IN: dict[str, tuple[str, ...]] = {
    "pygls": ("lsp",),
    "lsprotocol": ("lsp",),
    "chromadb": ("core.store.chroma",),
    "torch": ("core.embed.worker",),
    "sentence_transformers": ("core.embed.worker",),
    "transformers": ("core.embed.worker",),
    "tantivy": ("core.lexical",),
    "sqlite3": ("core.store",),
    "orjson": ("json_bytes",),
    "numkong": ("core.store.codes",),
    "watchdog": ("core.files.inotify", "core.files.native"),
    "tree_sitter": ("core.chunk", "core.languages"),
    "tree_sitter_language_pack": ("core.chunk", "core.languages"),
    "typer": ("cli",),
    "rich": ("cli",),
}
"""Library → the parts that may import it."""

LIGHT = ("semlens.lsp.server", "semlens.cli", "semlens.engine.client")
HEAVY = ("torch", "sentence_transformers", "transformers", "chromadb", "tantivy")


@dataclass(frozen=True)
class Import:
    """One import: `module` by its dotted name, as `importer` (below `semlens`) asks for it."""

    importer: str
    module: str
    line: int


def imports() -> Iterator[Import]:
    for file in sorted((SERVER / "semlens").rglob("*.py")):
        names = file.relative_to(SERVER / "semlens").with_suffix("").parts
        importer = ".".join(names[:-1] if names[-1] == "__init__" else names)
        for node in ast.walk(ast.parse(file.read_bytes(), str(file))):
            if isinstance(node, ast.Import):
                yield from (Import(importer, alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{file}:{node.lineno}: a relative import"
                # `from semlens.core import walk` may name a module as well as something in one.
                yield from (
                    Import(importer, f"{node.module}.{alias.name}", node.lineno) for alias in node.names
                )


def layer_of(part: str) -> int:
    for number, parts in enumerate(LAYERS):
        if part.split(".")[0] in parts:
            return number
    pytest.fail(f"semlens.{part} has no layer: give it one here and in ARCHITECTURE.md")


def is_within(part: str, wholes: tuple[str, ...]) -> bool:
    return any(part == whole or part.startswith(whole + ".") for whole in wholes)


def test_imports_run_one_way() -> None:
    wrong = []
    for found in imports():
        if found.module.split(".")[0] != "semlens":
            continue
        target = found.module.removeprefix("semlens").removeprefix(".")
        if target.startswith("__version__"):
            target = ""
        if found.importer.split(".")[0] == target.split(".")[0]:
            continue
        mine, its = layer_of(found.importer), layer_of(target)
        if its > mine or (its == mine and mine > 0):
            wrong.append(f"semlens.{found.importer}:{found.line} imports {found.module}")
    assert wrong == []


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_a_library_is_known_to_its_own_part_alone(library: str) -> None:
    wrong = [
        f"semlens.{found.importer}:{found.line}"
        for found in imports()
        if found.module.split(".")[0] == library and not is_within(found.importer, ONLY_IN[library])
    ]
    assert wrong == []


@pytest.mark.parametrize("module", LIGHT)
def test_what_must_start_fast_imports_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*sorted(set(sys.modules) & {set(HEAVY)!r}))"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
