"""The handlers of the requests whose answers are packed for a language model."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from attrs import evolve

from semlens.core.pack.types import MAX_TOKENS, MIN_TOKENS, Limits
from semlens.core.query.query import Query
from semlens.core.query.scope import ScopeFilter
from semlens.core.text.tokenizers.library import TokenizerLibrary
from semlens.core.text.tokenizers.types import Tokenizer
from semlens.engine.daemon import packed_answers
from semlens.engine.daemon.packed_definitions import Narrowed, of_definitions
from semlens.engine.daemon.packed_outline import OUTLINE_FILES, of_outline
from semlens.engine.wire.connection import Connection
from semlens.engine.workspace.why import indexed_at, token_counts
from semlens.engine.workspace.workspace import Workspace
from semlens.errors import UsageError
from semlens.protocol.agents import (
    CountedTokens,
    CountTokens,
    NamedPlaces,
    PackDefinitions,
    PackedAnswer,
    Packing,
    PackOutline,
    PackSearch,
    PackSimilar,
    PathTokens,
)
from semlens.protocol.engine import Search, SearchAnswer, Similar
from semlens.protocol.request import Request
from semlens.settings import DEFAULT_TOKENIZER
from semlens.types import Scope

MOST_FOUND = 50
"""Passages that one question can have, over all its answers."""

MOST_SENT = 200
"""Hits that are looked for beyond these because they may have been sent before."""

LOADING_SECONDS = 8.0
"""How long a question waits for a model that is being loaded: an agent rather waits than asks again."""

Ask = Callable[[Search | Similar, Connection], Awaitable[tuple[Query, SearchAnswer]]]
Held = Callable[[Sequence[str] | None], AbstractAsyncContextManager[tuple[Workspace, ...]]]


class AgentService:
    """The handlers of `protocol.agents`."""

    def __init__(self, ask: Ask, held: Held, library: TokenizerLibrary) -> None:
        """`ask` gives the query of a question and its answer, `held` keeps the workspaces of folders open."""
        self._library = library
        self._ask = ask
        self._held = held
        self.handlers: Mapping[type[Request[Any]], Callable[[Any, Connection], Awaitable[object]]] = {
            PackSearch: self._pack_search,
            PackSimilar: self._pack_similar,
            PackDefinitions: self._pack_definitions,
            PackOutline: self._pack_outline,
            CountTokens: self._count_tokens,
        }

    async def _pack_search(self, request: PackSearch, connection: Connection) -> PackedAnswer:
        return await self._pack_hits(request.question, request.packing, connection)

    async def _pack_similar(self, request: PackSimilar, connection: Connection) -> PackedAnswer:
        question = request.question
        question = evolve(question, folders=question.folders or [question.folder])
        return await self._pack_hits(question, request.packing, connection)

    async def _pack_hits(
        self, question: Search | Similar, packing: Packing, connection: Connection
    ) -> PackedAnswer:
        wanted = self._wanted(packing, question.limit)
        known = len(packing.sent) + len(packing.delivered)
        asked = evolve(question, limit=MOST_FOUND + min(known, MOST_SENT))
        query, answer = await self._ask(asked, connection)
        if answer.partial and not question.wait:
            query, answer = await self._ask(evolve(asked, wait_seconds=LOADING_SECONDS), connection)
        async with self._held(question.folders) as workspaces:
            states = await asyncio.to_thread(lambda: [one.status() for one in workspaces])
            indexes = {str(one.root): one.index for one in workspaces}
            narrowed = bool(question.include_in)
            found = packed_answers.Found(query, answer, states, MOST_FOUND, asked.limit, indexes, narrowed)
            return await asyncio.to_thread(packed_answers.of_hits, found, wanted)

    async def _pack_definitions(self, request: PackDefinitions, connection: Connection) -> PackedAnswer:
        wanted = self._wanted(request.packing, request.limit)
        scopes = [
            ScopeFilter(Scope(tuple(request.include_in.get(folder, ())), (), tuple(request.languages)))
            for folder in request.folders
        ]
        async with self._held([*request.folders, *request.elsewhere]) as workspaces:
            narrowed = Narrowed(workspaces, scopes, request.narrowed_to)
            return await asyncio.to_thread(of_definitions, narrowed, request.name, wanted)

    async def _pack_outline(self, request: PackOutline, connection: Connection) -> PackedAnswer:
        wanted = self._wanted(request.packing, OUTLINE_FILES)
        places = request.where.places
        async with self._held([place.folder for place in places]) as workspaces:
            within = [(workspace, place.path) for workspace, place in zip(workspaces, places, strict=True)]
            return await asyncio.to_thread(of_outline, request.where.name, within, wanted)

    async def _count_tokens(self, request: CountTokens, connection: Connection) -> CountedTokens:
        tokenizer = self._tokenizer(request.tokenizer)
        if not request.paths:
            count = await asyncio.to_thread(tokenizer.count, request.text)
            return CountedTokens(tokenizer.name, count, [])
        folders = [place.folder for named in request.paths for place in named.places]
        async with self._held(folders) as workspaces:
            held = dict(zip(folders, workspaces, strict=True))
            return await asyncio.to_thread(_count, held, request.paths, tokenizer)

    def _wanted(self, packing: Packing, passages: int) -> packed_answers.Wanted:
        """Raises `UsageError` for a budget that holds no answer, and for an unknown tokenizer."""
        if packing.max_tokens < MIN_TOKENS:
            raise UsageError(f"max_tokens must be {MIN_TOKENS} at least.")
        tokens = min(packing.max_tokens, MAX_TOKENS)
        limits = Limits(tokens, max(1, min(passages, 1000)), packing.detail)
        return packed_answers.Wanted(packing, limits, self._tokenizer(packing.tokenizer).count)

    def _tokenizer(self, name: str) -> Tokenizer:
        """A tokenizer that is here. Raises `UsageError`: an agent cannot name a file."""
        here = [one.name for one in self._library.listed() if one.here]
        if name and name not in here:
            raise UsageError(f"There is no such tokenizer here. There are: {', '.join(here)}.")
        return self._library.named(name or DEFAULT_TOKENIZER)


def _count(
    workspaces: Mapping[str, Workspace], paths: Sequence[NamedPlaces], tokenizer: Tokenizer
) -> CountedTokens:
    """The tokens of each path, and of all together. Raises `FolderError` if nothing is indexed at one."""
    indexes = {folder: workspace.index for folder, workspace in workspaces.items()}
    unread = packed_answers.unread_in(workspaces.values())
    every: dict[str, int] = {}
    answers: list[PathTokens] = []
    for named in paths:
        files = [(place.folder, indexed_at(indexes[place.folder], place.path)) for place in named.places]
        if not any(found for _, found in files):
            raise packed_answers.nothing_at(named.name, unread, ", so its tokens are not counted.")
        # By their whole paths, as paths may overlap, and one indexed folder may lie in another.
        own = {
            os.path.join(folder, file): tokens
            for folder, found in files
            for file, tokens in token_counts(indexes[folder], found, tokenizer).items()
        }
        answers.append(PathTokens(named.name, sum(own.values()), len(own)))
        every |= own
    return CountedTokens(tokenizer.name, sum(every.values()), answers)
