"""Measure questions that people typed into a web search engine, each answered by one Python function.

    python scripts/bench_typed.py QUESTIONS CODES --work DIR [--tiers NAMES] [--most N] [--functions N]
        [--model NAME] [--second NAMES]

QUESTIONS and CODES are `cosqa-retrieval-dev-500.json` and `code_idx_map.txt` of CoSQA (Huang et al. 2021), in
the folder `data/search` of its authors' public repository CoCLR. Each function is a file. The baseline
in the table is each tier alone; the last row is what all tiers together are worth beyond the best of them.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from quality import two_models
from quality.repositories import TIERS, IndexedRepositories, Variant
from quality.scoring import mean
from semlens import __version__
from semlens.core.index.folder import FolderIndex
from semlens.core.query.query import parse_query
from semlens.core.search import Searcher
from semlens.settings import DEFAULT_MODEL
from semlens.types import Tier
from speed.machine import describe_machine

DEPTH = 200
"""A right function behind so many others counts nothing."""
OF_A_FOLDER = 100


def main() -> None:
    arguments = _arguments()
    print(f"Semlens {__version__}, {describe_machine()}")
    questions = json.loads(arguments.questions.read_text("utf-8"))[: arguments.most]
    codes: dict[str, int] = json.loads(arguments.codes.read_text("utf-8"))
    if arguments.functions is not None:
        codes = _sample(codes, {question["retrieval_idx"] for question in questions}, arguments.functions)
    _write(codes, arguments.work / "functions")
    repositories = IndexedRepositories(arguments.work, arguments.work / "index", model=arguments.model)
    names = arguments.tiers.split(",")
    deep = bool(arguments.second) or any(Tier.DEEP in TIERS[name] for name in names)
    ranks: dict[str, list[float]] = defaultdict(list)
    seconds: dict[str, list[float]] = defaultdict(list)
    with (
        closing(repositories),
        repositories.open("functions", deep) as index,
    ):
        print(repositories.models)
        searcher = Searcher(index)
        for question in questions:
            text, right = question["doc"], _path(question["retrieval_idx"])
            query = parse_query(text)
            for name in names:
                variant = Variant.named(name)
                options = repositories.options(index, text, variant, DEPTH)
                started = time.perf_counter()
                if variant.reranked:
                    paths = [hit.path for hit in repositories.ask(index, text, variant, DEPTH)]
                else:
                    paths = [one.chunk.path for one in searcher.rank(query, options)]
                seconds[name].append(time.perf_counter() - started)
                ranks[name].append(_reciprocal_rank(paths, right))
        forms = {
            model: _forms(repositories, index, questions, model)
            for model in filter(None, arguments.second.split(","))
        }
    print("\n| tiers | questions | MRR | first | median ms |\n|---|---|---|---|---|")
    for name in names:
        first = mean(float(rank == 1) for rank in ranks[name])
        times = f"{1000 * median(seconds[name]):.0f}"
        print(f"| {name} | {len(ranks[name])} | {mean(ranks[name]):.3f} | {first:.3f} | {times} |")
    for together in {"all", "reranked"} & {*names}:
        single = [mean(ranks[name]) for name in names if len(TIERS[name]) == 1]
        if single:
            more = mean(ranks[together]) - max(single)
            print(f"| {together}, beyond the best single row | | {more:+.3f} | | |")
    for model, by_form in forms.items():
        first_ones = {form: [float(rank == 1) for rank in found] for form, found in by_form.items()}
        two_models.table(f"second model {model}", {"MRR": by_form, "first": first_ones})


def _forms(
    repositories: IndexedRepositories, index: FolderIndex, questions: list[dict[str, Any]], model: str
) -> dict[str, list[float]]:
    """The reciprocal rank of each question's answer for each form that two models read."""
    repositories.use_second(index, model)
    searcher = Searcher(index)
    ranks: dict[str, list[float]] = defaultdict(list)
    for question in questions:
        text, right = question["doc"], _path(question["retrieval_idx"])
        for form, tiers in two_models.FORMS.items():
            ranked = searcher.rank(
                parse_query(text), repositories.options(index, text, Variant(tiers), DEPTH)
            )
            ranks[form].append(_reciprocal_rank((one.chunk.path for one in ranked), right))
    return ranks


def _sample(codes: dict[str, int], right: set[int], most: int) -> dict[str, int]:
    """The right functions, and the first others, `most` together."""
    answers = {code: number for code, number in codes.items() if number in right}
    others = [(code, number) for code, number in codes.items() if number not in right]
    return {**answers, **dict(others[: max(0, most - len(answers))])}


def _reciprocal_rank(paths: Iterable[str], right: str) -> float:
    for place, path in enumerate(dict.fromkeys(paths), 1):
        if path == right:
            return 1 / place
        if place == DEPTH:
            break
    return 0.0


def _write(codes: dict[str, int], folder: Path) -> None:
    for code, number in codes.items():
        path = folder / _path(number)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(code + "\n", "utf-8")


def _path(number: int) -> str:
    """A path that says nothing of the function."""
    return f"{number // OF_A_FOLDER:03}/{number:05}.py"


def _arguments() -> Any:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("questions", type=Path)
    parser.add_argument("codes", type=Path)
    parser.add_argument("--work", type=Path, required=True, help="a folder for the functions and their index")
    parser.add_argument("--tiers", default="lexical,instant,lexical+instant,deep,all")
    parser.add_argument(
        "--functions", type=int, help="search the right functions and others, so many together"
    )
    parser.add_argument("--model", default=DEFAULT_MODEL, help="the first model, as the setting calls it")
    parser.add_argument(
        "--second", default="", help="second models, with commas: measure each form alone and both"
    )
    parser.add_argument("--most", type=int, help="ask so many questions only")
    return parser.parse_args()


if __name__ == "__main__":
    main()
