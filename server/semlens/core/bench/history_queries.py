"""Queries with known answers from a repository's history: a commit's message is a query for what it changed.

The answers are the definitions that the commit changed, as they were before it. Bug reports and the changes
that fixed them are a usual test of finding code (Zhou et al. 2012); a commit's message is the one such text
that every repository has.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from semlens.core.bench.docstring_queries import plain_sentence
from semlens.core.bench.history import Blob, Commit, History
from semlens.core.bench.reading import TextReader
from semlens.core.chunk import definitions, recognize
from semlens.core.files.role import Role, role_of
from semlens.core.index.indexer import Progress
from semlens.types import CancelToken, RelativePath, Symbol

MOST_ANSWERS = 5
"""A commit that changed more definitions is about none of them."""
MOST_FILES = 5
"""A commit that changed more source files is a sweep through the code."""
MOST_LINES = 8_000
"""Longer files are not compared line by line."""
COMMITS_PER_QUESTION = 20
"""How many commits are looked at for each question that is wanted."""

Place = tuple[RelativePath, int, int]

_ASKED_ROLES = frozenset({Role.SOURCE, Role.ENTRY, Role.REEXPORT})
_NO_ANSWERS = frozenset({"section", "constant", "module"})
"""Kinds of symbols that are no code to look for, or too much of it."""

_KIND = re.compile(r"^(?P<kind>[a-z]+)(?:\([^()]*\))?!?:\s+")
"""The beginning of a conventional commit's message: `fix(parser): `."""
_NO_CHANGE = frozenset("build chore ci dep deps doc docs lint release style test tests typo wip".split())
_TAG = re.compile(r"^(?:\[[^\[\]]{1,40}\]|\([^()]{1,40}\)|[A-Z][A-Z0-9]+-\d+:?|[\w./-]+:)\s+")
"""A place or a ticket before the message: `[docs]`, `ABC-123:`, `net/http:`."""
_TICKET = re.compile(
    r"\s*(?:\((?:[^()]*\s)?#\d+\)|\[#\d+\]|(?:\b(?:closes|fixes|refs|see|fix))?\s#\d+)\.?\s*$", re.I
)
_NOT_A_QUESTION = re.compile(
    r"^(?:merge|revert|bump|release|version|prepare|upgrade|changelog|typos?|lint|black|prettier|wip"
    r"|format(?:ting)?|initial commit|(?:fix|correct) (?:a )?typos?|update (?:the )?(?:changelog|readme|deps"
    r"|dependenc\w+|version|copyright|docs?|documentation|translations?|submodules?))\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """A query, the state of the code in which to search, and the definitions in it that answer it."""

    text: str
    commit: str
    """The state, which is the commit before the change."""
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class ChangedCode:
    """A definition that a commit changed, in the file's text before it."""

    path: RelativePath
    text: str
    symbol: Symbol

    @property
    def place(self) -> Place:
        return self.path, self.symbol.start_line, self.symbol.end_line


def history_queries(
    history: History,
    reader: TextReader,
    most: int,
    cancel: CancelToken,
    deadline: CancelToken,
    progress: Progress = lambda done, total: None,
) -> list[HistoryQuery]:
    """At most `most` queries from the newest commits, the oldest first.

    :param reader: reads the files that belong to the index
    :param deadline: ends the search for more queries; those that were found are kept
    :param progress: called with the commits that were looked at, and all
    :raises Cancelled: `cancel` was set
    :raises FolderError: the history cannot be read
    """
    found: dict[str, HistoryQuery] = {}
    commits = history.commits(most * COMMITS_PER_QUESTION)
    for done, commit in enumerate(commits, 1):
        cancel.check()
        progress(done, len(commits))
        if len(found) == most or deadline.cancelled:
            break
        text = commit_question(commit.subject)
        if text is None or text.lower() in found:
            continue
        places = tuple(one.place for one in changed_code(history, reader, commit))
        if places:
            found[text.lower()] = HistoryQuery(text, commit.parent, places)
    return list(reversed(found.values()))


def commit_question(subject: str) -> str | None:
    """The first line of a commit's message as a query; None if it does not describe a change of code."""
    text = _TICKET.sub("", subject.strip())
    kind = _KIND.match(text)
    if kind is not None and kind["kind"] in _NO_CHANGE:
        return None
    text = text[kind.end() :] if kind is not None else _TAG.sub("", text)
    if _NOT_A_QUESTION.match(text):
        return None
    return plain_sentence(text.replace("`", "").split())


def changed_definitions(before: str, after: str, language: str) -> list[Symbol]:
    """The innermost definitions of `before` with a line that `after` has not, or with new lines inside."""
    known = [one for one in definitions(before, language) if one.kind not in _NO_ANSWERS]
    old, new = before.split("\n"), after.split("\n")
    if max(len(old), len(new)) > MOST_LINES:
        return []
    found: dict[Symbol, None] = {}
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for action, start, end, _, _ in matcher.get_opcodes():
        if action == "equal":
            continue
        # New lines lie inside a definition that has both the line above them and the one below.
        spans = [(line, line) for line in range(start + 1, end + 1)] or [(start, start + 1)]
        for first, last in spans:
            around = [one for one in known if one.start_line <= first and last <= one.end_line]
            if around:
                found[min(around, key=lambda one: one.end_line - one.start_line)] = None
    return list(found)


def changed_code(history: History, reader: TextReader, commit: Commit) -> list[ChangedCode]:
    """The definitions that a commit changed, as they were; none if it changed too many, or no source.

    Raises `FolderError` if the history cannot be read.
    """
    changed = {
        path: blobs
        for path, blobs in history.changed(commit).items()
        if role_of(path) in _ASKED_ROLES and reader.belongs(path)
    }
    if not 0 < len(changed) <= MOST_FILES:
        return []
    found: list[ChangedCode] = []
    for path, before, after in _texts(history, reader, changed):
        symbols = changed_definitions(before, after, recognize(path, before))
        found += (ChangedCode(path, before, symbol) for symbol in symbols)
    return found if len(found) <= MOST_ANSWERS else []


def _texts(
    history: History, reader: TextReader, changed: dict[RelativePath, tuple[Blob, Blob]]
) -> Iterable[tuple[RelativePath, str, str]]:
    """Each file that can be read, before and after its change."""
    blobs: Sequence[Blob] = [blob for pair in changed.values() for blob in pair]
    contents = list(history.contents(blobs))
    for number, path in enumerate(changed):
        before, after = (reader.text(path, data) for data in contents[2 * number : 2 * number + 2])
        if before is not None and after is not None:
            yield path, before, after
