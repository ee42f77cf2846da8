"""The counting process: reads pickled questions from its parent, and ends with it."""

from __future__ import annotations

import os
import pickle
from typing import Any

from semlens.core.text.languages import TEXT
from semlens.errors import SemlensError
from semlens.lsp.counting.definitions import Counter, Source
from semlens.settings import DEFAULT_MODEL
from semlens.types import Span


def main() -> None:
    """Answer the parent's questions until its end of the pipe is closed."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a stray print must not be taken for an answer
    counter = Counter()
    _answer(counter, "count", (Source("", TEXT, DEFAULT_MODEL), "", Span(1, 1)))  # loads what most will need
    while True:
        try:
            method, arguments = pickle.load(questions)
        except EOFError:
            return
        pickle.dump(_answer(counter, method, arguments), answers)
        answers.flush()


def _answer(counter: Counter, method: str, arguments: tuple[Any, ...]) -> object:
    try:
        return getattr(counter, method)(*arguments)
    except SemlensError as error:
        return error
    except Exception as error:
        return SemlensError(f"Tokens could not be counted ({type(error).__name__}: {error}).")


if __name__ == "__main__":
    main()
