"""Packed answers to where a name is defined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from semlens.core.pack.passages import passage_id, passage_of
from semlens.core.query.query import EVERYWHERE
from semlens.core.query.scope import ScopeFilter
from semlens.core.search.across_folders import each_place_once
from semlens.core.search.symbols import MAX_FILES, nearest_first, similar_names
from semlens.core.text.words import without_surrogates
from semlens.engine.daemon.packed_answers import Wanted, as_answer, pack_within, shown_path, unread_in
from semlens.engine.workspace.workspace import Workspace
from semlens.protocol.agents import PackedAnswer

PLACES_NAMED = 5
"""Places of a name that a note gives."""

_EVERY_FILE = ScopeFilter(EVERYWHERE)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Where definitions are looked for."""

    workspaces: Sequence[Workspace]
    scopes: Sequence[ScopeFilter]
    """For the first workspaces; in the others nothing is looked for."""
    words: str
    """What that is, as a sentence names it."""


def of_definitions(where: Narrowed, name: str, wanted: Wanted) -> PackedAnswer:
    """The definitions of a name, or what is defined elsewhere or under names that are like it."""
    name = without_surrogates(name)
    searched = zip(where.workspaces, where.scopes, strict=False)  # the others are named alone
    found = [one.handle.searcher.definitions_of(name, scope) for one, scope in searched]
    hits = each_place_once(hit for one in found for hit in one.hits)
    root = wanted.packing.root or str(where.workspaces[0].root)
    notes = unread_in(where.workspaces)
    if not hits:
        notes.append(_no_definition_note(where, name, root))
    unread = sum(one.unread for one in found)
    if unread:
        notes.append(
            f"The index has {unread:,} more files that define it, which were not read: of a folder the "
            f"{MAX_FILES} likeliest are. Name a class around it, a folder or paths."
        )
    delivered = frozenset(wanted.packing.delivered)
    hits = [hit for hit in hits if passage_id(hit) not in delivered]
    passages = [passage_of(hit, shown_path(root, hit), ()) for hit in hits[: wanted.limits.passages]]
    return as_answer(pack_within(passages, len(hits), notes, root, wanted))


def _no_definition_note(where: Narrowed, name: str, root: str) -> str:
    """Where else a name is defined, or which names are like it."""
    shown = name[:100]
    searchers = [workspace.handle.searcher for workspace in where.workspaces]
    outside = [hit for one in searchers for hit in one.definitions_of(name, _EVERY_FILE).hits]
    if outside and where.words:
        places = [*dict.fromkeys(f"{shown_path(root, hit)}:{hit.start_line}" for hit in outside)]
        listed = ", ".join(places[:PLACES_NAMED])
        if len(places) > PLACES_NAMED:
            listed += f" and {len(places) - PLACES_NAMED} more places"
        return f"{shown} is defined in {listed}, outside of {where.words}."
    like = {one for searcher in searchers for one in similar_names(searcher.index, name)}
    named = f" Defined are: {', '.join(nearest_first(name, [*like]))}." if like else ""
    return f"No definition of {shown}.{named} Try search_code."
