"""What is left out of an index is listed, with the rule that leaves it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from semlens.engine.workspace.why import left_out
from semlens.types import RelativePath
from support.opened_index import opened_index

FILES = {
    "app/main.py": "print('hello')\n",
    "app/notes.log.txt": "x\n",
    "app/.semlensignore": "# nothing\nnotes*\n",
    "app/data/.env": "KEY=1\n",
    "package-lock.json": "{}\n",
}


def test_what_is_left_out_is_listed_below_a_folder_with_its_rule(
    workspace: Callable[[Mapping[str, str | bytes]], Path], tmp_path: Path
) -> None:
    with opened_index(workspace(FILES), tmp_path / "data") as index:
        whole = left_out(index, RelativePath(""), 100)
        below = left_out(index, RelativePath("app"), 100)
        first = left_out(index, RelativePath(""), 1)
    assert {"app/notes.log.txt", "app/data/.env", "package-lock.json"} <= {one.path for one in whole.files}
    assert "app/main.py" not in {one.path for one in whole.files}
    assert {one.path for one in below.files} == {"app/notes.log.txt", "app/data/.env"}
    (notes,) = (one for one in below.files if one.path.endswith(".txt"))
    assert (notes.refusal.rule, notes.refusal.line) == ("notes*", 2)
    assert len(first.files) == 1 and first.total == whole.total
