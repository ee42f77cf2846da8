"""What a folder costs in tokens, counted and printed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from semlens.cli.commands import tokens as counting
from semlens.core.cost.folder import cost_of_folder
from semlens.core.cost.types import FileCost
from semlens.core.text.tokenizers.byte_pair import BytePairTokenizer
from semlens.errors import Cancelled, FolderError
from semlens.settings import Settings
from semlens.types import CancelToken, RelativePath

TEXT = "def hello():\n    return 'world'\n"
O200K = BytePairTokenizer("o200k_base")
TOKENS = O200K.count(TEXT)
ROOT = RelativePath("")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in ("app/a.py", "app/deep/b.py", "c.py", "secret/.env", "package-lock.json"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(TEXT, encoding="utf-8")
    return tmp_path


def test_only_what_belongs_to_the_index_is_counted(folder: Path) -> None:
    found = cost_of_folder(folder, ROOT, Settings(exclude=["c.py"]), O200K, CancelToken())
    assert [file.path for file in found.files] == ["app/a.py", "app/deep/b.py"]
    assert (found.tokens, found.skipped) == (2 * TOKENS, 3)


def test_the_workspaces_rules_hold_in_the_folder_below(folder: Path) -> None:
    (folder / ".gitignore").write_text("deep/\n", encoding="utf-8")
    seen: list[FileCost] = []
    found = cost_of_folder(folder, RelativePath("app"), Settings(), O200K, CancelToken(), seen.append)
    assert list(found.files) == seen == [FileCost(RelativePath("app/a.py"), TOKENS)]


def test_it_can_be_cancelled_and_a_missing_folder_is_said(folder: Path) -> None:
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        cost_of_folder(folder, ROOT, Settings(), O200K, cancel, lambda file: cancel.cancel())
    with pytest.raises(FolderError):
        cost_of_folder(folder / "gone", ROOT, Settings(), O200K, CancelToken())


def test_the_command_line_prints_the_dearest_first_and_the_sum(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counting.tokens([folder], [], None, as_json=False)
    header, *rows = capsys.readouterr().out.splitlines()
    assert header.strip() == "o200k_base"
    assert [row.split()[:2] for row in rows] == [
        [str(2 * TOKENS), "app/"],
        [str(TOKENS), "c.py"],
        [str(3 * TOKENS), str(folder)],
    ]
    counting.tokens([folder], [], None, as_json=True)
    (told,) = json.loads(capsys.readouterr().out)["folders"]
    assert told["counts"] == [{"tokenizer": "o200k_base", "tokens": 3 * TOKENS}]
    assert [file["path"] for file in told["files"]] == ["app/a.py", "app/deep/b.py", "c.py"]


def test_a_long_folder_is_cut_and_the_rest_is_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(counting.ENTRIES_SHOWN + 2):
        (tmp_path / f"file_{number}.py").write_text(TEXT, encoding="utf-8")
    counting.tokens([tmp_path], [], None, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2].split() == [str(2 * TOKENS), "2", "more"]
    assert os.fspath(tmp_path) in lines[-1]
