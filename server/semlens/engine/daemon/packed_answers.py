"""Packed answers from hits, with the notes that tell an agent what to do next, and what all answers share."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TypeVar

from attrs import evolve

from semlens.core.cost.around import parse_file
from semlens.core.cost.whole import Asked, Whole, whole_passages
from semlens.core.files.images import IMAGE
from semlens.core.files.source import Source
from semlens.core.index.folder import FolderIndex
from semlens.core.pack.packer import Count, pack
from semlens.core.pack.passages import around_hits, passage_id, passage_of
from semlens.core.pack.types import MAX_TOKENS, Limits, Packed, Passage, Surroundings
from semlens.core.query.query import Query
from semlens.core.search.locate import source_on_disk
from semlens.core.text.printable import printable
from semlens.core.text.words import without_surrogates
from semlens.engine.daemon.totals import together
from semlens.engine.workspace.status import WorkspaceStatus
from semlens.engine.workspace.workspace import Workspace
from semlens.errors import FolderError
from semlens.protocol.agents import PackedAnswer, Packing
from semlens.protocol.engine import SearchAnswer
from semlens.types import Coverage, Hit, RelativePath

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a query, and how the searched workspaces are."""

    query: Query
    answer: SearchAnswer
    states: Sequence[WorkspaceStatus]
    most: int
    """The most hits to count on."""
    asked: int
    """The hits that were looked for: there may be more if there are as many."""
    indexes: Mapping[str, FolderIndex]
    """By the folders of the hits."""
    narrowed: bool = False
    """Whether only some files of the folders were searched."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The answer that a client wants."""

    packing: Packing
    limits: Limits
    count: Count


def of_hits(found: Found, wanted: Wanted) -> PackedAnswer:
    """The hits that were not sent before, and what the search says of the question."""
    root = wanted.packing.root or _common_root(found.answer.hits)
    words = {*found.query.content_words, *(name.lower() for name in found.query.names)}
    delivered, sent = frozenset(wanted.packing.delivered), frozenset(wanted.packing.sent)
    ranked = [(hit, passage_id(hit)) for hit in found.answer.hits]
    ranked = [(hit, name) for hit, name in ranked if name not in delivered]
    hits = [hit for hit, name in ranked if name not in sent][: max(0, found.most - len(delivered))]
    again = [hit for hit, name in ranked[: wanted.limits.passages] if name in sent]
    first = hits[: wanted.limits.passages]
    readable = printable if wanted.packing.for_terminal else without_surrogates
    asked = Asked(words, wanted.limits.max_tokens, partial(shown_path, root), readable)
    passages_of = _definitions if wanted.packing.definitions else _lines_around
    new = passages_of(first, found, asked)
    notes = [*_status_notes(found), *_sent_notes(again)]
    if not new:
        notes.append(_nothing_note(found, bool(again)))
    found_in_all = len(hits) - len(first) + len(new)
    more = len(found.answer.hits) >= found.asked
    packed = pack_within([one.passage for one in new], found_in_all, notes, root, wanted, more)
    of_id = {one.passage.id: one for one in new}

    def hits_in(passages: Iterable[str]) -> list[str]:
        return [*dict.fromkeys(passage_id(first[at]) for one in passages for at in of_id[one].hits)]

    shown = zip(packed.shown, packed.lines, strict=True)
    whole = [one for one, numbers in shown if of_id[one].passage.is_whole(numbers)]
    return evolve(as_answer(packed), shown=hits_in(packed.shown), whole=hits_in(whole))


def _lines_around(hits: Sequence[Hit], found: Found, asked: Asked) -> list[Whole]:
    """Each hit with lines around it."""
    source = _files(found, lambda path, text: text.split("\n"))
    sources = {hit.file: source(hit) or [] for hit in hits}
    around = zip(hits, around_hits(hits, sources), strict=True)
    return [
        Whole(passage_of(hit, asked.shown_path(hit), asked.words, lines, asked.readable), (at,))
        for at, (hit, lines) in enumerate(around)
    ]


def _definitions(hits: Sequence[Hit], found: Found, asked: Asked) -> list[Whole]:
    """The whole definitions around the hits."""
    return whole_passages(hits, _files(found, parse_file), asked)


def pack_within(
    passages: Sequence[Passage],
    found: int,
    notes: Sequence[str],
    root: str,
    wanted: Wanted,
    more: bool = False,
) -> Packed:
    """The answer that holds most of the best of `found` passages, given best first; there may be `more`."""
    if wanted.packing.max_tokens > MAX_TOKENS:
        notes = [*notes, f"An answer has at most {MAX_TOKENS:,} tokens."]
    around = Surroundings(
        without_surrogates(root), found, wanted.packing.cursor, (*wanted.packing.notes, *notes), more
    )
    return pack(passages, around, wanted.limits, wanted.count)


def as_answer(packed: Packed) -> PackedAnswer:
    """A packed answer for a client."""
    return PackedAnswer(packed.text, packed.structured, packed.tokens, list(packed.shown), packed.rest)


def unread_notes(coverage: Coverage) -> list[str]:
    """A note for an answer that code is missing from, as it is not indexed yet."""
    if min(coverage.lexical, coverage.instant) == 1:
        return []
    return [f"Only {coverage.instant:.0%} of the code is indexed yet: ask again in a moment."]


def unread_in(workspaces: Iterable[Workspace]) -> list[str]:
    """The same for an answer from these workspaces."""
    return unread_notes(together([one.coverage() for one in workspaces]))


def nothing_at(name: str, unread: Collection[str], otherwise: str) -> FolderError:
    """The error for a place without an indexed file; `unread` are notes of code that is not read yet."""
    if unread:
        return FolderError(f"Nothing at {name} is indexed yet: ask again in a moment.")
    return FolderError(f"Nothing at {name} is indexed{otherwise}")


def _status_notes(found: Found) -> list[str]:
    """What of the code cannot be found yet, and why."""
    messages = [state.message for state in found.states if state.error or state.paused]
    notes = [message for message in messages if message] + unread_notes(found.answer.coverage)
    notes += [notice.text for notice in found.answer.notices]
    if found.answer.weak:
        notes.append("Nothing matches well: ask in other words, or use grep for an exact text.")
    return notes


def _sent_notes(again: Sequence[Hit]) -> list[str]:
    if not again:
        return []
    many = f"{len(again)} more were" if len(again) > 1 else "1 more was"
    return [f"{many} sent before (repeat=true sends again)."]


def _nothing_note(found: Found, sent_all: bool) -> str:
    if sent_all:
        return "Nothing else was found: ask in other words."
    if not found.answer.coverage.files:
        return "Nothing is indexed here: index_status says why."
    if found.narrowed or not found.query.scope_filter.everything:
        return "Nothing was found in these paths and languages: leave them out, or check their spelling."
    return "Nothing was found: describe what the code does in other words, or use grep for an exact text."


def _files(found: Found, read: Callable[[RelativePath, str], T]) -> Callable[[Hit], T | None]:
    """Reads the text of a hit's file as it is on the disk, once; None if it has none or cannot be read."""

    @cache
    def of(folder: str, path: RelativePath) -> T | None:
        index = found.indexes.get(folder)
        source = None if index is None else source_on_disk(index, path)
        return read(path, source.text) if isinstance(source, Source) else None

    return lambda hit: None if hit.language == IMAGE else of(hit.folder, hit.path)


def shown_path(root: str, hit: Hit) -> str:
    """The path of a hit as `relative` gives it."""
    return relative(root, hit.folder, hit.path)


def relative(root: str, folder: str, path: str) -> str:
    """A file's path below `root`, with forward slashes; the whole path if it does not lie there."""
    if folder == root:
        return without_surrogates(path)
    whole = os.path.join(folder, path)
    try:
        below = os.path.relpath(whole, root)
    except ValueError:  # on another drive
        below = whole
    return without_surrogates((whole if below.startswith("..") else below).replace(os.sep, "/"))


def _common_root(hits: Sequence[Hit]) -> str:
    folders = sorted({hit.folder for hit in hits})
    if len(folders) < 2:
        return folders[0] if folders else ""
    try:
        return os.path.commonpath(folders)
    except ValueError:
        return ""
