"""What a training gains on questions that people wrote about the code of the same folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from semlens.core.bench.statistics import difference, estimate
from semlens.core.index.prepare import chunks_of
from semlens.core.text.tokens import ModelTokenizer
from semlens.core.train.exam import Exam, ExamQuestion, ranks, recall, reciprocal
from semlens.core.train.plan import Plan
from semlens.core.train.stages import MODEL, serving
from semlens.types import Chunk, RelativePath
from speed.sources import sources


def written_exam(file: Path, root: Path, tokenizer: ModelTokenizer) -> Exam:
    """The questions of `file` (lines as of `training/written.jsonl`) about the folder `root`, by its name."""
    chunks = list(_chunks(root, tokenizer))
    lines = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    questions = []
    for one in (line for line in lines if line["repository"].rpartition("/")[2] == root.name):
        right = (
            row
            for row, (path, chunk) in enumerate(chunks)
            if path == one["path"] and chunk.start_line <= one["end"] and one["start"] <= chunk.end_line
        )
        if answers := tuple(right):
            questions.append(ExamQuestion(one["question"], "docstring", answers))
    return Exam(tuple(chunk.embedding_text for _, chunk in chunks), tuple(questions))


def written_row(exam: Exam, plan: Plan) -> str:
    """Before against after the training of `plan`, as a row of a table of Markdown."""
    before = ranks(exam, serving(plan, None))
    after = ranks(exam, serving(plan, Path(plan.folder) / MODEL))
    gain = difference(reciprocal(after), reciprocal(before))
    return (
        f"| {Path(plan.root).name} | {plan.kind} | {len(exam.questions)} in {len(exam.texts):,} | "
        f"{estimate(reciprocal(before)).mean:.3f} | {estimate(reciprocal(after)).mean:.3f} | "
        f"{gain.mean:+.3f} ({gain.low:+.3f} to {gain.high:+.3f}) | "
        f"{recall(before):.2f} → {recall(after):.2f} |"
    )


def _chunks(root: Path, tokenizer: ModelTokenizer) -> Iterator[tuple[RelativePath, Chunk]]:
    """Every piece of code of a folder, as it is indexed."""
    for path, source in sources(root):
        for chunk in chunks_of(source, tokenizer)[1]:
            yield path, chunk
