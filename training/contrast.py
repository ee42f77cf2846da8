"""The loss of both models: a question should be nearer to its own code than to the rest of the batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch.nn import functional


def contrast(
    questions: torch.Tensor, codes: torch.Tensor, twins: torch.Tensor, temperature: float
) -> torch.Tensor:
    """Symmetric InfoNCE (van den Oord et al. 2018), a scalar.

    `questions` and `codes` are unit vectors (pairs, dim); row i of one answers row i of the other. `twins`
    (pairs, pairs) marks pairs that do not count as each other's wrong answers.
    """
    likeness = (questions @ codes.T / temperature).masked_fill(twins, -1e4)
    right = torch.arange(len(likeness))
    return (functional.cross_entropy(likeness, right) + functional.cross_entropy(likeness.T, right)) / 2


def twins(files: Sequence[str], questions: Sequence[str]) -> torch.Tensor:
    """(pairs, pairs) in bool: which other pairs are of the same file, or have the same question."""
    file = np.unique(files, return_inverse=True)[1]
    question = np.unique(questions, return_inverse=True)[1]
    same = (file[:, None] == file) | (question[:, None] == question)
    np.fill_diagonal(same, False)
    return torch.from_numpy(same)
