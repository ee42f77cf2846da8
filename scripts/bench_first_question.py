"""Measure first questions of folders whose deep tier is empty: how much of the first page it has judged.

    python scripts/bench_first_question.py REPOS ANNOTATIONS --index DIR [--names A,B] [--questions N]

REPOS and ANNOTATIONS are those of `bench_quality.py`. Each question is asked with no time for the
transformer to read first hits (the baseline: the fast tiers with the question's own vector), with the time
that an editor's first answer has, and with the time of a question that may wait. What was read for another
question is forgotten, so that each is a folder's first question.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))

from quality.repositories import IndexedRepositories, listed_repositories
from quality.scoring import LIMIT, mean, questions, score
from semlens import __version__
from semlens.core.index.model_set import ModelSet
from semlens.core.query.query import parse_query
from semlens.core.search import FirstReader, Helpers, Searcher, SearchOptions
from semlens.core.search.first_reader import FIRST
from semlens.engine.daemon.search_service import EDITOR_READING, PATIENT_READING
from semlens.types import ContentHash, Fingerprint
from speed.machine import describe_machine

BUDGETS = {
    "no time": 0.0,
    "while somebody types": EDITOR_READING,
    "a question that may wait": PATIENT_READING,
}


def main() -> None:
    arguments = _arguments()
    print(f"Semlens {__version__}, {describe_machine()}")
    repositories = IndexedRepositories(arguments.repos, arguments.index)
    judged: dict[str, list[float]] = defaultdict(list)
    seconds: dict[str, list[float]] = defaultdict(list)
    scores: dict[str, list[float]] = defaultdict(list)
    with closing(repositories):
        for spec in listed_repositories(arguments.annotations, arguments.names):
            print(f"  {spec['name']}", file=sys.stderr, flush=True)
            asked = questions(arguments.annotations / "annotations", spec["name"], spec["language"])
            with repositories.open(spec["name"], deep=False) as index:
                index.models = replace(index.models, vectors=Forgetful(index.models))
                searcher = Searcher(index)
                for question in asked[: arguments.questions]:
                    options = SearchOptions(LIMIT, deep_vector=repositories.vector(question.query))
                    query = parse_query(question.query)
                    searcher.search(query, options)  # as an editor does while the question is typed
                    for name, budget in BUDGETS.items():
                        reader = FirstReader(index, budget)
                        started = time.perf_counter()
                        hits = searcher.search(query, options, Helpers(reader))
                        seconds[name].append(time.perf_counter() - started)
                        judged[name].append(1 - len(reader.left) / FIRST)
                        found = [(hit.path, hit.start_line, hit.end_line) for hit in hits]
                        scores[name].append(score(question, found).ndcg)
    print("\n| time to read | questions | of the first ten judged | NDCG@10 | median ms | p95 ms |")
    print("|---|---|---|---|---|---|")
    for name, budget in BUDGETS.items():
        times = sorted(1000 * taken for taken in seconds[name])
        late = times[min(len(times) - 1, int(0.95 * len(times)))]
        quality = f"{mean(judged[name]):.2f} | {mean(scores[name]):.3f}"
        row = f"{quality} | {statistics.median(times):.0f} | {late:.0f}"
        print(f"| {name} ({1000 * budget:.0f} ms) | {len(times)} | {row} |")


class Forgetful:
    """A cache of vectors that gives no deep ones back."""

    def __init__(self, models: ModelSet) -> None:
        self._cache, self._deep = models.vectors, models.deep_fingerprint

    def get(
        self, fingerprint: Fingerprint, hashes: Iterable[ContentHash]
    ) -> dict[ContentHash, NDArray[np.float16]]:
        return {} if fingerprint == self._deep else self._cache.get(fingerprint, hashes)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cache, name)


def _arguments() -> Any:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("repos", type=Path, help="the folder of the repositories")
    parser.add_argument("annotations", type=Path, help="the folder that holds repos.json and annotations/")
    parser.add_argument("--index", type=Path, required=True, help="a folder for the indexes")
    parser.add_argument("--names", default="", help="repositories, with commas between them")
    parser.add_argument("--questions", type=int, default=5, help="of each repository")
    return parser.parse_args()


if __name__ == "__main__":
    main()
