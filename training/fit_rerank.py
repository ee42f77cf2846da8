"""Train the cross-encoder further: tell the code that answers a question from other hits of the search.

    python training/first_hits.py --mirrors MIRRORS --work FOLDER --out HITS.jsonl.gz
    python training/fit_rerank.py --hits HITS.jsonl.gz

Starts from ms-marco-MiniLM-L-12-v2, as `pack_rerank.py` has packed it, and writes the same file. Each
question is a choice of one hit from several (the cross entropy of logits to which the search's own scores are
added): the cross-encoder learns what the search does not know. The embeddings and the first layers stay. At
the end the weights move half of the way back (Wortsman et al. 2022), to keep what they knew of other texts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pack_rerank import write
from recipes import add_recipe, recipe_of
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import BertConfig, BertForSequenceClassification

from semlens.core.embed.weights import RERANK_SHIPPED, SHIPPED, load_weights


@dataclass(frozen=True, slots=True)
class Recipe:
    """The hyperparameters. With the hits and the start, they determine the result."""

    seed: int = 0
    steps: int = 1140
    questions: int = 8
    """Questions of a step."""
    choices: int = 8
    """Hits of a question, one of which is right."""
    depth: int = 25
    """The first hits of a question, from which the wrong ones are drawn."""
    own: float = 4.0
    """What the search's own score counts beside a logit."""
    rate: float = 5e-5
    warm_up: int = 50
    decay: float = 0.01
    frozen: int = 4
    """The first layers, which do not learn."""
    tokens: int = 128
    """The most tokens of a pair in training; search reads 192."""
    kept: float = 0.5
    """The share of the learned change that is kept."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A question and hits of it, the first of which is right."""

    question: str
    texts: Sequence[str]
    scores: Sequence[float]


Asked = dict[str, Any]
"""A line of `first_hits.py`."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hits", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    add_recipe(parser, Recipe())
    arguments = parser.parse_args()
    recipe = recipe_of(arguments, Recipe)
    torch.set_num_threads(arguments.threads)
    with gzip.open(arguments.hits, "rt", encoding="utf-8") as lines:
        asked = [one for one in map(json.loads, lines) if any(hit["right"] for hit in one["hits"])]
    write(fit(asked, recipe))


def fit(asked: Sequence[Asked], recipe: Recipe) -> dict[str, NDArray[np.float32]]:
    """The trained weights, by their names in transformers' BERT."""
    torch.manual_seed(recipe.seed)
    model = _Model(recipe)
    losses: list[float] = []
    started = time.monotonic()
    for step, batch in enumerate(islice(_batches(asked, recipe), recipe.steps)):
        losses.append(model.learn(batch, _rate(step, recipe)))
        if step % 50 == 49:
            seconds = time.monotonic() - started
            told = f"step {step + 1} of {recipe.steps}: {np.mean(losses[-50:]):.3f}, {seconds:.0f} s"
            print(told, file=sys.stderr, flush=True)
    return model.weights()


def _rate(step: int, recipe: Recipe) -> float:
    """It rises at first, and falls to a twentieth."""
    return recipe.rate * min(1.0, (step + 1) / recipe.warm_up) * (1 - 0.95 * step / recipe.steps)


def _batches(asked: Sequence[Asked], recipe: Recipe) -> Iterator[list[Choice]]:
    """Choices without end: all questions once, in another order each time."""
    draw = random.Random(recipe.seed)
    order: list[Asked] = []
    while True:
        batch = []
        for _ in range(recipe.questions):
            order = order or draw.sample(asked, len(asked))
            batch.append(_choice(order.pop(), recipe, draw))
        yield batch


def _choice(asked: Asked, recipe: Recipe, draw: random.Random) -> Choice:
    """A right hit, most often the first one, and wrong ones, of which the first hits are drawn more often."""
    right = [hit for hit in asked["hits"] if hit["right"]]
    taken = right[0] if draw.random() < 0.8 else draw.choice(right)
    near = asked["hits"][: recipe.depth]
    wrong = [hit for hit in near if not (hit["right"] or hit["weak"]) and hit["text"] != taken["text"]]
    wrong = wrong or [hit for hit in asked["hits"] if not hit["right"]]
    hits = [taken]
    weights = [1 / (3 + rank) for rank in range(len(wrong))]
    while wrong and len(hits) < recipe.choices:
        at = draw.choices(range(len(wrong)), weights)[0]
        hits.append(wrong.pop(at))
        weights.pop(at)
    return Choice(asked["question"], [hit["text"] for hit in hits], [hit["score"] for hit in hits])


class _Model:
    """The cross-encoder while it learns."""

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        config = BertConfig.from_json_file(RERANK_SHIPPED / "config.json")
        config.num_labels = 1
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
        self._bert = BertForSequenceClassification(config)
        self._start = {
            name if name.startswith("classifier.") else f"bert.{name}": torch.tensor(value)
            for name, value in load_weights(RERANK_SHIPPED).items()
        }
        self._bert.load_state_dict(self._start, strict=False)
        frozen = [self._bert.bert.embeddings, *self._bert.bert.encoder.layer[: recipe.frozen]]
        for part in frozen:
            part.requires_grad_(False)
        learning = [one for one in self._bert.parameters() if one.requires_grad]
        self._optimizer = torch.optim.AdamW(
            [
                {"params": [one for one in learning if one.ndim > 1], "weight_decay": recipe.decay},
                {"params": [one for one in learning if one.ndim == 1], "weight_decay": 0.0},
            ],
            betas=(0.9, 0.98),
        )
        self._tokenizer = Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))
        self._tokenizer.enable_truncation(recipe.tokens, strategy="longest_first")
        self._tokenizer.enable_padding()

    def learn(self, batch: Sequence[Choice], rate: float) -> float:
        """One step; returns the loss."""
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        pairs = self._tokenizer.encode_batch([(one.question, text) for one in batch for text in one.texts])
        ids, segments, mask = (
            torch.tensor([getattr(pair, part) for pair in pairs])
            for part in ("ids", "type_ids", "attention_mask")
        )
        with torch.autocast("cpu", torch.bfloat16):
            logits = self._bert(ids, mask, segments).logits
        losses = []
        for one, chosen in zip(
            batch, logits.float()[:, 0].split([len(one.texts) for one in batch]), strict=True
        ):
            together = chosen + self._recipe.own * torch.tensor(one.scores)
            losses.append(functional.cross_entropy(together[None], torch.tensor([0])))
        loss = torch.stack(losses).mean()
        self._optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._bert.parameters(), 1.0)
        self._optimizer.step()
        return float(loss.detach())

    def weights(self) -> dict[str, NDArray[np.float32]]:
        """What was learned, moved back towards the start."""
        learned = self._bert.state_dict()
        return {
            name.removeprefix("bert."): (value + self._recipe.kept * (learned[name] - value)).numpy()
            for name, value in self._start.items()
        }


if __name__ == "__main__":
    main()
