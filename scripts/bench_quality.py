"""How often the right code comes first: NDCG@10, recall@10 and MRR on annotated questions.

    python scripts/bench_quality.py REPOS ANNOTATIONS [--peer PYTHON] [--ablations] [--other-words FILE]
        [--symbols N] [--index DIR] [--tiers NAMES] [--names NAMES] [--failures N]

REPOS holds one folder a repository; ANNOTATIONS holds repos.json and annotations/NAME.json, in the layout of
the public benchmark of `semble` (MIT): questions with `relevant` and `secondary` targets, each a path or a
path with lines. Every question goes through the code path of the editor's search. Indexes are kept in
--index, so that a second run embeds nothing. `docs/quality.md` holds what this printed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from bench_encoder import describe_machine
from quality import other_words, report, symbols
from quality.bench import ABLATIONS, TIERS, Bench, Way
from quality.peer import Peer
from quality.scoring import Score, questions, score
from semlens import __version__
from semlens.core.index.folder import FolderIndex
from semlens.types import Tier

SYMBOL_GOAL = 0.98
ABLATED = ("lexical+instant", "all")
"""The tiers whose answers are asked for again without each signal."""


@dataclass(slots=True)
class Results:
    """What was found out, by the name of the way to answer."""

    tiers: dict[str, list[Score]] = field(default_factory=lambda: defaultdict(list))
    ablations: dict[str, dict[str, list[Score]]] = field(
        default_factory=lambda: {signal: defaultdict(list) for signal in ABLATIONS}
    )
    other_words: dict[str, list[Score]] = field(default_factory=lambda: defaultdict(list))
    symbols: dict[str, list[symbols.Asked]] = field(default_factory=lambda: defaultdict(list))
    peer: list[Score] = field(default_factory=list)
    peer_other_words: list[Score] = field(default_factory=list)


class Run:
    """One run over the repositories, each opened once."""

    def __init__(self, arguments: argparse.Namespace, bench: Bench, peer: Peer | None) -> None:
        self.arguments = arguments
        self.bench = bench
        self.peer = peer
        self.tiers: list[str] = arguments.tiers.split(",")
        pairs = other_words.read_pairs(arguments.other_words) if arguments.other_words else []
        self.pairs = other_words.by_repository(pairs)
        self.results = Results()

    def repository(self, spec: dict[str, Any]) -> None:
        name = spec["name"]
        with self.bench.open(name, any(Tier.DEEP in TIERS[tiers] for tiers in self.tiers)) as index:
            self._questions(index, spec)
            self._other_words(index, name)
            self._symbols(index)

    def _questions(self, index: FolderIndex, spec: dict[str, Any]) -> None:
        asked = questions(self.arguments.annotations / "annotations", spec["name"], spec["language"])
        for one in asked:
            for tiers in self.tiers:
                places = self.bench.places(index, one.query, Way(TIERS[tiers]))
                self.results.tiers[tiers].append(score(one, places))
                if not self.arguments.ablations or tiers not in ABLATED:
                    continue
                for signal, weights in ABLATIONS.items():
                    places = self.bench.places(index, one.query, Way(TIERS[tiers], weights))
                    self.results.ablations[signal][tiers].append(score(one, places))
        if self.peer is not None:
            answers = self.peer.ask(index.root, [one.query for one in asked])
            self.results.peer += [score(one, places) for one, places in zip(asked, answers, strict=True)]

    def _other_words(self, index: FolderIndex, name: str) -> None:
        asked = [other_words.asked(self.arguments.repos, pair) for pair in self.pairs.get(name, ())]
        for one in asked:
            for tiers in self.tiers:
                places = self.bench.places(index, one.query, Way(TIERS[tiers]))
                self.results.other_words[tiers].append(score(one, places))
        if self.peer is not None and asked:
            answers = self.peer.ask(index.root, [one.query for one in asked])
            found = [score(one, places) for one, places in zip(asked, answers, strict=True)]
            self.results.peer_other_words += found

    def _symbols(self, index: FolderIndex) -> None:
        most = self.arguments.symbols
        if not most:
            return
        way = Way(TIERS[self.tiers[-1]])
        kinds = {"name": symbols.plain_names, "qualified name": symbols.qualified_names}
        for kind, choose in kinds.items():
            self.results.symbols[kind] += symbols.ask(self.bench, index, choose(index, most), way)


def show(results: Results, tiers: list[str], failures: int) -> None:
    whole = dict(results.tiers)
    if results.peer:
        whole["peer"] = results.peer
    report.table("tiers", whole)
    wanted = ("lexical+instant", "all", "peer")
    columns = {name: whole[name] for name in wanted if name in whole} or whole
    for key in ("category", "language", "repository"):
        report.side_by_side(key, key, columns)
    if any(results.ablations.values()):
        report.ablations(
            {name: results.tiers[name] for name in ABLATED if name in results.tiers}, results.ablations
        )
    if results.other_words:
        peer = {"peer": results.peer_other_words} if results.peer_other_words else {}
        report.other_words({**results.other_words, **peer})
    if results.symbols:
        report.first_hits(results.symbols, SYMBOL_GOAL, failures)
    report.failures(results.tiers[tiers[-1]], failures)


def main() -> int:
    arguments = _arguments()
    listed = json.loads((arguments.annotations / "repos.json").read_text(encoding="utf-8"))
    names = arguments.names.split(",") if arguments.names else [spec["name"] for spec in listed]
    bench = Bench(arguments.repos, arguments.index.resolve(), arguments.reference)
    peer = Peer(arguments.peer) if arguments.peer else None
    try:
        print(f"Semlens {__version__}, {describe_machine()}\nmodels: {bench.models}")
        if peer is not None:
            print(f"peer: semble {peer.version} with {peer.model}")
        run = Run(arguments, bench, peer)
        for spec in listed:
            if spec["name"] in names:
                print(f"  {spec['name']}", file=sys.stderr, flush=True)
                run.repository(spec)
        show(run.results, run.tiers, arguments.failures)
    finally:
        bench.close()
        if peer is not None:
            peer.close()
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("repos", type=Path)
    parser.add_argument("annotations", type=Path, help="the folder that holds repos.json and annotations/")
    parser.add_argument("--index", type=Path, default=Path(".cache/bench-quality"))
    parser.add_argument("--tiers", default="lexical,instant,lexical+instant", help="of: " + ", ".join(TIERS))
    parser.add_argument(
        "--reference",
        action="store_true",
        help="have sentence-transformers itself embed, to be compared; give it an --index of its own",
    )
    parser.add_argument("--names", default="", help="of repositories, all unless told otherwise")
    parser.add_argument("--peer", type=Path, help="a Python interpreter that has semble")
    parser.add_argument("--ablations", action="store_true", help="ask again without each signal")
    parser.add_argument("--other-words", type=Path, help="pairs such as tests/quality/other_words.json")
    parser.add_argument(
        "--symbols", type=int, default=0, help="names a repository that are typed as they are"
    )
    parser.add_argument("--failures", type=int, default=0, help="the worst answers to show")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
