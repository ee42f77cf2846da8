"""Measure bug reports as questions: is the file that the fix changed among the first 1, 3, 5?

    python scripts/bench_reports.py REPORTS REPOSITORY [--work DIR] [--tiers NAMES] [--peer PYTHON]
        [--most N]

REPORTS is a JSON list of objects with `commit`, `question` and `files`; REPOSITORY a git repository with the
commits. The whole text is asked of the Python files that are no tests, as they were at the commit. Every file
of the fix must be among the first. Beside Semlens stand BM25 alone, with every word of the text (one score
for each piece of code, the best of a file's pieces counts), Semlens with the text's first line alone, and the
peer `semble`, whose first 50 results are taken.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tarfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from quality.peer import running_peer
from quality.repositories import TIERS, IndexedRepositories
from quality.scoring import mean
from semlens import __version__
from semlens.core.index.folder import FolderIndex
from semlens.core.query.query import parse_query
from semlens.core.query.terms import bm25_terms
from semlens.core.search import Searcher, SearchOptions
from semlens.types import Tier
from speed.machine import describe_machine

FIRST = (1, 3, 5, 10)
HITS = 50

Answer = Callable[[FolderIndex, str], Iterable[str]]
"""An index and a report → the paths of the hits, best first."""


def main() -> None:
    arguments = _arguments()
    print(f"Semlens {__version__}, {describe_machine()}")
    reports = json.loads(arguments.reports.read_text(encoding="utf-8"))
    reports.sort(key=lambda report: _time_of(arguments.repository, report["commit"]))
    repositories = IndexedRepositories(arguments.work, arguments.work / "index")
    answers = _answers(repositories, arguments.tiers.split(","))
    places: dict[str, list[int]] = defaultdict(list)
    seconds: dict[str, list[float]] = defaultdict(list)
    deep = any(Tier.DEEP in TIERS[name] for name in arguments.tiers.split(","))
    with closing(repositories), running_peer(arguments.peer) as peer:
        for number, report in enumerate(reports[: arguments.most], 1):
            print(f"  {number} of {len(reports)}", file=sys.stderr, flush=True)
            _check_out(arguments.repository, report["commit"], arguments.work / "tree")
            with repositories.open("tree", deep) as index:
                for name, answer in answers.items():
                    started = time.perf_counter()
                    found = list(answer(index, report["question"]))
                    seconds[name].append(time.perf_counter() - started)
                    places[name].append(_place(found, report["files"]))
                if peer is not None:
                    (results,) = peer.snippets(index.root, [report["question"]], HITS, 0)
                    found = [result["file_path"] for result in results]
                    places[f"semble {peer.version}"].append(_place(found, report["files"]))
    _show(places, seconds)


def _answers(repositories: IndexedRepositories, tiers: Sequence[str]) -> Mapping[str, Answer]:
    def of_tiers(name: str) -> Answer:
        def answer(index: FolderIndex, text: str) -> Iterable[str]:
            query = parse_query(text)
            vector = repositories.vector(query.text) if Tier.DEEP in TIERS[name] else None
            ranked = Searcher(index).rank(query, SearchOptions(HITS, TIERS[name], vector))
            return (one.chunk.path for one in ranked)

        return answer

    def first_line(index: FolderIndex, text: str) -> Iterable[str]:
        return of_tiers("lexical+instant")(index, text.strip().split("\n", 1)[0])

    return {"BM25": _bm25, "first line": first_line, **{name: of_tiers(name) for name in tiers}}


def _bm25(index: FolderIndex, text: str) -> Iterable[str]:
    found = index.lexical.search(bm25_terms(text), 1_000)
    chunks = index.reader.chunks.by_id([chunk_id for chunk_id, _ in found])
    ordered = sorted(found, key=lambda pair: -pair[1])
    return (chunks[chunk_id].path for chunk_id, _ in ordered if chunk_id in chunks)


def _place(found: Iterable[str], files: Sequence[str]) -> int:
    """The place of the last of `files` among the files that were found; beyond all if one is missing."""
    order = {path: place for place, path in enumerate(dict.fromkeys(found), 1)}
    return max(order.get(file, sys.maxsize) for file in files)


def _show(places: Mapping[str, Sequence[int]], seconds: Mapping[str, Sequence[float]]) -> None:
    print(f"\n| reports | first {' | first '.join(map(str, FIRST))} | mean ms | longest ms |")
    print(f"|---|{'---|' * (len(FIRST) + 2)}")
    for name, values in places.items():
        shares = " | ".join(f"{mean(float(place <= first) for place in values):.3f}" for first in FIRST)
        took = seconds.get(name)
        times = f"{1000 * mean(took):.0f} | {1000 * max(took):.0f}" if took else "– | –"
        print(f"| {name} ({len(values)}) | {shares} | {times} |")


def _check_out(repository: Path, commit: str, tree: Path) -> None:
    """Write the Python files of a commit that are no tests into an empty folder."""
    names = _git(repository, "ls-tree", "-r", "--name-only", commit).split("\n")
    wanted = [name for name in names if name.endswith(".py") and not _is_test(name)]
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    archive = subprocess.Popen(
        ["git", "-C", str(repository), "archive", commit, *wanted], stdout=subprocess.PIPE
    )
    with tarfile.open(fileobj=archive.stdout, mode="r|") as files:
        files.extractall(tree, filter="data")
    archive.wait()


def _is_test(path: str) -> bool:
    *folders, name = path.split("/")
    return "tests" in folders or "test" in folders or name.startswith("test_")


def _time_of(repository: Path, commit: str) -> int:
    return int(_git(repository, "log", "-1", "--format=%ct", commit))


def _git(repository: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(repository), *arguments], check=True, capture_output=True, text=True
    ).stdout


def _arguments() -> Any:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("reports", type=Path)
    parser.add_argument("repository", type=Path)
    parser.add_argument(
        "--work", type=Path, default=Path("reports"), help="a folder for the tree and its index"
    )
    parser.add_argument("--tiers", default="lexical,instant,lexical+instant")
    parser.add_argument("--peer", type=Path, help="a Python that has semble")
    parser.add_argument("--most", type=int, help="ask so many reports only")
    return parser.parse_args()


if __name__ == "__main__":
    main()
