"""The architecture's rules, read from the imports: one way, and each heavy library known to one part."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

SERVER = Path(__file__).resolve().parents[1] / "server"

LAYERS: tuple[tuple[str, ...], ...] = (
    ("", "types", "errors"),
    ("settings",),
    ("private_files",),
    ("protocol",),
    ("process",),
    ("core.util",),
    ("core.net",),
    ("core.text",),
    ("core.files",),
    ("core.query",),
    ("core.pack",),
    ("core.chunk",),
    ("core.images",),
    ("core.embed",),
    ("core.store",),
    ("core.team",),
    ("core.served",),
    ("core.lexical",),
    ("core.index",),
    ("core.search",),
    ("core.compare",),
    ("core.map",),
    ("core.cost",),
    ("core.bench",),
    ("core.train",),
    ("engine.wire",),
    ("engine.client",),
    ("engine.models",),
    ("engine.jobs",),
    ("engine.workspace",),
    ("engine.daemon",),
    ("engine.__main__",),
    ("api",),
    ("lsp",),
    ("mcp",),
    ("cli",),  # `semlens serve` starts the language server
    ("__main__",),
)
"""A room imports from itself and from the layers before its own; the first layer's rooms know each other."""

LIGHT_ROOMS = ("engine.wire", "engine.client")
"""They run in the editor's and the terminal's process, and import nothing of `core`."""

ONLY_IN: dict[str, tuple[str, ...]] = {
    "pygls": ("lsp",),
    "lsprotocol": ("lsp",),
    "chromadb": ("core.store.chroma_client",),
    "torch": ("core.embed.torch_backends", "core.train.deep_learner"),
    "sentence_transformers": ("core.embed.torch_backends", "core.train.deep_learner"),
    "transformers": ("core.embed.torch_backends",),
    "PIL": ("core.embed.pictures",),
    "rapidocr": ("core.embed.text_worker",),
    "tantivy": ("core.lexical",),
    "sqlite3": ("core.store",),
    "orjson": ("protocol.json",),
    "httpx": ("core.net.http",),
    "numkong": ("core.store.quantized",),
    "watchdog": ("core.files.watch",),
    "tree_sitter": ("core.chunk", "core.text.languages"),
    "tree_sitter_language_pack": ("core.chunk", "core.text.languages"),
    "mcp": ("mcp",),
    "mcp_types": ("mcp",),
    "typer": ("cli",),
    "rich": ("cli",),
}
"""Library → the parts that may import it."""

PUBLIC = "api"
"""The room that `semlens` itself names, so that `from semlens import Index` works; it is imported at need."""

LIGHT = (
    "semlens.lsp.server",
    "semlens.mcp.server",
    "semlens.cli",
    "semlens.engine.client.client",
    "semlens.api",
)
HEAVY = (
    "torch",
    "sentence_transformers",
    "transformers",
    "PIL",
    "rapidocr",
    "chromadb",
    "tantivy",
    "tokenizers",
    "tree_sitter",
)
WITH_NUMPY = frozenset({"semlens.api"})
"""It gives vectors as arrays."""


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


def room_of(part: str) -> str:
    """The room of a module: in `core` and `engine` its folder there, elsewhere the first folder."""
    names = part.split(".")
    return ".".join(names[: 2 if names[0] in {"core", "engine"} else 1])


def layer_of(part: str) -> int:
    room = room_of(part)
    if room in {"core", "engine"}:  # the packages themselves, which hold nothing
        return 0
    for number, rooms in enumerate(LAYERS):
        if room in rooms:
            return number
    pytest.fail(f"semlens.{part} has no layer: give it one here and in ARCHITECTURE.md")


def is_within(part: str, wholes: tuple[str, ...]) -> bool:
    return any(part == whole or part.startswith(whole + ".") for whole in wholes)


def own_imports() -> Iterator[tuple[Import, str]]:
    """Each import of one of Semlens's modules, with that module's name below `semlens`."""
    for found in imports():
        if found.module.split(".")[0] == "semlens":
            yield found, _module_of(found.module)


def _module_of(imported: str) -> str:
    """`semlens.types.Chunk` is in `types`; `semlens.__version__` is in the package itself."""
    names = imported.split(".")[1:]
    while names:
        path = (SERVER / "semlens").joinpath(*names)
        if path.with_suffix(".py").exists() or path.is_dir():
            break
        names.pop()
    return ".".join(names)


def test_imports_run_one_way() -> None:
    wrong = []
    for found, target in own_imports():
        if room_of(found.importer) == room_of(target):
            continue
        if found.importer == "" and room_of(target) == PUBLIC:
            continue
        mine, its = layer_of(found.importer), layer_of(target)
        if its > mine or (its == mine and mine > 0):
            wrong.append(f"semlens.{found.importer}:{found.line} imports {found.module}")
    assert wrong == []


def test_what_runs_in_the_editors_process_imports_nothing_of_core() -> None:
    wrong = [
        f"semlens.{found.importer}:{found.line} imports {found.module}"
        for found, target in own_imports()
        if is_within(found.importer, LIGHT_ROOMS) and target.split(".")[0] == "core"
    ]
    assert wrong == []


def test_the_editor_and_the_terminal_reach_the_engine_through_its_client_alone() -> None:
    wrong = [
        f"semlens.{found.importer}:{found.line} imports {found.module}"
        for found, target in own_imports()
        if room_of(found.importer) in {"lsp", "mcp", "cli", "api"}
        and target.split(".")[0] == "engine"
        and not is_within(target, LIGHT_ROOMS)
    ]
    assert wrong == []


def test_no_two_files_import_each_other() -> None:
    pairs = {(found.importer, target) for found, target in own_imports() if found.importer != target}
    mutual = {pair for pair in pairs if pair[::-1] in pairs and pair[0] < pair[1]}
    assert sorted(mutual) == []


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
    heavy = {*HEAVY, "httpx"} | (set() if module in WITH_NUMPY else {"numpy"})
    code = f"import sys, {module}; print(*sorted(set(sys.modules) & {heavy!r}))"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_semlens_itself_imports_nothing_until_a_name_is_used() -> None:
    code = (
        "import sys; before = set(sys.modules); import semlens; semlens.__version__;"
        "print(*sorted(name for name in set(sys.modules) - before if name.startswith('semlens')));"
        "from semlens import Index, Hit; print(Index.__module__, Hit.__module__)"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["semlens", "semlens.api.index semlens.types"]


def test_a_worker_that_reads_files_imports_no_index_and_no_network() -> None:
    code = (
        "import sys, semlens.core.index.worker;"
        "print(*sorted(set(sys.modules) & {'httpx', 'tantivy', 'semlens.core.index.folder'}))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_client_of_http_is_imported_without_its_command_line() -> None:
    code = "import sys, semlens.core.net.http; print(*sorted(set(sys.modules) & {'click', 'rich'}))"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
