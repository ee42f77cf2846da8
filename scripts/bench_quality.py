"""How often the right code comes first: NDCG@10, recall@10 and MRR on annotated questions.

    python scripts/bench_quality.py REPOS ANNOTATIONS [--index DIR] [--tiers NAMES] [--failures N]

REPOS holds one folder a repository, ANNOTATIONS one NAME.json each, in the layout of the public benchmark of
`semble` (MIT): questions with `relevant` and `secondary` targets, each a path or a path with lines. Every
question goes through the code path of the editor's search. Indexes are kept in --index, so that a second run
embeds nothing.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from semlens import __version__
from semlens.core.files.ignore import Membership
from semlens.core.index.deepen import deepen
from semlens.core.index.folder import FolderIndex
from semlens.core.index.indexer import reconcile
from semlens.core.question import parse_question
from semlens.core.search.searcher import Search, search
from semlens.core.store.layout import private_dir, workspace_dir
from semlens.engine.models import ModelShelf
from semlens.settings import Settings
from semlens.types import CancelToken, Hit, Tier

LIMIT = 10
TIERS = {
    "lexical": frozenset({Tier.LEXICAL}),
    "instant": frozenset({Tier.INSTANT}),
    "lexical+instant": frozenset({Tier.LEXICAL, Tier.INSTANT}),
    "deep": frozenset({Tier.DEEP}),
    "all": frozenset(Tier),
}


@dataclass(frozen=True, slots=True)
class Target:
    path: str
    start_line: int | None
    end_line: int | None

    def matches(self, path: str, start_line: int, end_line: int) -> bool:
        """Either path ends the other; where the target has lines, the hit overlaps them."""
        if not (path.endswith(self.path) or self.path.endswith(path)):
            return False
        if self.start_line is None or self.end_line is None:
            return True
        return start_line <= self.end_line and self.start_line <= end_line


@dataclass(frozen=True, slots=True)
class Asked:
    repository: str
    language: str
    category: str
    query: str
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Score:
    asked: Asked
    ndcg: float
    recall: float
    reciprocal: float
    places: tuple[str, ...]


def questions(annotations: Path, repository: str, language: str) -> list[Asked]:
    items = json.loads((annotations / f"{repository}.json").read_text(encoding="utf-8"))
    return [
        Asked(
            repository,
            language,
            item.get("category", "semantic"),
            item["query"],
            tuple(_target(raw) for raw in [*item["relevant"], *item.get("secondary", [])]),
        )
        for item in items
    ]


def score(asked: Asked, places: Sequence[tuple[str, int, int]]) -> Score:
    """Binary relevance; a target's rank is that of the first hit that matches it."""
    ranks = []
    for target in asked.targets:
        found = (rank for rank, place in enumerate(places[:LIMIT], 1) if target.matches(*place))
        ranks.append(next(found, None))
    hits = [rank for rank in ranks if rank is not None]
    gain = sum(1 / math.log2(rank + 1) for rank in hits)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(asked.targets), LIMIT) + 1))
    shown = tuple(f"{path}:{start}-{end}" for path, start, end in places[:LIMIT])
    return Score(asked, gain / ideal, len(hits) / len(ranks), 1 / min(hits) if hits else 0.0, shown)


def mean(values: Iterable[float]) -> float:
    kept = list(values)
    return sum(kept) / len(kept) if kept else math.nan


class Bench:
    """Repositories indexed once, asked as often as wanted."""

    def __init__(self, repos: Path, annotations: Path, index_dir: Path) -> None:
        self.repos = repos
        self.annotations = annotations
        self.index_dir = private_dir(index_dir)
        self.shelf = ModelShelf(self.index_dir)
        self.models = self.shelf.models(Settings())

    def open(self, name: str, deep: bool) -> FolderIndex:
        root = (self.repos / name).resolve()
        index = FolderIndex(root, private_dir(workspace_dir(self.index_dir, root)), self.models)
        settings = Settings()
        reconcile(index, Membership(root, settings), CancelToken())
        if deep:
            started = time.perf_counter()
            done = deepen(index, CancelToken())
            if done.embedded:
                seconds = time.perf_counter() - started
                print(f"  {name}: {done.embedded} chunks embedded in {seconds:.0f} s", file=sys.stderr)
        return index

    def ask(self, index: FolderIndex, asked: Asked, tiers: frozenset[Tier]) -> list[Hit]:
        vector = None
        if Tier.DEEP in tiers:
            vector = self.shelf.deep_vector(self.models, asked.query, 120)
        return search(index, parse_question(asked.query), Search(LIMIT, tiers, vector))


def _target(raw: Any) -> Target:
    if isinstance(raw, str):
        return Target(raw, None, None)
    return Target(raw["path"], raw.get("start_line"), raw.get("end_line"))


def _table(title: str, groups: dict[str, list[Score]]) -> None:
    print(f"\n| {title} | questions | NDCG@10 | recall@10 | MRR |\n|---|---|---|---|---|")
    for name, scores in groups.items():
        print(
            f"| {name} | {len(scores)} | {mean(s.ndcg for s in scores):.3f} | "
            f"{mean(s.recall for s in scores):.3f} | {mean(s.reciprocal for s in scores):.3f} |"
        )


def _grouped(scores: Iterable[Score], key: str) -> dict[str, list[Score]]:
    groups: dict[str, list[Score]] = defaultdict(list)
    for item in scores:
        groups[getattr(item.asked, key)].append(item)
    return dict(sorted(groups.items()))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("repos", type=Path)
    parser.add_argument("annotations", type=Path, help="the folder that holds repos.json and annotations/")
    parser.add_argument("--index", type=Path, default=Path(".cache/bench-quality"))
    parser.add_argument("--tiers", default="lexical,instant,lexical+instant", help="of: " + ", ".join(TIERS))
    parser.add_argument("--names", default="")
    parser.add_argument("--failures", type=int, default=0)
    args = parser.parse_args()
    listed = json.loads((args.annotations / "repos.json").read_text(encoding="utf-8"))
    wanted = [spec for spec in listed if not args.names or spec["name"] in args.names.split(",")]
    bench = Bench(args.repos, args.annotations / "annotations", args.index.resolve())
    print(f"Semlens {__version__}, Python {platform.python_version()}, {platform.platform()}")
    tiers = args.tiers.split(",")
    results: dict[str, list[Score]] = {name: [] for name in tiers}
    for spec in wanted:
        index = bench.open(spec["name"], any(Tier.DEEP in TIERS[name] for name in tiers))
        for asked in questions(bench.annotations, spec["name"], spec["language"]):
            for name in tiers:
                hits = bench.ask(index, asked, TIERS[name])
                places = [(hit.path, hit.start_line, hit.end_line) for hit in hits]
                results[name].append(score(asked, places))
        index.close()
    bench.shelf.close()
    _table("tiers", results)
    best = results[tiers[-1]]
    for key in ("category", "language", "repository"):
        _table(f"{key}, {tiers[-1]}", _grouped(best, key))
    for item in sorted(best, key=lambda s: s.ndcg)[: args.failures]:
        wanted_paths = ", ".join(target.path for target in item.asked.targets)
        print(f"\n{item.ndcg:.2f} {item.asked.repository}: {item.asked.query}\n  wanted {wanted_paths}")
        for place in item.places:
            print(f"    {place}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
