"""The handlers of the requests that compare code: two texts, and all definitions of a folder."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any, TypeVar

from semlens.core.compare.background import LOWEST, background
from semlens.core.compare.words import Likeness, WordShare, by_leaving_out, by_tokens
from semlens.core.index.model_set import ModelSet
from semlens.core.query.scope import ScopeFilter
from semlens.core.search.duplicates import find_duplicates, is_whole
from semlens.core.store.records import StoredChunk
from semlens.engine.wire.connection import Connection
from semlens.engine.workspace.workspace import Workspace
from semlens.errors import UsageError
from semlens.protocol import engine as protocol
from semlens.protocol.engine import (
    Compare,
    CompareAnswer,
    CopyGroup,
    CopyPlace,
    Duplicates,
    DuplicatesAnswer,
)
from semlens.protocol.request import Request
from semlens.types import CancelToken, Scope, Tier

LONGEST = 200_000
"""Characters of a text that are compared."""

R = TypeVar("R")
A = TypeVar("A")

Held = Callable[[Sequence[str] | None], AbstractAsyncContextManager[tuple[Workspace, ...]]]


class CompareService:
    """Compares texts beside the chunks of a workspace."""

    def __init__(self, held: Held) -> None:
        """`held` keeps the workspaces of folders open."""
        self._held = held
        self.handlers: Mapping[type[Request[Any]], Callable[[Any, Connection], Awaitable[object]]] = {
            Compare: self._compare,
            Duplicates: self._duplicates,
        }

    async def _compare(self, request: Compare, connection: Connection) -> CompareAnswer:
        if not (request.one.strip() and request.other.strip()):
            raise UsageError("There is no code to compare: select some on both sides.")
        return await self._run(request.folder, _compared, request)

    async def _duplicates(self, request: Duplicates, connection: Connection) -> DuplicatesAnswer:
        return await self._run(request.folder, _duplicates, request)

    async def _run(self, folder: str, work: Callable[[Workspace, R, CancelToken], A], request: R) -> A:
        """Do `work` on a thread of its own; it is told when the answer is no longer wanted."""
        cancel = CancelToken()
        async with self._held([folder]) as (workspace,):
            try:
                return await asyncio.to_thread(work, workspace, request, cancel)
            except asyncio.CancelledError:
                cancel.cancel()
                raise


def _duplicates(workspace: Workspace, request: Duplicates, cancel: CancelToken) -> DuplicatesAnswer:
    scope = ScopeFilter(Scope(tuple(request.include), tuple(request.exclude), tests=request.tests))
    groups = find_duplicates(workspace.index, scope, request.min_lines, request.similarity, cancel.check)
    return DuplicatesAnswer(
        [
            CopyGroup([_copy_place(chunk) for chunk in group.chunks], group.similarity, group.repeated_lines)
            for group in groups[: request.limit]
        ],
        len(groups),
        sum(group.repeated_lines for group in groups),
        workspace.coverage(),
    )


def _copy_place(chunk: StoredChunk) -> CopyPlace:
    symbol = chunk.symbol
    if symbol is None:
        return CopyPlace(chunk.path, "", "", chunk.start_line, chunk.end_line)
    whole = is_whole(chunk, symbol)
    return CopyPlace(chunk.path, symbol.dotted_name, symbol.kind, chunk.start_line, chunk.end_line, whole)


def _compared(workspace: Workspace, request: Compare, cancel: CancelToken) -> CompareAnswer:
    """Runs on a thread of its own, as the transformer may have to be loaded. Raises `SemlensError`."""
    models, texts = workspace.models, (request.one[:LONGEST], request.other[:LONGEST])
    instant = by_tokens(models.static, *texts)
    if request.tier is not Tier.DEEP:
        return _answer(workspace, Tier.INSTANT, models.static.name, instant, [len(text) for text in texts])
    if workspace.settings.deep_tier == "off":
        raise UsageError("The deep tier is turned off in the settings (semlens.deepTier).")
    seen = [_seen(models, text) for text in texts]
    known = Likeness(instant.cosine, _within(instant.one, seen[0]), _within(instant.other, seen[1]))
    deep = by_leaving_out(partial(models.encoder.encode, cancel=cancel), texts, known)
    return _answer(workspace, Tier.DEEP, models.deep.name, deep, seen)


def _seen(models: ModelSet, text: str) -> int:
    """How many characters of a text fit the transformer's window."""
    tokens = models.tokenizer.cut(text)
    return len(text) if len(tokens) <= models.deep.limit else tokens[models.deep.limit - 1].end


def _within(words: Sequence[WordShare], end: int) -> tuple[WordShare, ...]:
    return tuple(word for word in words if word.end <= end)


def _answer(
    workspace: Workspace, tier: Tier, model: str, likeness: Likeness, seen: list[int]
) -> CompareAnswer:
    has_vectors = tier is not Tier.DEEP or workspace.deep_ready(0)
    pairs = background(workspace.index, tier) if has_vectors else None
    return CompareAnswer(
        model,
        likeness.cosine,
        [protocol.WordShare(word.start, word.end, word.share) for word in likeness.one],
        [protocol.WordShare(word.start, word.end, word.share) for word in likeness.other],
        seen,
        percentile=None if pairs is None else pairs.percentile(likeness.cosine),
        chunks=0 if pairs is None else pairs.chunks,
        lowest=LOWEST,
        histogram=[] if pairs is None else pairs.histogram(),
    )
