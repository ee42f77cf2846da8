"""Questions in plain words about real packages, asked on the command line with the real models."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

QUESTIONS: dict[str, list[dict[str, Any]]] = json.loads(
    Path(__file__).with_name("questions.json").read_text(encoding="utf-8")
)
FIRST = 3
ENOUGH = 17
"""Of the 20 questions."""


@pytest.fixture(scope="module")
def sources(repository: Path) -> Path:
    """The pinned packages, unpacked; fetched once."""
    cache = repository / ".cache" / "questions"
    wheels = cache / "wheels"
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    pins = ["--require-hashes", "--requirement", str(repository / "lock" / "questions.txt")]
    subprocess.run([*pip, *pins, "--dest", str(wheels)], check=True)
    for wheel in wheels.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(cache / "sources")
    return cache / "sources"


def semlens(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-I", "-m", "semlens", *arguments], capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_right_file_is_among_the_first_three(sources: Path, tmp_path: Path, session_data_dir: Path) -> None:
    missed = []
    for package, items in QUESTIONS.items():
        folder = sources / package
        report = json.loads(semlens("index", str(folder), "--json"))
        assert report["embedded"] > 0
        asked = tmp_path / f"{package}.txt"
        asked.write_text("\n".join(item["question"] for item in items), encoding="utf-8")
        options = ["--folder", str(folder), "--queries", str(asked), "--json", "--limit", str(FIRST)]
        answers = [json.loads(line) for line in semlens("search", *options).splitlines()]
        assert [answer["query"] for answer in answers] == [item["question"] for item in items]
        for item, answer in zip(items, answers, strict=True):
            found = [f"{package}/{hit['path']}" for hit in answer["hits"]]
            if not set(found) & set(item["files"]):
                missed.append((item["question"], found))
    asked_in_all = sum(map(len, QUESTIONS.values()))
    assert asked_in_all - len(missed) >= ENOUGH, missed
