"""The counting process: answers its parent's questions about tokens, and ends with it.

Tokenizers and grammars take 100 MB, and are native code that reads any text that a user opens or has in a
folder. In a process of their own they can be ended when idle, and can crash or hang without the parent.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from pathlib import Path

from semlens.core.cost.definitions import Definitions
from semlens.core.cost.folder import cost_of_folder
from semlens.core.cost.messages import (
    Answer,
    AskDefinitionCost,
    AskDefinitionSpan,
    AskFolderCost,
    AskTextCost,
    Failed,
    Progress,
    Question,
)
from semlens.core.cost.text import TextCosts
from semlens.core.cost.types import FileCost, FolderCost, Source
from semlens.core.text.languages import TEXT
from semlens.errors import SemlensError
from semlens.process.pipes import claim_pipes
from semlens.settings import DEFAULT_MODEL
from semlens.types import CancelToken

PRELOAD = "preload"
"""The argument that has the process load the default model's tokenizer before the first question."""

PROGRESS_EVERY = 50
"""Files between two reports of progress."""

Report = Callable[[Progress], None]


class Answers:
    """Answers questions, one at a time."""

    def __init__(self) -> None:
        self._costs = TextCosts()
        self._definitions = Definitions(self._costs)

    def preload(self) -> None:
        """Load what most questions need."""
        self._costs.whole(Source("", TEXT, DEFAULT_MODEL))

    def answer(self, question: Question, report: Report) -> Answer:
        """The answer to `question`, an error included; `report` is called while a folder is counted."""
        try:
            return self._answer(question, report)
        except SemlensError as error:
            return Failed.of(error)
        except Exception as error:
            problem = f"Tokens could not be counted ({type(error).__name__}: {error})."
            return Failed.of(SemlensError(problem))

    def _answer(self, question: Question, report: Report) -> Answer:
        if isinstance(question, AskTextCost):
            return self._costs.part(question.source, question.text, question.span)
        if isinstance(question, AskDefinitionCost):
            return self._definitions.at(question.source, question.line, question.column)
        if isinstance(question, AskDefinitionSpan):
            return self._definitions.around(question.source, question.line)
        return _folder(question, report)


def _folder(question: AskFolderCost, report: Report) -> FolderCost:
    files = tokens = 0

    def counted(file: FileCost) -> None:
        nonlocal files, tokens
        files, tokens = files + 1, tokens + file.tokens
        if files % PROGRESS_EVERY == 0:
            report(Progress(files, tokens))

    # No cancel token: a client that no longer wants the answer ends the process.
    return cost_of_folder(Path(question.root), question.below, question.settings, CancelToken(), counted)


def main() -> None:
    """Answer the parent's questions until its end of the pipe is closed."""
    questions, answers = claim_pipes()

    def send(value: Answer | Progress) -> None:
        pickle.dump(value, answers)
        answers.flush()

    answering = Answers()
    if PRELOAD in sys.argv[1:]:
        answering.preload()
    while True:
        try:
            question = pickle.load(questions)
        except EOFError:
            return
        send(answering.answer(question, send))


if __name__ == "__main__":
    main()
