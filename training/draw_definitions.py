"""Draw definitions of the training repositories, for people to write questions on.

    python training/draw_definitions.py --mirrors FOLDER --out FOLDER [--each N] [--batch N]

Each file of the output is a batch for one writer: a list of definitions with their places and code. What
they write goes to `written.jsonl`, whose rules `written.py` holds.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pairs import FILES_A_REPOSITORY, REPOSITORIES, is_wanted, list_files, read_texts

from semlens.core.chunk.structure import find_structure
from semlens.core.text.languages import LANGUAGES, language_of
from semlens.types import RelativePath

LINES = range(5, 60)
"""Shorter definitions say too little, longer ones too much for one question."""
OF_A_FILE = 3


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mirrors", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--each", type=int, default=50, help="definitions of each repository")
    parser.add_argument("--batch", type=int, default=25)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for repository in json.loads(REPOSITORIES.read_text("utf-8")):
        name = repository["name"]
        git_dir = arguments.mirrors / name.replace("/", "+") / "repo"
        if not (git_dir / "HEAD").exists():
            continue
        drawn = drawn_from(git_dir, name, revision(git_dir, repository["commit"]), arguments.each)
        for start in range(0, len(drawn), arguments.batch):
            file = arguments.out / f"{name.replace('/', '+')}-{start // arguments.batch}.json"
            file.write_text(json.dumps(drawn[start : start + arguments.batch], indent=1), "utf-8")
        print(f"{name}: {len(drawn)} definitions")


def revision(git_dir: Path, wanted: str) -> str:
    """`wanted`, or the newest commit of a mirror that lacks it."""
    asked = ["git", "-c", "safe.directory=*", f"--git-dir={git_dir}", "rev-parse", "--verify", "--quiet"]
    for name in (f"{wanted}^{{commit}}", "HEAD"):
        found = subprocess.run([*asked, name], capture_output=True, text=True)
        if found.returncode == 0:
            return found.stdout.strip()
    raise SystemExit(f"{git_dir} has no commit")


def drawn_from(git_dir: Path, name: str, commit: str, count: int) -> list[dict[str, Any]]:
    """`count` definitions of a repository at a commit, the same in every run."""
    draw = random.Random(name)
    paths = [path for path in list_files(git_dir, commit) if is_wanted(path)]
    draw.shuffle(paths)
    found: list[dict[str, Any]] = []
    for path, text in read_texts(git_dir, commit, paths[:FILES_A_REPOSITORY]):
        of_file = list(_definitions(path, text))
        draw.shuffle(of_file)
        place = {"repository": name, "commit": commit, "path": path}
        found += [{**place, **one} for one in of_file[:OF_A_FILE]]
    draw.shuffle(found)
    return found[:count]


def _definitions(path: str, text: str) -> Iterator[dict[str, Any]]:
    language = LANGUAGES.get(language_of(RelativePath(path)) or "")
    if language is None:
        return
    lines = text.split("\n")
    for one in find_structure(text, language).walk():
        if one.kind != "scope" and one.end - one.start + 1 in LINES and not one.inline:
            code = "\n".join(lines[one.start : one.end + 1])
            yield {"start": one.start + 1, "end": one.end + 1, "name": one.path, "code": code}


if __name__ == "__main__":
    main()
