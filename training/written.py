"""The questions that people wrote on definitions of the training repositories, and the rules for them.

    python training/written.py                                    check `written.jsonl`
    python training/written.py --batches FOLDER --add FOLDER  put new ones into it

A line has the question, its kind and language, and the definition that answers it: repository, commit,
path, first and last line, name. A writer's file has the name of its batch of `draw_definitions.py`, and a
line for each question: `of` (the definition's place in the batch), `kind`, `language` if it is not English,
`question`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from semlens.core.text.analyzer import code_terms

FILE = Path(__file__).with_name("written.jsonl")
KINDS: Mapping[str, range] = {
    "purpose": range(4, 41),
    "absence": range(4, 41),
    "symptom": range(4, 41),
    "wish": range(4, 41),
    "error": range(4, 41),
    "jargon": range(3, 41),
    "typed": range(2, 15),
    "everyday": range(4, 41),
    "report": range(40, 251),
}
"""What is asked for, and how many words that takes: what code is for; what goes wrong without it; a symptom
that it explains; a wish to change something; an error message with its circumstances; in the words of the
field; as people type into a search engine; in everyday words; a bug report."""
LANGUAGES = ("en", "de", "es", "zh")
HELD_BACK = 8
"""One of this many repositories is held back: only measured on."""
STRANGE = 0.5
"""The least share of questions that share no word's stem with the definition's name and path."""

Question = dict[str, Any]
_FIELDS = frozenset({"repository", "commit", "path", "start", "end", "name", "kind", "language", "question"})


def read_written(path: Path = FILE) -> list[Question]:
    """All written questions."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def is_held_back(repository: str) -> bool:
    """Whether the questions of a repository may only be measured on."""
    return crc32(repository.lower().encode()) % HELD_BACK == 0


def to_learn_from() -> dict[tuple[str, str], list[Question]]:
    """The questions that are not held back, by their repository and commit."""
    by_revision: dict[tuple[str, str], list[Question]] = defaultdict(list)
    for question in read_written():
        if not is_held_back(question["repository"]):
            by_revision[question["repository"], question["commit"]].append(question)
    return by_revision


def shares_word(question: Question) -> bool:
    """Whether a word's stem stands both in the question and in the definition's name or path."""
    return bool(_terms(question["question"]) & _terms(f"{question['name']} {question['path']}"))


def problems_of(question: Question) -> Iterator[str]:
    """What is wrong with a question, in sentences."""
    if set(question) != _FIELDS:
        yield f"Its fields are not {', '.join(sorted(_FIELDS))}."
        return
    text, kind = question["question"], question["kind"]
    if kind not in KINDS or question["language"] not in LANGUAGES:
        yield f"There is no kind {kind} or language {question['language']}."
    elif question["language"] != "zh" and len(text.split()) not in KINDS[kind]:
        yield f"A question of the kind {kind} has {KINDS[kind].start} to {KINDS[kind].stop - 1} words."
    if text != text.strip() or (kind != "report" and "\n" in text):
        yield "It has space around it, or several lines."
    if not 1 <= question["start"] <= question["end"]:
        yield "Its definition has no lines."


def problems_of_all(questions: Sequence[Question], known: Iterable[str]) -> Iterator[str]:
    """What is wrong with the questions together; `known` are the training repositories."""
    training = {name.lower() for name in known}
    for question in questions:
        for problem in problems_of(question):
            yield f"{question.get('question', '')[:80]}: {problem}"
        if question["repository"].lower() not in training:
            yield f"{question['repository']} is no training repository."
    for text, count in Counter(question["question"].casefold() for question in questions).items():
        if count > 1:
            yield f"{text[:80]}: it is asked {count} times."
    strange = sum(not shares_word(question) for question in questions)
    if strange < STRANGE * len(questions):
        yield f"Only {strange} of {len(questions)} share no word with the name and path of what answers them."


def joined(batch: Sequence[Question], lines: Iterable[str]) -> Iterator[Question]:
    """The questions of a writer's file, each with the definition of the batch that it is on."""
    for line in lines:
        written = json.loads(line)
        of = batch[written["of"]]
        place = {name: of[name] for name in ("repository", "commit", "path", "start", "end", "name")}
        yield {
            **place,
            "kind": written["kind"],
            "language": written.get("language", "en"),
            "question": written["question"],
        }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--batches", type=Path)
    parser.add_argument("--add", type=Path, help="a folder of files that writers wrote, or one file")
    parser.add_argument("--dry-run", action="store_true", help="check what would be added alone")
    arguments = parser.parse_args()
    questions = read_written() if FILE.exists() and not arguments.dry_run else []
    if arguments.add:
        files = sorted(arguments.add.glob("*.jsonl")) if arguments.add.is_dir() else [arguments.add]
        for file in files:
            batch = json.loads((arguments.batches / f"{file.stem}.json").read_text("utf-8"))
            questions += joined(batch, filter(str.strip, file.read_text("utf-8").splitlines()))
    repositories = json.loads(FILE.with_name("repositories.json").read_text("utf-8"))
    found = list(problems_of_all(questions, (one["name"] for one in repositories)))
    _show(questions)
    if found:
        sys.exit("\n".join(found))
    if arguments.add and not arguments.dry_run:
        rows = sorted({json.dumps(one, ensure_ascii=False, sort_keys=True) for one in questions})
        FILE.write_text("\n".join(rows) + "\n", "utf-8", newline="\n")


def _show(questions: Sequence[Question]) -> None:
    strange = sum(not shares_word(one) for one in questions)
    held_back = sum(is_held_back(one["repository"]) for one in questions)
    print(f"{len(questions)} questions, {strange} share no word, {held_back} are held back")
    for field in ("kind", "language"):
        print(
            f"{field}:", ", ".join(f"{name} {n}" for name, n in Counter(q[field] for q in questions).items())
        )


@cache
def _terms(text: str) -> frozenset[str]:
    return frozenset(code_terms(text, stem=True))


if __name__ == "__main__":
    main()
