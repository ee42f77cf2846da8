"""Pack prompts for random questions into random budgets: is any over its budget, and how full are they?"""

from __future__ import annotations

import math
import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from quality.repositories import TIERS, IndexedRepositories, Variant
from quality.scoring import Question
from semlens.core.cost.context import Contexts
from semlens.core.cost.requests import PackContext, Place
from semlens.core.index.folder import FolderIndex
from semlens.core.text.tokenizers.library import TokenizerLibrary

SMALLEST, LARGEST = 200, 100_000
MOST_HITS = 500
FULL = 0.9

Reference = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Prompt:
    tokenizer: str
    budget: int
    tokens: int
    """As the reference counts them."""
    is_enough: bool
    """Whether all that was found has more tokens than the budget."""
    seconds: float
    again_seconds: float
    """With one piece less, as when a user unchecks it."""


class Prompts:
    """Asks questions, and keeps what came of them."""

    def __init__(self, library: TokenizerLibrary, references: dict[str, Reference], seed: int = 0) -> None:
        """`references` count the tokens of a text, by the names of the library's tokenizers."""
        self.found: list[Prompt] = []
        self._contexts = Contexts(library)
        self._references = references
        self._chance = random.Random(seed)

    def ask(
        self, repositories: IndexedRepositories, index: FolderIndex, asked: Sequence[Question], number: int
    ) -> None:
        for question in self._chance.choices(asked, k=number) if asked else ():
            variant = Variant(TIERS["lexical+instant"])
            hits = repositories.ask(index, question.query, variant, MOST_HITS)
            places = [Place(str(index.root), hit.path, hit.start_line, hit.end_line) for hit in hits]
            budget = round(math.exp(self._chance.uniform(math.log(SMALLEST), math.log(LARGEST))))
            tokenizer = self._chance.choice(sorted(self._references))
            start = time.perf_counter()
            packed = self._contexts.packed(PackContext(places, budget, tokenizer))
            middle = time.perf_counter()
            self._contexts.packed(PackContext(places[1:], budget, tokenizer))
            end = time.perf_counter()
            distinct = {
                (place.path, one.start_line): one.tokens
                for place, one in zip(places, packed.pieces, strict=True)
            }
            counted = self._references[tokenizer](packed.text)
            is_enough = sum(distinct.values()) > budget
            self.found.append(Prompt(tokenizer, budget, counted, is_enough, middle - start, end - middle))

    def show(self) -> int:
        """Print a row for each tokenizer; 1 if a prompt is over its budget, or has room for more."""
        by_tokenizer: dict[str, list[Prompt]] = defaultdict(list)
        for prompt in self.found:
            by_tokenizer[prompt.tokenizer].append(prompt)
        columns = ("tokenizer", "prompts", "over the budget", "there is enough", "least full of these, mean")
        print("\n|", " | ".join((*columns, "s, median, most", "again, s, median, most")), "|")
        print("|---|---|---|---|---|---|---|")
        for name, prompts in [*sorted(by_tokenizer.items()), ("all", self.found)]:
            print(_row(name, prompts))
        wrong = [one for one in self.found if one.tokens > one.budget]
        wrong += [one for one in self.found if one.is_enough and one.tokens < FULL * one.budget]
        for prompt in wrong:
            print(prompt)
        return 1 if wrong else 0


def _row(name: str, prompts: Sequence[Prompt]) -> str:
    over = sum(one.tokens > one.budget for one in prompts)
    full = [one.tokens / one.budget for one in prompts if one.is_enough] or [math.nan]
    seconds = sorted(one.seconds for one in prompts)
    again = sorted(one.again_seconds for one in prompts)
    times = " | ".join(f"{some[len(some) // 2]:.2f}, {some[-1]:.2f}" for some in (seconds, again))
    filled = f"{min(full):.1%}, {sum(full) / len(full):.1%}"
    return f"| {name} | {len(prompts)} | {over} | {len(full)} | {filled} | {times} |"
