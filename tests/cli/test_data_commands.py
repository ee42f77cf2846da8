"""`semlens embed` and `semlens export`: vectors and indexes for other tools."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from support.command_line import Ended, Run
from support.live import Live, write

CODE = "def first():\n    return 1\n\n\ndef second():\n    return 2\n"


@pytest.fixture(autouse=True)
def engine(live: Live) -> None:
    live.start()


def lines_of(ended: Ended) -> list[dict[str, Any]]:
    assert ended.status == 0, ended.err
    return [json.loads(line) for line in ended.out.splitlines()]


@pytest.mark.parametrize(("model", "dimension"), [("deep", 384), ("instant", 256)])
def test_a_files_vector_is_a_json_line(run: Run, tmp_path: Path, model: str, dimension: int) -> None:
    file = write(tmp_path, {"a.py": CODE}) / "a.py"
    (row,) = lines_of(run("embed", file, "--model", model))
    assert (row["path"], row["parts"], len(row["vector"])) == ("a.py", 1, dimension)
    assert row["fingerprint"] and row["model"].startswith("semlens-")
    assert np.linalg.norm(row["vector"]) == pytest.approx(1, abs=1e-4)


def test_a_text_beyond_the_window_is_the_mean_of_its_parts(run: Run, tmp_path: Path) -> None:
    long = "".join(f"def work_{number}(value):\n    return value * {number}\n\n\n" for number in range(200))
    file = write(tmp_path, {"a.py": long}) / "a.py"
    (row,) = lines_of(run("embed", file))
    assert row["parts"] > 1
    assert np.linalg.norm(row["vector"]) == pytest.approx(1, abs=1e-4)
    (whole,) = lines_of(run("embed", file, "--model", "instant"))
    assert whole["parts"] == 1


def test_chunks_and_lines_have_a_vector_each(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path, {"a.go": "package a\n\nfunc First() int {\n\treturn 1\n}\n"}) / "a.go"
    rows = lines_of(run("embed", file, "--by", "chunks"))
    assert rows[-1]["endLine"] == 5 and {"startLine", "symbol"} < set(rows[0])
    stdin = io.TextIOWrapper(io.BytesIO(b"one question\n\nanother one\n"))
    monkeypatch.setattr("sys.stdin", stdin)
    asked = lines_of(run("embed", "-", "--by", "lines", "--query"))
    assert [row["line"] for row in asked] == [1, 3]


def test_vectors_are_written_as_numpy_or_json_lines(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path, {"a.py": CODE}) / "a.py"
    assert run("embed", file, "-o", tmp_path / "a.npy") == Ended(0, "", "")
    assert np.load(tmp_path / "a.npy").shape == (1, 384)
    assert run("embed", file, "-o", tmp_path / "a.jsonl") == Ended(0, "", "")
    assert json.loads((tmp_path / "a.jsonl").read_text())["path"] == "a.py"


def test_an_access_token_is_masked_before_a_model_sees_it(run: Run, tmp_path: Path, live: Live) -> None:
    secret = "ghp_" + "0123456789abcdefghijABCDEFGHIJ" + "xyzuvw"
    one, other = (f'token = "{value}"\n' for value in (secret, secret[::-1].replace("_phg", "") + "_"))
    files = write(tmp_path, {"a.py": one, "b.py": one.replace("0123", "9876"), "c.py": other})
    vectors = [lines_of(run("embed", files / name))[0]["vector"] for name in ("a.py", "b.py", "c.py")]
    assert vectors[0] == vectors[1] != vectors[2]


WRONG = [
    (["embed", "nothing.py"], "cannot be read"),
    (["embed", "empty.py"], "has no text to embed"),
    (["embed", "a.py", "--by", "words"], '"words" is not one of whole, chunks, lines.'),
    (["embed", "a.py", "--model", "nope"], 'There is no model "nope"'),
    (["embed", "a.py", "-o", "no/such/folder.npy"], "cannot be used"),
    (["export", ".", "--to", "new", "--format", "parquet"], '"parquet" is not one of numpy, chroma.'),
    (["export", ".", "--to", "taken"], "exists already"),
    (["export", ".", "--to", "a.py"], "exists already"),
    (["export", "nowhere", "--to", "new"], "There is no folder"),
]


def test_what_cannot_be_done_is_one_sentence(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = write(tmp_path / "work", {"a.py": CODE, "empty.py": "\n", "taken/file": ""})
    monkeypatch.chdir(work)
    for arguments, said in WRONG:
        ended = run(*arguments)
        assert ended.status in (1, 2) and ended.out == "", arguments
        assert ended.err.startswith("semlens: ") and said in ended.err and ended.err.count("\n") == 1


@pytest.mark.parametrize("form", ["numpy", "chroma"])
def test_a_folder_is_indexed_and_exported(run: Run, tmp_path: Path, form: str) -> None:
    folder = write(tmp_path / "workspace", {"a.py": CODE, "b.md": "# Guide\n\nText.\n"})
    told = json.loads(run("export", folder, "--to", tmp_path / "out", "--format", form, "--json").out)
    assert told["chunks"] == 2 and len(told["names"]) == (2 if form == "chroma" else 4)
    assert any((tmp_path / "out").iterdir())
