"""Measure how often the right code comes first: NDCG@10, recall@10 and MRR on annotated questions.

    python scripts/bench_quality.py REPOS ANNOTATIONS [--peer PYTHON] [--ablations] [--other-words FILE]
        [--symbols N] [--index DIR] [--tiers NAMES] [--names NAMES] [--failures N]
        [--model NAME] [--second NAMES]

REPOS holds one folder for each repository. ANNOTATIONS holds repos.json and annotations/NAME.json in the
layout of the public benchmark of `semble` (MIT): questions with `relevant` and `secondary` targets, each a
path or a path with lines. Every question takes the code path of the editor's search. --index keeps the
indexes, so that a second run embeds nothing. `docs/quality.md` has the figures.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from quality import other_words, report, symbols, two_models
from quality.peer import Peer, running_peer
from quality.repositories import ABLATIONS, TIERS, IndexedRepositories, Variant, listed_repositories
from quality.scoring import Question, Score, questions, score
from semlens import __version__
from semlens.core.index.folder import FolderIndex
from semlens.settings import DEFAULT_MODEL
from semlens.types import Tier
from speed.machine import describe_machine

SYMBOL_GOAL = 0.98
ABLATED = ("lexical+instant", "all")
"""The choices of tiers that are searched again without each signal."""


@dataclass(slots=True)
class Scores:
    """The scores of every answer, by the name of its tiers; those of ablations first by the signal."""

    tiers: dict[str, list[Score]] = field(default_factory=lambda: defaultdict(list))
    ablations: dict[str, dict[str, list[Score]]] = field(
        default_factory=lambda: {signal: defaultdict(list) for signal in ABLATIONS}
    )
    other_words: dict[str, list[Score]] = field(default_factory=lambda: defaultdict(list))
    symbols: dict[str, list[symbols.SymbolAnswer]] = field(default_factory=lambda: defaultdict(list))
    second: dict[str, dict[str, list[Score]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    """By the second model and the form."""
    second_other_words: dict[str, dict[str, list[Score]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    peer: list[Score] = field(default_factory=list)
    peer_other_words: list[Score] = field(default_factory=list)


class Evaluation:
    """Searches the repositories one after the other, and keeps the scores."""

    def __init__(
        self, arguments: argparse.Namespace, repositories: IndexedRepositories, peer: Peer | None
    ) -> None:
        self.arguments = arguments
        self.repositories = repositories
        self.peer = peer
        self.tiers: list[str] = arguments.tiers.split(",")
        self.seconds: list[str] = list(filter(None, arguments.second.split(",")))
        self.paraphrases = other_words.read_paraphrases(arguments.other_words)
        self.scores = Scores()

    def repository(self, spec: dict[str, Any]) -> None:
        """Ask every question about one repository, given by its entry in repos.json."""
        name = spec["name"]
        deep = bool(self.seconds) or any(Tier.DEEP in TIERS[tiers] for tiers in self.tiers)
        with self.repositories.open(name, deep) as index:
            self._questions(index, spec)
            self._other_words(index, name)
            self._symbols(index)
            for model in self.seconds:
                self._second(index, spec, model)

    def _questions(self, index: FolderIndex, spec: dict[str, Any]) -> None:
        asked = questions(self.arguments.annotations / "annotations", spec["name"], spec["language"])
        for one in asked:
            for tiers in self.tiers:
                locations = self.repositories.locations(index, one.query, Variant.named(tiers))
                self.scores.tiers[tiers].append(score(one, locations))
                if not self.arguments.ablations or tiers not in ABLATED:
                    continue
                for signal, weights in ABLATIONS.items():
                    locations = self.repositories.locations(index, one.query, Variant.named(tiers, weights))
                    self.scores.ablations[signal][tiers].append(score(one, locations))
        if self.peer is not None:
            answers = self.peer.ask(index.root, [one.query for one in asked])
            self.scores.peer += [score(one, locations) for one, locations in zip(asked, answers, strict=True)]

    def _other_words(self, index: FolderIndex, name: str) -> None:
        asked = [other_words.question_of(self.arguments.repos, one) for one in self.paraphrases.get(name, ())]
        for one in asked:
            for tiers in self.tiers:
                locations = self.repositories.locations(index, one.query, Variant.named(tiers))
                self.scores.other_words[tiers].append(score(one, locations))
        if self.peer is not None and asked:
            answers = self.peer.ask(index.root, [one.query for one in asked])
            found = [score(one, locations) for one, locations in zip(asked, answers, strict=True)]
            self.scores.peer_other_words += found

    def _second(self, index: FolderIndex, spec: dict[str, Any], model: str) -> None:
        """Ask all again with a second model, without it, and without the first."""
        self.repositories.use_second(index, model)
        asked = questions(self.arguments.annotations / "annotations", spec["name"], spec["language"])
        self._forms(index, asked, self.scores.second[model])
        paraphrases = self.paraphrases.get(spec["name"], ())
        asked = [other_words.question_of(self.arguments.repos, one) for one in paraphrases]
        self._forms(index, asked, self.scores.second_other_words[model])

    def _forms(self, index: FolderIndex, asked: list[Question], scores: dict[str, list[Score]]) -> None:
        for one in asked:
            for form, tiers in two_models.FORMS.items():
                locations = self.repositories.locations(index, one.query, Variant(tiers))
                scores[form].append(score(one, locations))

    def _symbols(self, index: FolderIndex) -> None:
        most = self.arguments.symbols
        if not most:
            return
        variant = Variant.named(self.tiers[-1])
        kinds = {"name": symbols.plain_names, "qualified name": symbols.qualified_names}
        for kind, choose in kinds.items():
            self.scores.symbols[kind] += symbols.ask(self.repositories, index, choose(index, most), variant)


def show(scores: Scores, tiers: list[str], failures: int) -> None:
    """Print every table, and the `failures` worst answers of the last of `tiers`."""
    whole = dict(scores.tiers)
    if scores.peer:
        whole["peer"] = scores.peer
    report.table("tiers", whole)
    wanted = ("lexical+instant", "all", "peer")
    columns = {name: whole[name] for name in wanted if name in whole} or whole
    for key in ("category", "language", "repository"):
        report.side_by_side(key, key, columns)
    if any(scores.ablations.values()):
        report.ablations(
            {name: scores.tiers[name] for name in ABLATED if name in scores.tiers}, scores.ablations
        )
    if scores.other_words:
        peer = {"peer": scores.peer_other_words} if scores.peer_other_words else {}
        report.other_words({**scores.other_words, **peer})
    if scores.symbols:
        report.first_hits(scores.symbols, SYMBOL_GOAL, failures)
    for model, by_form in scores.second.items():
        ndcg = {form: [one.ndcg for one in found] for form, found in by_form.items()}
        prose = {
            form: [one.ndcg for one in found if one.question.category != "symbol"]
            for form, found in by_form.items()
        }
        two_models.table(f"second model {model}", {"NDCG@10": ndcg})
        two_models.table(f"second model {model}, questions in prose", {"NDCG@10": prose})
    for model, by_form in scores.second_other_words.items():
        recall = {form: [one.recall_at_5 for one in found] for form, found in by_form.items()}
        rank = {form: [one.reciprocal_rank for one in found] for form, found in by_form.items()}
        two_models.table(f"second model {model}, in other words", {"recall@5": recall, "MRR": rank})
    report.failures(scores.tiers[tiers[-1]], failures)


def main() -> int:
    arguments = _arguments()
    repositories = IndexedRepositories(
        arguments.repos, arguments.index.resolve(), arguments.reference, arguments.model
    )
    print(f"Semlens {__version__}, {describe_machine()}\nmodels: {repositories.models}")
    with closing(repositories), running_peer(arguments.peer) as peer:
        evaluation = Evaluation(arguments, repositories, peer)
        for spec in listed_repositories(arguments.annotations, arguments.names):
            print(f"  {spec['name']}", file=sys.stderr, flush=True)
            evaluation.repository(spec)
        show(evaluation.scores, evaluation.tiers, arguments.failures)
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
        help="embed with sentence-transformers instead, for comparison; needs an --index of its own",
    )
    parser.add_argument("--names", default="", help="repositories to search, with commas; all by default")
    parser.add_argument("--peer", type=Path, help="a Python interpreter that has semble")
    parser.add_argument("--ablations", action="store_true", help="search again without each ranking signal")
    parser.add_argument("--other-words", type=Path, help="a file such as tests/quality/other_words.json")
    parser.add_argument(
        "--symbols", type=int, default=0, help="how many names of symbols to search for in each repository"
    )
    parser.add_argument("--model", default=DEFAULT_MODEL, help="the first model, as the setting calls it")
    parser.add_argument(
        "--second", default="", help="second models, with commas: measure each form alone and both"
    )
    parser.add_argument("--failures", type=int, default=0, help="how many of the worst answers to print")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
