"""What a model cannot see whole is listed, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from semlens.engine.workspace.split_code import split_code
from semlens.types import RelativePath
from support.opened_index import opened_index

LINES = "".join(f"    total_{i} = compute(values[{i}], 'item {i}')\n" for i in range(60))
BRACES = "".join(f"  total{i} = compute(values[{i}], 'item {i}');\n" for i in range(60))
GO = "".join(f'\ttotal{i} := compute(values[{i}], "item {i}")\n' for i in range(60))
METHODS = "".join(
    f"    def method_{i}(self, value):\n        return self.items[{i}] + value\n\n" for i in range(60)
)
WORDS = "The quick brown fox jumps over the lazy dog. " * 20 + "\n"

FILES = {
    "app/long.py": f"def short(x):\n    return x\n\n\ndef long(values):\n{LINES}    return total_1\n",
    "app/members.py": f'class Store:\n    """Keeps things."""\n\n{METHODS}',
    "app/longest.js": f"function first(values) {{\n{BRACES * 2}}}\n",
    "go/long.go": f"package a\n\nfunc (s *Server) Run(values []int) {{\n{GO}}}\n",
    "docs/guide.md": f"# Guide\n\n## Short\n\nA line.\n\n## Long\n\n{WORDS * 4}\n## Last\n\nA line.\n",
    "data/line.txt": "word " * 40_000 + "\n",
    "data/several.txt": "word " * 3_000 + "\n",
}


def test_what_is_seen_in_parts_is_listed_by_its_size(
    workspace: Callable[[Mapping[str, str | bytes]], Path], tmp_path: Path
) -> None:
    with opened_index(workspace(FILES), tmp_path / "data") as index:
        whole = split_code(index, RelativePath(""), 100)
        below = split_code(index, RelativePath("app"), 1)
    found = {(one.path, one.name): one for one in whole.definitions}
    assert set(found) == {
        ("app/long.py", "long"),
        ("app/longest.js", "first"),
        ("go/long.go", "Server.Run"),
        ("docs/guide.md", "Guide.Long"),
    }
    assert whole.total == 4
    chunks = [one.chunks for one in whole.definitions]
    assert chunks == sorted(chunks, reverse=True) and min(chunks) > 1
    long = found[RelativePath("app/long.py"), "long"]
    assert (long.kind, long.start_line, long.end_line) == ("function", 5, 66)
    assert [(one.path, one.name) for one in below.definitions] == [("app/longest.js", "first")]
    assert below.total == 2


def test_only_a_line_longer_than_all_its_parts_is_not_seen_to_its_end(
    workspace: Callable[[Mapping[str, str | bytes]], Path], tmp_path: Path
) -> None:
    with opened_index(workspace(FILES), tmp_path / "data") as index:
        unseen = split_code(index, RelativePath(""), 100).unseen
    assert [(one.path, one.line, one.parts) for one in unseen] == [("data/line.txt", 1, 64)]
