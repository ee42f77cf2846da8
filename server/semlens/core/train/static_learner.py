"""Trains the instant tier's table of token vectors, in numpy alone: so it needs no torch.

The loss is InfoNCE in both directions (van den Oord et al. 2018), with the other pairs of a batch as wrong
answers, as in `training/fit.py`. Adam (Kingma and Ba 2014) changes the rows of a batch's tokens alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from semlens.core.embed.static_model import ROWS, SCALES, TOKENIZER, Words
from semlens.core.train.model_folder import write_static
from semlens.core.train.pairs import Pair
from semlens.errors import ModelError

TEMPERATURE: Final = 0.05
RATE: Final = 0.1
"""The learning rate of Adam, in units of a row's mean length."""
_BETAS: Final = (0.9, 0.99)
_EPSILON: Final = 1e-8

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Bags:
    """Texts as counts of tokens."""

    tokens: NDArray[np.intp]
    """The different tokens of all texts, shape (tokens,)."""
    counts: Floats
    """How often each text has each of them, shape (texts, tokens)."""


class StaticLearner:
    """The instant model in a folder, while it is trained. As `learning.Learner`."""

    batch = 128
    epochs = 4
    device = "numpy"

    def __init__(self, folder: Path) -> None:
        """Raises `ModelError` if there is no instant model in `folder`."""
        try:
            scales = np.load(folder / SCALES, allow_pickle=False)
            rows = np.load(folder / ROWS, allow_pickle=False).astype(np.float32) * scales[:, None]
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        except Exception as error:  # tokenizers raises bare Exception
            raise ModelError(f"The instant model in {folder} cannot be read ({error}).") from error
        self._folder = folder
        used = rows.any(axis=1)
        self._words = Words(self._tokenizer, used)
        self._unit = float(np.linalg.norm(rows[used], axis=1).mean())
        self._base: Floats = rows / self._unit
        self._table = self._base.copy()
        self._mean = np.zeros_like(self._table)
        self._square = np.zeros_like(self._table)
        self._steps = np.zeros(len(rows), np.int32)
        """How often each row was changed."""
        self._bags: dict[str, Counter[int]] = {}

    def embed(self, texts: Sequence[str], query: bool) -> Floats:
        vectors = np.zeros((len(texts), self._table.shape[1]), np.float32)
        for row, text in enumerate(texts):
            bag = self._bag(text)
            if bag:
                counts = np.fromiter(bag.values(), np.float32, len(bag))
                vectors[row] = counts @ self._table[np.fromiter(bag, np.intp, len(bag))]
        return _unit(vectors)[0]

    def learn(self, pairs: Sequence[Pair], rate: float) -> float:
        bags = self._counted([*(pair.question for pair in pairs), *(pair.code for pair in pairs)])
        vectors, lengths = _unit(bags.counts @ self._table[bags.tokens])
        loss, gradient = _contrast(vectors, len(pairs))
        # Through the division by the length.
        gradient -= np.einsum("ij,ij->i", gradient, vectors)[:, None] * vectors
        gradient /= lengths[:, None]
        self._change(bags.tokens, bags.counts.T @ gradient, rate)
        return loss

    def save(self, path: Path) -> None:
        rows = np.flatnonzero(self._steps)
        with path.open("wb") as file:
            np.savez(
                file,
                rows=rows,
                table=self._table[rows],
                mean=self._mean[rows],
                square=self._square[rows],
                steps=self._steps[rows],
            )

    def restore(self, path: Path) -> None:
        with np.load(path, allow_pickle=False) as kept:
            rows = kept["rows"]
            for name in ("table", "mean", "square", "steps"):
                getattr(self, f"_{name}")[rows] = kept[name]

    def save_weights(self, path: Path) -> None:
        rows = np.flatnonzero(self._steps)
        with path.open("wb") as file:
            np.savez(file, rows=rows, table=self._table[rows])

    def use_weights(self, path: Path | None) -> None:
        self._table = self._base.copy()
        if path is not None:
            with np.load(path, allow_pickle=False) as kept:
                self._table[kept["rows"]] = kept["table"]

    def write_model(self, folder: Path) -> None:
        write_static(folder, self._table * self._unit, self._tokenizer, self._folder)

    def _change(self, rows: NDArray[np.intp], gradient: Floats, rate: float) -> None:
        """One step of Adam on some rows."""
        first, second = _BETAS
        self._steps[rows] += 1
        mean = self._mean[rows] = first * self._mean[rows] + (1 - first) * gradient
        square = self._square[rows] = second * self._square[rows] + (1 - second) * gradient**2
        steps = self._steps[rows].astype(np.float32)[:, None]
        step = (mean / (1 - first**steps)) / (np.sqrt(square / (1 - second**steps)) + _EPSILON)
        self._table[rows] -= rate * RATE / self._table.shape[1] ** 0.5 * step

    def _counted(self, texts: Sequence[str]) -> _Bags:
        bags = [self._bag(text) for text in texts]
        tokens = np.unique(np.fromiter((token for bag in bags for token in bag), np.intp))
        counts = np.zeros((len(bags), len(tokens)), np.float32)
        for row, bag in enumerate(bags):
            columns = np.searchsorted(tokens, np.fromiter(bag, np.intp, len(bag)))
            counts[row, columns] = np.fromiter(bag.values(), np.float32, len(bag))
        return _Bags(tokens, counts)

    def _bag(self, text: str) -> Counter[int]:
        if text not in self._bags:
            self._bags[text] = Counter(self._words.tokens(text).tolist())
        return self._bags[text]


def _unit(vectors: Floats) -> tuple[Floats, Floats]:
    """Vectors of length 1, shape (texts, dim), and the lengths they had; a zero vector stays."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    lengths = np.where(lengths > 0, lengths, 1).astype(np.float32)
    return vectors / lengths[:, None], lengths


def _contrast(vectors: Floats, pairs: int) -> tuple[float, Floats]:
    """The loss, and its gradient by the unit vectors: those of the questions, then those of their code."""
    questions, codes = vectors[:pairs], vectors[pairs:]
    logits = questions @ codes.T / TEMPERATURE
    of_questions, loss = _softmax_loss(logits)
    of_codes, other = _softmax_loss(logits.T)
    slope = (of_questions + of_codes.T) / (2 * pairs * TEMPERATURE)
    return (loss + other) / 2, np.concatenate([slope @ codes, slope.T @ questions])


def _softmax_loss(logits: Floats) -> tuple[Floats, float]:
    """The gradient of the sum of the rows' cross-entropies with the diagonal, and their mean."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    exponents = np.exp(shifted)
    totals = exponents.sum(axis=1, keepdims=True)
    loss = float(np.mean(np.log(totals[:, 0]) - np.diagonal(shifted)))
    slope: Floats = exponents / totals
    slope[np.diag_indices(len(slope))] -= 1
    return slope, loss
