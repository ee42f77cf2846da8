"""Measure what a user waits for beside the code: a hover while typing and indexing, a count in a large file.

    python scripts/bench_typing.py REPOSITORIES [--tokenizers o200k_base …] [--data FOLDER]

REPOSITORIES is a folder of repositories, or one repository: it is indexed anew during the hovers. Of its
Python files a file of 2,000 lines and one of 5 MB are made. FOLDER is a data folder with more tokenizers.
Prints a row for each figure, with its goal.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from speed import served, sources
from speed.language_client import LanguageClient
from speed.machine import describe_machine

LINES = 2_000
LARGE = 5_000_000
HOVERS = 150
KEYSTROKES = 30


@dataclass(frozen=True, slots=True)
class Typed:
    """An open document and its text, changed together."""

    client: LanguageClient
    document: dict[str, str]
    lines: list[str]

    def type(self, row: int, letter: str, version: int) -> None:
        """Insert a letter at the end of a line, as an editor does."""
        at = {"line": row, "character": len(self.lines[row])}
        change = {"range": {"start": at, "end": at}, "text": letter}
        self.lines[row] += letter
        versioned = {**self.document, "version": version}
        self.client.notify("textDocument/didChange", {"textDocument": versioned, "contentChanges": [change]})


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure hovers and counts while typing.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tokenizers", nargs="+", default=["o200k_base", "cl100k_base"])
    parser.add_argument("--data", type=Path, help="a data folder with tokenizers")
    arguments = parser.parse_args()
    print(describe_machine(("pygls", "tokenizers", "bpe-openai")), flush=True)
    scratch = Path(tempfile.mkdtemp(prefix="semlens-typing-"))
    data_dir = scratch / "data"
    data_dir.mkdir(mode=0o700)
    if arguments.data is not None:
        shutil.copytree(arguments.data / "tokenizers", data_dir / "tokenizers")
    try:
        text = _python(arguments.folder)
        print("| figure | measured | goal |\n|---|---|---|")
        for row in (
            *_hovers(data_dir, arguments.folder, scratch / "hover.py", text),
            *_counts(data_dir, scratch / "large.py", text, arguments.tokenizers),
        ):
            print(f"| {' | '.join(row)} |", flush=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _python(folder: Path) -> str:
    """`LARGE` characters of Python."""
    parts: list[str] = []
    size = 0
    for path, text in sources.texts(sources.repositories(folder)):
        if path.endswith(".py"):
            parts.append(text)
            size += len(text)
        if size >= LARGE:
            break
    whole = "\n".join(parts)
    if not whole:
        raise SystemExit(f"{folder} has no Python file.")
    return (whole * (LARGE // len(whole) + 1))[:LARGE]


def _hovers(data_dir: Path, root: Path, file: Path, text: str) -> Iterator[tuple[str, str, str]]:
    file.write_text("\n".join(text.split("\n")[:LINES]), encoding="utf-8")
    for name, settings in (("compact", {}), ("full", {"hover": "full"})):
        own = data_dir / name  # so that the folder is indexed anew
        own.mkdir(mode=0o700)
        with LanguageClient(own, root, {**served.INSTANT, **settings}) as client:
            before = served.memory(client.process.pid)
            typed = Typed(client, client.open(file), file.read_text("utf-8").split("\n"))
            still, changed = _hover_times(typed)
            after = served.memory(client.process.pid)
        yield f"hover, {LINES} lines, {name}, while indexing", _milliseconds(still[1:]), "p95 ≤ 50 ms"
        yield "— after a keystroke each", _milliseconds(changed), ""
        yield "— the first", f"{still[0] * 1000:.0f} ms", ""
        yield (
            "— memory of the language server, before and after",
            f"{before:.0f}, {after:.0f} MB",
            "unchanged",
        )


def _hover_times(typed: Typed) -> tuple[list[float], list[float]]:
    """Seconds of hovers over a text at rest, and over one that changes before each."""
    rows = [row for row, line in enumerate(typed.lines) if line.lstrip().startswith(("def ", "class "))]
    chance = random.Random(0)
    still: list[float] = []
    changed: list[float] = []
    for number in range(2 * HOVERS):
        row = chance.choice(rows)
        if number >= HOVERS:
            typed.type(chance.randrange(len(typed.lines)), " ", number + 2)
        at = {"line": row, "character": typed.lines[row].find(" ", 4) + 2}
        took = typed.client.timed("semlens/hover", {"textDocument": typed.document, "position": at})
        (still if number < HOVERS else changed).append(took)
    return still, changed


def _counts(data_dir: Path, file: Path, text: str, tokenizers: list[str]) -> Iterator[tuple[str, str, str]]:
    file.write_text(text, encoding="utf-8")
    for name in tokenizers:
        with LanguageClient(data_dir, file.parent, {**served.INSTANT, "enabled": False}) as client:
            before = served.memory(client.process.pid)
            typed = Typed(client, client.open(file), text.split("\n"))
            asked: dict[str, Any] = {"textDocument": typed.document, "tokenizers": [name]}
            first = client.timed("semlens/count", asked)
            chance = random.Random(0)
            times = []
            for number in range(KEYSTROKES):
                typed.type(chance.randrange(len(typed.lines)), "x", number + 2)
                times.append(client.timed("semlens/count", asked))
            after = served.memory(client.process.pid)
        yield f"keystroke to count, 5 MB, {name}", _milliseconds(times), ""
        yield "— the first count", f"{first:.2f} s", ""
        yield "— memory of the language server, before and after", f"{before:.0f}, {after:.0f} MB", ""


def _milliseconds(times: list[float]) -> str:
    p50, p95 = np.percentile(times, (50, 95)) * 1000
    return f"p50 {p50:.0f}, p95 {p95:.0f} ms"


if __name__ == "__main__":
    main()
