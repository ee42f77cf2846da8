"""Pairs from a repository's history: a commit's message asks for the definitions that it changed.

The code of a pair is the definition as it was before the commit, so that no change answers for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from semlens.core.bench.history import History
from semlens.core.bench.history_queries import ChangedCode, changed_code, commit_question
from semlens.core.bench.reading import TextReader
from semlens.core.chunk import LineTokenizer
from semlens.core.train.pairs import code_of
from semlens.types import CancelToken, RelativePath

MOST_COMMITS = 5_000
"""Looked at; a deadline ends the look before."""


@dataclass(frozen=True, slots=True)
class Change:
    """A commit's message as a question, and each definition that it changed."""

    question: str
    answers: tuple[ChangedDefinition, ...]


@dataclass(frozen=True, slots=True)
class ChangedDefinition:
    path: RelativePath
    name: str
    """With those of the definitions around it."""
    code: str
    """As it was before the change, as the index cuts it, without documentation."""


def read_changes(
    history: History,
    reader: TextReader,
    tokenizer: LineTokenizer,
    most: int,
    cancel: CancelToken,
    deadline: CancelToken,
    progress: Callable[[int, int], None],
) -> list[Change]:
    """The newest changes, at most `most`, each with another question.

    :param deadline: ends the search for more; those that were found are kept
    :param progress: called with the changes found so far, and the most
    :raises Cancelled: `cancel` was set
    :raises FolderError: there is no history that can be read
    """
    found: dict[str, Change] = {}
    for commit in history.commits(MOST_COMMITS):
        cancel.check()
        if len(found) >= most or deadline.cancelled:
            break
        question = commit_question(commit.subject)
        if question is None or question.lower() in found:
            continue
        answers = tuple(_definitions(changed_code(history, reader, commit), tokenizer))
        if answers:
            found[question.lower()] = Change(question, answers)
            progress(len(found), most)
    return list(found.values())


def _definitions(changed: list[ChangedCode], tokenizer: LineTokenizer) -> Iterator[ChangedDefinition]:
    for one in changed:
        texts = code_of(one.path, one.text, tokenizer).texts_of(one.symbol.start_line, one.symbol.end_line)
        if texts:
            yield ChangedDefinition(one.path, one.symbol.dotted_name, texts[0])
