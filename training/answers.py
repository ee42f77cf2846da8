"""Put beside each written question the chunk that answers it, to train on.

    python training/answers.py --mirrors MIRRORS --out ANSWERS.jsonl.gz

MIRRORS has the git directories of the repositories as OWNER+REPO/repo. A line of the output has a question
of `written.jsonl`, where it is answered, and the answer with and without its docstring. Questions that are
held back are left out.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pairs import read_texts, tokenizer, without_docstring
from written import Question, to_learn_from

from semlens.core.chunk import chunk_with_rows
from semlens.core.text.languages import language_of
from semlens.types import Chunk, RelativePath


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mirrors", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    with gzip.open(arguments.out, "wt", encoding="utf-8") as out:
        for (repository, commit), questions in to_learn_from().items():
            git_dir = arguments.mirrors / repository.replace("/", "+") / "repo"
            out.writelines(json.dumps(one) + "\n" for one in answered(git_dir, commit, questions))
            print(f"{repository}: {len(questions)} questions", flush=True)


def answered(git_dir: Path, commit: str, questions: Sequence[Question]) -> Iterator[dict[str, Any]]:
    """The questions on a repository, each with the chunk that has most of its definition."""
    chunks: dict[str, list[Chunk]] = {}
    paths = sorted({question["path"] for question in questions})
    for path, text in read_texts(git_dir, commit, paths):
        language = language_of(RelativePath(path)) or ""
        chunks[path] = [one.chunk for one in chunk_with_rows(text, language, tokenizer())]
    for question in questions:
        answer = nearest(question, chunks.get(question["path"], ()))
        if answer is not None:
            yield {
                **{name: question[name] for name in ("repository", "path", "start", "question")},
                "code": answer.embedding_text,
                "bare": without_docstring(answer.embedding_text, answer.docstring) or answer.embedding_text,
            }


def nearest(question: Question, chunks: Sequence[Chunk]) -> Chunk | None:
    """The chunk whose lines are most nearly those of the question's definition; None if none has any."""

    def likeness(chunk: Chunk) -> float:
        """The common lines relative to the lines of both (Jaccard)."""
        common = min(chunk.end_line, question["end"]) - max(chunk.start_line, question["start"]) + 1
        both = max(chunk.end_line, question["end"]) - min(chunk.start_line, question["start"]) + 1
        return max(0, common) / both

    best = max(chunks, key=likeness, default=None)
    return best if best is not None and likeness(best) > 0 else None


if __name__ == "__main__":
    main()
