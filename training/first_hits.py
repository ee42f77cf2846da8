"""Ask the search each written question, and keep its first hits, to train the cross-encoder on.

    python training/first_hits.py --mirrors MIRRORS --work FOLDER --out HITS.jsonl.gz

MIRRORS has the git directories of the repositories as OWNER+REPO/repo. FOLDER gets their files at the
questions' commits, and an index of them. A line of the output has a question of `written.jsonl` that is not
held back, and the hits of all tiers: the text that a cross-encoder reads, the search's own score, whether it
is weak, and whether it overlaps the definition that was asked for.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from pairs import list_files, read_texts
from written import Question, to_learn_from

sys.path.insert(0, str(Path(__file__).parent.parent / "scripts"))

from quality.repositories import RERANKS, IndexedRepositories, Variant
from semlens.core.embed.cross_encoder import text_of
from semlens.core.index.folder import FolderIndex
from semlens.core.query.query import parse_query
from semlens.types import Hit

DEPTH = 40
"""Hits of a question."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mirrors", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    folders = arguments.work / "repositories"
    repositories = IndexedRepositories(folders, arguments.work / "index")
    with closing(repositories), gzip.open(arguments.out, "wt", encoding="utf-8") as out:
        for (repository, commit), questions in to_learn_from().items():
            name = repository.replace("/", "+")
            _lay_out(arguments.mirrors / name / "repo", commit, folders / name)
            with repositories.open(name, deep=True) as index:
                for line in _asked(repositories, index, questions):
                    out.write(json.dumps(line) + "\n")
            print(f"{repository}: {len(questions)} questions", flush=True)


def _asked(
    repositories: IndexedRepositories, index: FolderIndex, questions: Sequence[Question]
) -> list[dict[str, Any]]:
    """The questions that a cross-encoder would read, with their hits."""
    every_tier = Variant.named("all")
    return [
        {
            "question": question["question"],
            "hits": [
                {"text": text_of(hit), "score": hit.score, "weak": hit.weak, "right": _answers(hit, question)}
                for hit in repositories.ask(index, question["question"], every_tier, DEPTH)
            ],
        }
        for question in questions
        if RERANKS.wanted_for(parse_query(question["question"]))
    ]


def _answers(hit: Hit, question: Question) -> bool:
    overlaps = hit.start_line <= question["end"] and question["start"] <= hit.end_line
    return hit.path == question["path"] and overlaps


def _lay_out(git_dir: Path, commit: str, folder: Path) -> None:
    """Write the sources of a repository at a commit, unless they are there."""
    if folder.is_dir():
        return
    for path, text in read_texts(git_dir, commit, list_files(git_dir, commit)):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8", newline="")


if __name__ == "__main__":
    main()
