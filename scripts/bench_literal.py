"""Measure how often the line comes first that holds a pasted message, a number or a rare word.

    python scripts/bench_literal.py REPOS [--index DIR] [--tiers NAMES] [--names NAMES] [--seed N]
        [--failures N]

Each text stands on exactly one line. Messages are asked for as they are in the source, in quotes, with the
prefix of a log and with their placeholders filled in. REPOS holds one folder for each repository; modules of
this Python's standard library are measured too. Beside each figure stands the one without the signals of
literal text, from the same run. `docs/quality.md` has the figures.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import sys
import sysconfig
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from quality.literals import Literal, message_forms, messages, numbers, rare_words, read_lines
from quality.repositories import LITERAL_OFF, TIERS, IndexedRepositories, Variant
from quality.scoring import Location
from semlens import __version__
from semlens.core.index.folder import FolderIndex
from semlens.types import Tier
from speed.machine import describe_machine

HITS = 20
"""Hits that each question asks for."""
REPOSITORIES = 10
OF_EACH_REPOSITORY = {"messages": 20, "numbers": 12, "rare words": 8}
MODULES = 24
MIN_MODULE_LINES = 200
OF_THE_LIBRARY = {"messages": 80, "numbers": 60, "rare words": 60}


@dataclass(frozen=True, slots=True)
class Answer:
    """The rank of the hit that holds the text, by variant of the search."""

    source: str
    form: str
    query: str
    literal: Literal
    rank: int | None
    without: int | None
    """Without the signals of literal text."""
    seconds: float
    seconds_without: float
    first: Location | None


def standard_library(folder: Path, seed: int) -> Path:
    """A folder with modules of this Python's standard library, drawn anew."""
    library = Path(sysconfig.get_paths()["stdlib"])
    long_ones = [
        path
        for path in sorted(library.glob("*.py"))
        if path.read_bytes().count(b"\n") >= MIN_MODULE_LINES and not path.name.startswith("_")
    ]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in random.Random(seed).sample(long_ones, MODULES):
        shutil.copy(path, folder)
    return folder


def drawn(index: FolderIndex, most: dict[str, int], seed: int) -> Iterator[tuple[str, str, Literal]]:
    """(form, question, literal) for texts of a repository's indexed files."""
    files = read_lines(index.root, index.reader.files.stamps())
    for literal in messages(files, most["messages"], seed):
        for form, query in message_forms(literal.text, seed).items():
            yield f"message {form}", query, literal
    for literal in numbers(files, most["numbers"], seed):
        yield "number", literal.text, literal
    for literal in rare_words(files, most["rare words"], seed):
        yield "rare word", literal.text, literal


def ask_all(
    repositories: IndexedRepositories,
    index: FolderIndex,
    source: str,
    most: dict[str, int],
    seed: int,
    tiers: str,
) -> Iterator[Answer]:
    """The answers to every question about one repository."""
    for form, query, literal in drawn(index, most, seed):
        repositories.ask(index, query, Variant.named(tiers), HITS)  # warms caches alike for both variants
        found: list[tuple[int | None, float, Location | None]] = []
        for variant in (Variant.named(tiers), Variant.named(tiers, LITERAL_OFF)):
            started = time.perf_counter()
            locations = repositories.locations(index, query, variant, HITS)
            seconds = time.perf_counter() - started
            rank = next((at for at, place in enumerate(locations, 1) if literal.in_hit(place)), None)
            found.append((rank, seconds, locations[0] if locations else None))
        (rank, seconds, first), (without, seconds_without, _) = found
        yield Answer(source, form, query, literal, rank, without, seconds, seconds_without, first)


def show(title: str, answers: list[Answer], failures: int) -> None:
    """Print a table with a row for each form, and up to `failures` questions without the right first hit."""
    by_form: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_form[answer.form].append(answer)
    print(f"\n| {title} | asked | first | without | in the first {HITS} | without | p50, ms | without |")
    print("|---|---|---|---|---|---|---|---|")
    for form, group in by_form.items():
        first = sum(one.rank == 1 for one in group), sum(one.without == 1 for one in group)
        shown = sum(one.rank is not None for one in group), sum(one.without is not None for one in group)
        p50 = [
            1000 * statistics.median(s)
            for s in zip(*((a.seconds, a.seconds_without) for a in group), strict=True)
        ]
        print(
            f"| {form} | {len(group)} | {first[0]} | {first[1]} | {shown[0]} | {shown[1]} "
            f"| {p50[0]:.1f} | {p50[1]:.1f} |"
        )
    for one in [one for one in answers if one.rank != 1][:failures]:
        place = f"{one.literal.path}:{one.literal.line}"
        print(f"  {one.source}, {one.form}, rank {one.rank}: {one.query!r} at {place}, first {one.first}")


def main() -> int:
    arguments = _arguments()
    index_dir: Path = arguments.index.resolve()
    library = standard_library(index_dir / "standard-library", arguments.seed)
    chosen = _chosen(arguments)
    print(f"Semlens {__version__}, {describe_machine()}, seed {arguments.seed}")
    print(f"repositories: {', '.join(chosen)}")
    print(f"modules: {', '.join(sorted(path.stem for path in library.iterdir()))}")
    repositories = IndexedRepositories(arguments.repos, index_dir)
    modules = IndexedRepositories(library.parent, index_dir)
    try:
        for tiers in arguments.tiers.split(","):
            found = _answers(modules, [library.name], OF_THE_LIBRARY, arguments.seed, tiers)
            show(f"standard library, {tiers}", found, arguments.failures)
            found = _answers(repositories, chosen, OF_EACH_REPOSITORY, arguments.seed, tiers)
            show(f"repositories, {tiers}", found, arguments.failures)
    finally:
        repositories.close()
        modules.close()
    return 0


def _answers(
    repositories: IndexedRepositories, names: list[str], most: dict[str, int], seed: int, tiers: str
) -> list[Answer]:
    answers: list[Answer] = []
    for name in names:
        with repositories.open(name, Tier.DEEP in TIERS[tiers]) as index:
            answers += ask_all(repositories, index, name, most, seed, tiers)
    return answers


def _chosen(arguments: argparse.Namespace) -> list[str]:
    """The repositories that are asked for, or some at random."""
    if arguments.names:
        return sorted(arguments.names.split(","))
    known = sorted(path.name for path in arguments.repos.iterdir() if path.is_dir())
    return sorted(random.Random(arguments.seed).sample(known, REPOSITORIES))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("repos", type=Path)
    parser.add_argument("--index", type=Path, default=Path(".cache/bench-literal"))
    parser.add_argument("--tiers", default="lexical+instant", help="of: " + ", ".join(TIERS))
    parser.add_argument(
        "--names", default="", help="repositories to search, with commas; ten drawn by default"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--failures", type=int, default=0, help="how many missed texts to print for each table"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
