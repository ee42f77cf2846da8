"""The process that counts a folder's tokens: reads one question from its parent, and says how far it is.

It is a process because it reads thousands of files with native code for a while, and because ending it
is how the client's cancel takes effect at once. What it says is plain, so that the parent imports no
tokenizer.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path

from semlens.core.cost.folder import BILLED, FileCost, cost_of
from semlens.errors import SemlensError
from semlens.protocol.editor import CostResult
from semlens.protocol.editor import FileCost as ToldCost
from semlens.settings import Settings
from semlens.types import CancelToken, RelativePath

TOLD_EVERY = 50
"""Files between two words on how far it is."""


def main() -> None:
    """Answer with any number of (files, tokens) and one `CostResult`, or the error that stood in the way."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a stray print must not be taken for an answer

    def tell(value: tuple[int, int] | CostResult | SemlensError) -> None:
        pickle.dump(value, answers)
        answers.flush()

    root, below, settings = pickle.load(questions)
    files = tokens = 0

    def counted(file: FileCost) -> None:
        nonlocal files, tokens
        files, tokens = files + 1, tokens + file.tokens
        if files % TOLD_EVERY == 0:
            tell((files, tokens))

    try:
        tell(_cost(Path(root), below, settings, counted))
    except SemlensError as error:
        tell(error)


def _cost(
    root: Path, below: RelativePath, settings: Settings, counted: Callable[[FileCost], None]
) -> CostResult:
    """The cost of the folder `below`, with paths relative to it."""
    found = cost_of(root, below, settings, CancelToken(), counted)
    start = len(below) + 1 if below else 0
    files = [ToldCost(file.path[start:], file.tokens) for file in found.files]
    return CostResult(BILLED, found.tokens, files, found.skipped)


if __name__ == "__main__":
    main()
