"""Train the layers of the deep model further: move questions near the code that answers them.

    python training/pairs.py --mirrors MIRRORS --out PAIRS.jsonl.gz
    python training/answers.py --mirrors MIRRORS --out ANSWERS.jsonl.gz
    python training/fit_deep.py --pairs PAIRS.jsonl.gz --answers ANSWERS.jsonl.gz [--merged FOLDER]

Starts from all-MiniLM-L6-v2, or goes on from the layers of an earlier round with `--go-on`. A part of each
step are made questions, with the loss of `fit.py`, and the others are written ones, each with a wrong answer
that is hard to tell from the right one. Only the transformer's layers learn. The embeddings, most of the
weights, stay the same, so that the shipped file is small. At the end the layers move back towards
all-MiniLM-L6-v2 by a share (Wortsman et al. 2022), to keep what it knew. `--merged` writes an ordinary
sentence-transformers folder.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from contrast import contrast, twins
from questions import Pair, ask, groups_of, read_pairs
from recipes import add_recipe, recipe_of
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import AutoModel
from written_groups import Asked, Group, contrast_with_wrong, groups, read_asked

from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.weights import SHIPPED
from semlens.settings import PLAIN_MODEL

LEARNING = "encoder."
"""The prefix of the names of the weights that learn."""
LENGTH_STEP = 16
"""Lengths are padded to a multiple of this: a new shape costs more than padding."""
CARD = "model.json"


@dataclass(frozen=True, slots=True)
class Recipe:
    """The hyperparameters. With the pairs and the start, they determine the result."""

    seed: int = 1
    steps: int = 240
    group: int = 32
    groups: int = 1
    written: int = 32
    """Written questions of a step."""
    temperature: float = 0.05
    rate: float = 1e-4
    warm_up: int = 30
    decay: float = 0.01
    tokens: int = 112
    """The most tokens of a text in training; search reads 256."""
    undocumented: float = 0.15
    """The share of the chunks without docstring and comment that are used."""
    held_back: int = 16
    """One of this many repositories is held back for evaluation."""
    kept: float = 0.6
    """The share of the learned change that is kept."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--answers", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=SHIPPED / "layers.safetensors")
    parser.add_argument("--merged", type=Path, help="write a sentence-transformers folder too")
    parser.add_argument("--go-on", type=Path, help="the layers to go on from, of the same `--kept`")
    parser.add_argument("--threads", type=int, default=2)
    add_recipe(parser, Recipe())
    arguments = parser.parse_args()
    recipe = recipe_of(arguments, Recipe)
    torch.set_num_threads(arguments.threads)
    start = DeepModel.find(PLAIN_MODEL)
    pairs, asked = read_pairs(arguments.pairs), read_asked(arguments.answers)
    learned, card = fit(start, pairs, asked, recipe, arguments.go_on)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    save_file(learned, arguments.out)
    (arguments.out.parent / CARD).write_text(json.dumps(card, indent=2) + "\n", "utf-8")
    if arguments.merged:
        merge(start, arguments.out, arguments.merged)


def merge(start: DeepModel, layers: Path, folder: Path) -> None:
    """Write a sentence-transformers folder: `start` with the layers of a file, in half precision."""
    shutil.copytree(start.folder, folder)
    weights = load_file(start.folder / "model.safetensors") | load_file(layers)
    halves = {name: value.half() if value.is_floating_point() else value for name, value in weights.items()}
    save_file(halves, folder / "model.safetensors", {"format": "pt"})


def fit(
    start: DeepModel,
    pairs: Sequence[Pair],
    asked: Sequence[Asked],
    recipe: Recipe,
    earlier: Path | None = None,
) -> tuple[dict[str, torch.Tensor], Any]:
    """Train the layers, from those of an `earlier` round if there are any, beside which is their card.

    Returns them in half precision by their names, and the model card.
    """
    draw = random.Random(recipe.seed)
    batches, held_back = _chosen(pairs, recipe, draw)
    model = _Model(start, recipe)
    if earlier:
        model.go_on(load_file(earlier))
    before = model.reciprocal_rank(held_back)
    losses: list[float] = []
    started = time.monotonic()
    for step, (batch, group) in enumerate(zip(batches, groups(asked, recipe.written, draw), strict=False)):
        losses.append(model.learn(batch, group, draw))
        if step % 10 == 9:
            seconds = time.monotonic() - started
            told = f"step {step + 1} of {recipe.steps}: {np.mean(losses[-10:]):.3f}, {seconds:.0f} s"
            print(told, file=sys.stderr, flush=True)
    learned = model.learned()
    card = {
        "source": f"{PLAIN_MODEL}, trained further on questions and code of public repositories",
        "training": asdict(recipe),
        "training_pairs": sum(map(len, batches)),
        "written_questions": len(asked),
        "held_back_reciprocal_rank": [round(before, 4), round(model.reciprocal_rank(held_back), 4)],
        "licence": "Apache-2.0",
    }
    if earlier:
        card["went_on_from"] = json.loads(earlier.with_name(CARD).read_text("utf-8"))
    return learned, card


def _chosen(
    pairs: Sequence[Pair], recipe: Recipe, draw: random.Random
) -> tuple[list[list[Pair]], list[list[Pair]]]:
    """The batches to train on, and some pairs of each repository that is held back."""
    by_repository: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        if pair["doc"] or pair["comments"] or draw.random() < recipe.undocumented:
            by_repository[pair["repository"]].append(pair)
    names = sorted(by_repository)
    held_back = names[:: recipe.held_back]
    taught = [name for name in names if name not in held_back]
    most = _most_each([len(by_repository[name]) for name in taught], recipe)
    pool = []
    for name in taught:
        draw.shuffle(by_repository[name])
        pool += by_repository[name][:most]
    groups = iter(groups_of(pool, recipe.group, draw))
    batches = [list(chain.from_iterable(islice(groups, recipe.groups))) for _ in range(recipe.steps)]
    return batches, [by_repository[name][:64] for name in held_back]


def _most_each(sizes: Sequence[int], recipe: Recipe) -> int:
    """The most pairs of each repository: enough for every step, so that large ones do not dominate."""
    wanted = 1.08 * recipe.steps * recipe.group * recipe.groups  # what does not fill a group is lost
    return next(most for most in range(1, max(sizes) + 1) if sum(min(size, most) for size in sizes) >= wanted)


class _Model:
    def __init__(self, start: DeepModel, recipe: Recipe) -> None:
        self._recipe = recipe
        self._tokenizer = Tokenizer.from_file(str(start.tokenizer_json))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(recipe.tokens)
        self._network = AutoModel.from_pretrained(start.folder, local_files_only=True, use_safetensors=True)
        self._network.eval()  # no dropout: one epoch of so few steps does not overfit
        for name, parameter in self._network.named_parameters():
            parameter.requires_grad_(name.startswith(LEARNING))
        self._start = {name: value.clone() for name, value in self._layers()}
        self._learning = [value for _, value in self._layers()]
        self._optimizer = torch.optim.AdamW(
            self._learning, lr=recipe.rate, weight_decay=recipe.decay, betas=(0.9, 0.98)
        )
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimizer,
            lambda step: min(1.0, (step + 1) / recipe.warm_up, max(0.02, 1.02 - step / recipe.steps)),
        )

    def go_on(self, layers: Mapping[str, torch.Tensor]) -> None:
        """Take up layers of an earlier round, with all of their change instead of the share that was kept."""
        with torch.no_grad():
            for name, value in self._layers():
                value.copy_(torch.lerp(self._start[name], layers[name].float(), 1 / self._recipe.kept))

    def learn(self, batch: Sequence[Pair], group: Group, draw: random.Random) -> float:
        """Take one step; returns the loss before it."""
        asked = [(pair, *ask(pair, draw)) for pair in batch]
        rows = [(p["repository"] + p["path"], q, code) for p, q, code in asked if q.strip() and code.strip()]
        made, written = len(rows), len(group.questions)
        texts = [*(row[1] for row in rows), *(row[2] for row in rows)]
        with _halves():
            vectors = self._embed([*texts, *group.questions, *group.answers, *group.wrong]).float()
        questions, codes, written_questions, answers, wrong = vectors.split([made, made, *[written] * 3])
        same = twins([row[0] for row in rows], [row[1] for row in rows])
        temperature = self._recipe.temperature
        of_made = contrast(questions, codes, same, temperature)
        of_written = contrast_with_wrong(written_questions, answers, wrong, group.same, temperature)
        loss = (of_made + of_written) / 2
        self._optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._learning, 1.0)
        self._optimizer.step()
        self._schedule.step()
        return loss.item()

    def learned(self) -> dict[str, torch.Tensor]:
        """The layers by their names, moved back to the start by 1 - `kept`, in half precision."""
        share = self._recipe.kept
        return {
            name: torch.lerp(self._start[name], value.detach(), share).half()
            for name, value in self._layers()
        }

    def reciprocal_rank(self, repositories: Sequence[Sequence[Pair]]) -> float:
        """Mean reciprocal rank of the right code among a repository's pairs, averaged over repositories."""
        draw = random.Random(7)
        means = []
        for pairs in repositories:
            asked = [ask(pair, draw) for pair in pairs]
            with torch.no_grad(), _halves():
                questions, codes = (
                    self._embed([q for q, _ in asked]),
                    self._embed([code for _, code in asked]),
                )
            likeness = questions.float() @ codes.float().T
            ranks = (likeness > likeness.diag()[:, None]).sum(1) + 1
            means.append((1 / ranks.float()).mean().item())
        return sum(means) / len(means)

    def _layers(self) -> Iterator[tuple[str, torch.Tensor]]:
        return ((n, value) for n, value in self._network.named_parameters() if n.startswith(LEARNING))

    def _embed(self, texts: Sequence[str]) -> torch.Tensor:
        """(texts, dim): unit vectors. Long texts are computed in two batches of about equal lengths."""
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(tokens)), key=lambda row: len(tokens[row]))
        size = 48 if len(tokens[order[-1]]) > 56 else 96
        parts = [
            self._pooled([tokens[row] for row in order[i : i + size]]) for i in range(0, len(order), size)
        ]
        return torch.cat(parts)[torch.tensor(order).argsort()]

    def _pooled(self, tokens: Sequence[Sequence[int]]) -> torch.Tensor:
        length = -(-max(map(len, tokens)) // LENGTH_STEP) * LENGTH_STEP
        ids, mask = torch.zeros((2, len(tokens), length), dtype=torch.long)
        for row, some in enumerate(tokens):
            ids[row, : len(some)] = torch.tensor(some)
            mask[row, : len(some)] = 1
        states = self._network(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        kept = mask[:, :, None].float()
        return functional.normalize((states * kept).sum(1) / kept.sum(1), dim=1)


def _halves() -> AbstractContextManager[Any]:
    return torch.autocast("cpu", dtype=torch.bfloat16)


if __name__ == "__main__":
    main()
