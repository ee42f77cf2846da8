"""Packed answers from hits, definitions and outlines, with the notes that tell an agent what to do next."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from typing import TypeVar

from attrs import evolve

from semlens.core.cost.around import parse_file
from semlens.core.cost.whole import Asked, Whole, whole_passages
from semlens.core.files.images import IMAGE
from semlens.core.files.source import Source
from semlens.core.index.folder import FolderIndex
from semlens.core.pack.packer import Count, pack
from semlens.core.pack.passages import around_hits, passage_id, passage_of
from semlens.core.pack.types import MAX_TOKENS, Limits, Passage, Surroundings
from semlens.core.query.query import EVERYWHERE, Query
from semlens.core.query.scope import ScopeFilter
from semlens.core.search.locate import source_on_disk
from semlens.core.search.symbols import OutlineFile, similar_names
from semlens.core.text.printable import printable
from semlens.core.text.words import without_surrogates
from semlens.engine.workspace.status import WorkspaceStatus
from semlens.engine.workspace.workspace import Workspace
from semlens.errors import FolderError
from semlens.protocol.agents import PackedAnswer, Packing
from semlens.protocol.engine import SearchAnswer
from semlens.types import Hit, RelativePath

OUTLINE_FILES = 200
"""Files in the outline of a folder."""

_PLACES_NAMED = 5
"""Places of hits without their code that a note names."""

_EVERY_FILE = ScopeFilter(EVERYWHERE)


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a query, and how the searched workspaces are."""

    query: Query
    answer: SearchAnswer
    states: Sequence[WorkspaceStatus]
    most: int
    """The most hits to count on."""
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


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Where definitions are looked for."""

    workspaces: Sequence[Workspace]
    scopes: Sequence[ScopeFilter]
    """For the first workspaces; in the others nothing is looked for."""
    words: str
    """What that is, as a sentence names it."""


def of_hits(found: Found, wanted: Wanted) -> PackedAnswer:
    """The hits that were not sent before."""
    root = wanted.packing.root or _common_root(found.answer.hits)
    words = {*found.query.content_words, *(name.lower() for name in found.query.names)}
    delivered, sent = frozenset(wanted.packing.delivered), frozenset(wanted.packing.sent)
    ranked = [(hit, _id(hit)) for hit in found.answer.hits]
    ranked = [(hit, name) for hit, name in ranked if name not in delivered]
    hits = [hit for hit, name in ranked if name not in sent][: max(0, found.most - len(delivered))]
    again = [hit for hit, name in ranked[: wanted.limits.passages] if name in sent]
    first = hits[: wanted.limits.passages]
    readable = printable if wanted.packing.for_terminal else without_surrogates
    asked = Asked(words, wanted.limits.max_tokens, partial(_shown_path, root), readable)
    passages_of = _definitions if wanted.packing.definitions else _lines_around
    new = passages_of(first, found, asked)
    notes = [*_status_notes(found), *_sent_notes(again, root)]
    if not new:
        notes.append(_nothing_note(found, bool(again)))
    answer = _packed([one.passage for one in new], len(hits) - len(first) + len(new), notes, root, wanted)
    ids = {one.passage.id: [_id(first[at]) for at in one.hits] for one in new}
    return evolve(answer, shown=[*dict.fromkeys(chain.from_iterable(ids[name] for name in answer.shown))])


def _lines_around(hits: Sequence[Hit], found: Found, asked: Asked) -> list[Whole]:
    """Each hit with lines around it."""
    source = _files(found, lambda path, text: text.split("\n"))
    sources: dict[tuple[str, str], list[str]] = {(hit.folder, hit.path): source(hit) or [] for hit in hits}
    around = zip(hits, around_hits(hits, sources), strict=True)
    return [
        Whole(passage_of(hit, asked.shown_path(hit), asked.words, lines, asked.readable), (at,))
        for at, (hit, lines) in enumerate(around)
    ]


def _definitions(hits: Sequence[Hit], found: Found, asked: Asked) -> list[Whole]:
    """The whole definitions around the hits."""
    return whole_passages(hits, _files(found, parse_file), asked)


def of_definitions(where: Narrowed, name: str, wanted: Wanted) -> PackedAnswer:
    """The definitions of a name, or what is defined elsewhere or under names that are like it."""
    searched = zip(where.workspaces, where.scopes, strict=False)  # the others are named alone
    hits = [hit for one, scope in searched for hit in one.handle.searcher.definitions_of(name, scope)]
    root = wanted.packing.root or str(where.workspaces[0].root)
    notes = [] if hits else [_no_definition_note(where, name, root)]
    passages = [passage_of(hit, _shown_path(root, hit), ()) for hit in hits[: wanted.limits.passages]]
    return _packed(passages, len(hits), notes, root, wanted)


def of_outline(name: str, places: Sequence[tuple[Workspace, RelativePath]], wanted: Wanted) -> PackedAnswer:
    """The definitions of a file, or of the files of folders.

    :param name: what a client calls the places
    :raises FolderError: nothing there is indexed
    """
    files: list[tuple[Workspace, OutlineFile]] = []
    found = 0
    for workspace, path in places:
        here = workspace.handle.searcher.outline(path, OUTLINE_FILES - len(files))
        files += [(workspace, file) for file in here]
        found += max(len(here), workspace.index.reader.files.count_below(path))
    if not files:
        raise FolderError(f"Nothing at {name} is indexed; why_not_indexed says why.")
    root = wanted.packing.root or str(places[0][0].root)
    passages = [_outline_passage(workspace, file, root) for workspace, file in files]
    notes = [] if any(file.lines for _, file in files) else ["No definitions are known here: read the file."]
    if found > len(files):
        notes.append(
            f"An outline has {len(files)} files at most: name a folder or file below for the others."
        )
    return _packed(passages, found, notes, root, wanted)


def _packed(
    passages: Sequence[Passage],
    found: int,
    notes: Sequence[str],
    root: str,
    wanted: Wanted,
) -> PackedAnswer:
    if wanted.packing.max_tokens > MAX_TOKENS:
        notes = [*notes, f"An answer has at most {MAX_TOKENS:,} tokens."]
    around = Surroundings(
        without_surrogates(root), found, wanted.packing.cursor, (*wanted.packing.notes, *notes)
    )
    packed = pack(passages, around, wanted.limits, wanted.count)
    return PackedAnswer(packed.text, packed.structured, packed.tokens, list(packed.shown), packed.rest)


def _status_notes(found: Found) -> list[str]:
    """What of the code cannot be found yet, and why."""
    coverage = found.answer.coverage
    messages = [state.message for state in found.states if state.error or state.paused]
    notes = [message for message in messages if message]
    if min(coverage.lexical, coverage.instant) < 1:
        notes.append(f"Only {coverage.instant:.0%} of the code is indexed yet: ask again in a moment.")
    if found.answer.weak:
        notes.append("Nothing matches well: ask in other words, or use grep for an exact text.")
    return notes


def _sent_notes(again: Sequence[Hit], root: str) -> list[str]:
    if not again:
        return []
    places = [f"{_shown_path(root, hit)}:{hit.start_line}-{hit.end_line}" for hit in again[:_PLACES_NAMED]]
    more = len(again) - len(places)
    listed = ", ".join([*places, f"{more} more"] if more else places)
    return [f"Sent before, so left out: {listed} (repeat=true sends them again)."]


def _nothing_note(found: Found, sent_all: bool) -> str:
    if sent_all:
        return "Nothing else was found: ask in other words."
    if not found.answer.coverage.files:
        return "Nothing is indexed here: index_status says why."
    if found.narrowed or not found.query.scope_filter.everything:
        return "Nothing was found in these paths and languages: leave them out, or check their spelling."
    return "Nothing was found: describe what the code does in other words, or use grep for an exact text."


def _no_definition_note(where: Narrowed, name: str, root: str) -> str:
    """Where else a name is defined, or which names are like it."""
    shown = without_surrogates(name[:100])
    searchers = [workspace.handle.searcher for workspace in where.workspaces]
    outside = [hit for one in searchers for hit in one.definitions_of(name, _EVERY_FILE)]
    if outside and where.words:
        places = [*dict.fromkeys(f"{_shown_path(root, hit)}:{hit.start_line}" for hit in outside)]
        listed = ", ".join(places[:_PLACES_NAMED])
        if len(places) > _PLACES_NAMED:
            listed += f" and {len(places) - _PLACES_NAMED} more places"
        return f"{shown} is defined in {listed}, outside of {where.words}."
    like = [one for searcher in searchers for one in similar_names(searcher.index, name)]
    named = f" Defined are: {', '.join(dict.fromkeys(like))}." if like else ""
    return f"No definition of {shown}.{named} Try search_code."


def _outline_passage(workspace: Workspace, file: OutlineFile, root: str) -> Passage:
    """A file whose lines are blank but for those that name definitions."""
    lines = tuple(without_surrogates(file.lines.get(line, "")) for line in range(1, file.last + 1))
    rows = tuple(line - 1 for line in file.lines)
    return Passage(
        id=passage_id(str(workspace.root), file.path, 0, ""),
        path=_relative(root, str(workspace.root), file.path),
        start_line=1,
        lines=lines,
        name_row=rows[0] if rows else 0,
        header=tuple(line - 1 for line in file.outer) or rows[:1] or (0,),
        telling=(),
    )


def _id(hit: Hit) -> str:
    return passage_id(hit.folder, hit.path, hit.start_line, hit.preview)


def _files(found: Found, read: Callable[[RelativePath, str], T]) -> Callable[[Hit], T | None]:
    """Reads the text of a hit's file as it is on the disk, once; None if it has none or cannot be read."""

    @cache
    def of(folder: str, path: RelativePath) -> T | None:
        index = found.indexes.get(folder)
        source = None if index is None else source_on_disk(index, path)
        return read(path, source.text) if isinstance(source, Source) else None

    return lambda hit: None if hit.language == IMAGE else of(hit.folder, hit.path)


def _shown_path(root: str, hit: Hit) -> str:
    return _relative(root, hit.folder, hit.path)


def _relative(root: str, folder: str, path: str) -> str:
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
