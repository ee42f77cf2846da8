"""Train the instant model: move questions near the code that answers them, and stay near the start.

    python training/distil_static_model.py --out START
    python training/pairs.py --mirrors MIRRORS --out PAIRS.jsonl.gz
    python training/fit.py --start START --pairs PAIRS.jsonl.gz [--out FOLDER] [--without LANGUAGES]

The loss is InfoNCE (van den Oord et al. 2018) in both directions, with the other pairs of the batch as wrong
answers. A batch consists of groups of pairs, each from one repository, because a search is in one repository.
Words of many repositories that the tokenizer splits get their own rows, which start as the sum of their
pieces.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from contrast import contrast, twins
from numpy.typing import NDArray
from questions import Pair, ask, groups_of, read_pairs
from recipes import add_recipe, recipe_of
from tokenizers import Tokenizer
from torch.nn import functional

from semlens.core.embed.static_model import CARD, PART, ROWS, SCALES, SHIPPED, TOKENIZER, Words, save


@dataclass(frozen=True, slots=True)
class Recipe:
    """The hyperparameters. With the pairs and the start, they determine the result."""

    seed: int = 1
    epochs: int = 1
    group: int = 64
    groups: int = 16
    temperature: float = 0.05
    rate: float = 0.03
    """The learning rate of Adam, in units of a row's mean length at the start."""
    pull: float = 0.02
    """The weight of the squared distance from the start, in the same units, mean over the rows in use."""
    words: int = 24_000
    """The most rows for whole words."""
    word_repositories: int = 6
    """A word gets its own row if at least this many repositories have it."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--start", type=Path, required=True)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--without", default="", help="languages to leave out, to measure what they lose")
    parser.add_argument("--threads", type=int, default=1)
    add_recipe(parser, Recipe())
    arguments = parser.parse_args()
    recipe = recipe_of(arguments, Recipe)
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(recipe.seed)
    started = time.monotonic()
    pairs = read_pairs(arguments.pairs, frozenset(filter(None, arguments.without.split(","))))
    rows, tokenizer = _with_words(arguments.start, pairs, recipe)
    trained = fit(rows, tokenizer, pairs, recipe)
    card = json.loads((arguments.start / CARD).read_text("utf-8"))
    card |= {
        "tokens": int(trained.any(axis=1).sum()),
        "training": asdict(recipe),
        "training_chunks": len(pairs),
        "training_repositories": len({pair["repository"] for pair in pairs}),
        "method": "trained on questions and code of public repositories, from: " + card["method"],
    }
    save(arguments.out, trained, tokenizer, card)
    print(f"{len(pairs)} chunks, {time.monotonic() - started:.0f} s: {arguments.out}")


def fit(
    rows: NDArray[np.float32], tokenizer: Tokenizer, pairs: Sequence[Pair], recipe: Recipe
) -> NDArray[np.float32]:
    """Train `rows` (tokens, dim); returns the new rows."""
    unit = float(np.linalg.norm(rows[rows.any(axis=1)], axis=1).mean())
    start = torch.from_numpy(rows / unit)
    table = torch.nn.Parameter(start.clone())
    used = torch.from_numpy(rows.any(axis=1)).float()[:, None]
    words = Words(tokenizer, np.asarray(rows.any(axis=1)))
    draw = random.Random(recipe.seed)
    optimizer = torch.optim.Adam([table], lr=recipe.rate / rows.shape[1] ** 0.5, betas=(0.9, 0.99))
    steps = recipe.epochs * _batches_an_epoch(pairs, recipe)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / 50, 1.02 - step / steps)
    )
    losses: list[float] = []
    for step, batch in enumerate(_batches(pairs, words, draw, recipe)):
        questions, codes, same = batch
        loss = contrast(_embed(table, questions), _embed(table, codes), same, recipe.temperature)
        losses.append(float(loss.detach()))
        loss = loss + recipe.pull * (((table - start) * used) ** 2).sum() / used.sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 50 == 49:
            print(f"step {step + 1} of {steps}: {np.mean(losses[-50:]):.3f}", file=sys.stderr, flush=True)
    return np.asarray(table.detach() * used * unit, np.float32)


Bags = tuple[torch.Tensor, torch.Tensor, torch.Tensor]
"""Distinct tokens of the texts (tokens,), the start of each text (texts,), and token counts (tokens,)."""


def _embed(table: torch.Tensor, bags: Bags) -> torch.Tensor:
    """(texts, dim): unit vectors."""
    tokens, starts, counts = bags
    sums = functional.embedding_bag(tokens, table, starts, mode="sum", per_sample_weights=counts)
    return functional.normalize(sums, dim=1)


def _bags(texts: Sequence[list[int]]) -> Bags:
    counted = [Counter(text) for text in texts]
    starts = np.cumsum([0, *map(len, counted)])[:-1]
    tokens = np.fromiter((token for bag in counted for token in bag), np.int64)
    counts = np.fromiter((count for bag in counted for count in bag.values()), np.float32)
    return torch.from_numpy(tokens), torch.from_numpy(starts), torch.from_numpy(counts)


def _batches_an_epoch(pairs: Sequence[Pair], recipe: Recipe) -> int:
    return len(groups_of(pairs, recipe.group, random.Random(0))) // recipe.groups


def _batches(
    pairs: Sequence[Pair], words: Words, draw: random.Random, recipe: Recipe
) -> Iterator[tuple[Bags, Bags, torch.Tensor]]:
    for _ in range(recipe.epochs):
        groups = groups_of(pairs, recipe.group, draw)
        for i in range(0, len(groups) // recipe.groups * recipe.groups, recipe.groups):
            asked = [(pair, ask(pair, draw)) for group in groups[i : i + recipe.groups] for pair in group]
            kept = []
            for pair, (question, code) in asked:
                question_tokens = words.tokens(question).tolist()
                code_tokens = words.tokens(code).tolist()
                if question_tokens and code_tokens:
                    kept.append((pair["repository"] + pair["path"], question, question_tokens, code_tokens))
            same = twins([row[0] for row in kept], [row[1] for row in kept])
            yield _bags([row[2] for row in kept]), _bags([row[3] for row in kept]), same


def _with_words(start: Path, pairs: Sequence[Pair], recipe: Recipe) -> tuple[NDArray[np.float32], Tokenizer]:
    """The start's rows (tokens, dim) and tokenizer, with rows for frequent words that it splits."""
    scales = np.load(start / SCALES)
    rows = np.load(start / ROWS).astype(np.float32) * scales[:, None]
    description = json.loads((start / TOKENIZER).read_text("utf-8"))
    tokenizer = Tokenizer.from_str(json.dumps(description))
    words = Words(tokenizer, scales > 0)
    vocabulary = description["model"]["vocab"]
    new = [word for word in _frequent_words(pairs, recipe) if word not in vocabulary][: recipe.words]
    added = np.stack([rows[list(words[word])].sum(axis=0) for word in new]) if new else rows[:0]
    vocabulary.update((word, len(rows) + i) for i, word in enumerate(new))
    return np.concatenate([rows, added]), Tokenizer.from_str(json.dumps(description))


def _frequent_words(pairs: Sequence[Pair], recipe: Recipe) -> list[str]:
    """Lower-case words and names; those in most repositories first."""
    seen: dict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        for word in re.findall(
            r"[A-Za-z][A-Za-z0-9]{3,23}", " ".join([pair["code"], pair["doc"], *pair["comments"]])
        ):
            parts = PART.findall(word)
            for part in {*parts, word}:
                if len(part) > 3:
                    seen[part.lower()].add(pair["repository"])
    common = {word: len(where) for word, where in seen.items() if len(where) >= recipe.word_repositories}
    return sorted(common, key=lambda word: (-common[word], word))


if __name__ == "__main__":
    main()
