"""How a question is answered over several workspaces: without waiting, unless whoever asks can wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from semlens.core.query.query import Query
from semlens.core.search.searcher import Search, is_copy
from semlens.engine.daemon.totals import together
from semlens.engine.models.registry import ModelRegistry
from semlens.engine.models.reranking import Reranking, Reranks
from semlens.engine.workspace.workspace import Ask, Workspace
from semlens.types import Coverage, Hit, Tier

T = TypeVar("T")
Params = dict[str, Any]

QUERY_THREADS = 2
EDITOR_PATIENCE = 0.25
"""Seconds that a question from an editor waits for the cross-encoder to load."""
LOOK_SECONDS = 0.05
"""How often it is looked whether the transformer is loaded, for a question that waits for it."""
CLI_PATIENCE = 120.0
"""Seconds that a question that asked to wait does, the encoder's loading included."""


class SearchService:
    """Safe for many questions at once."""

    def __init__(self, shelf: ModelRegistry, reranking: Reranking) -> None:
        self._shelf = shelf
        self._reranking = reranking
        self._queries = ThreadPoolExecutor(max_workers=QUERY_THREADS, thread_name_prefix="query")
        self._vectors = ThreadPoolExecutor(max_workers=QUERY_THREADS, thread_name_prefix="question vector")

    async def answer(
        self,
        params: Params,
        workspaces: Sequence[Workspace],
        question: Query,
        ask: Callable[[Workspace], Ask],
        warn: Callable[[str], None],
    ) -> dict[str, Any]:
        """The hits of all `workspaces`, best first. `ask` is what each of them is asked."""
        started = time.perf_counter()
        limit = max(1, min(int(params.get("limit", 20)), 1000))
        tiers = frozenset(Tier(name) for name in params.get("tiers") or [tier.value for tier in Tier])
        reranks = _reranks(params, workspaces)
        await _loaded(workspaces, float(params.get("wait_seconds", 0)))
        looked_at = max(limit, reranks.hits) if reranks.wanted_for(question) else limit
        wait = CLI_PATIENCE if params.get("wait") else 0.0
        hits: list[Hit] = []
        covered: list[Coverage] = []
        partial = False
        for workspace in workspaces:
            how = Search(looked_at, tiers)
            found = await self._query(self._found, workspace, question, ask(workspace), how, wait)
            hits += found.hits
            covered.append(found.coverage)
            partial |= found.partial
        hits.sort(key=lambda hit: (is_copy(hit), -hit.score))
        if reranks.wanted_for(question):
            patience = CLI_PATIENCE if params.get("wait") else EDITOR_PATIENCE
            hits = await self._query(self._reranking.apply, reranks, question, hits, patience, warn)
        return {
            "hits": hits[:limit],
            "coverage": together(covered),
            "partial": partial,
            "elapsed_ms": (time.perf_counter() - started) * 1000,
        }

    def _found(self, workspace: Workspace, question: Query, ask: Ask, how: Search, wait: float) -> _Found:
        """What one workspace answers, and what its tiers know, on a question's thread."""
        vector: Future[Any] | None = None
        if Tier.DEEP in how.tiers and workspace.deep_ready(wait):
            # Not on the questions' own threads: all of these may be waiting for it.
            vector = self._vectors.submit(self._shelf.deep_vector, workspace.models, question.text, wait)
            how = replace(how, deep_vector=vector.result)
        hits = workspace.answer(ask, how)
        missed = vector is not None and vector.done() and vector.result() is None
        return _Found(hits, workspace.coverage(), missed and _is_loading(workspace))

    async def _query(self, work: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._queries, work, *args)


@dataclass(frozen=True, slots=True)
class _Found:
    hits: list[Hit]
    coverage: Coverage
    partial: bool
    """Whether the transformer was not loaded in time, and will be."""


def _is_loading(workspace: Workspace) -> bool:
    return workspace.models.encoder.state == "loading"


async def _loaded(workspaces: Sequence[Workspace], seconds: float) -> None:
    """Wait until the transformer that is being loaded is there, on no thread: many may wait for it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(map(_is_loading, workspaces)):
        await asyncio.sleep(LOOK_SECONDS)


def _reranks(params: Params, workspaces: Sequence[Workspace]) -> Reranks:
    """As the request says, else as the first folder's settings do."""
    if params.get("rerank"):
        return Reranks(model=str(params["rerank"]))
    return Reranks.of(workspaces[0].settings) if workspaces else Reranks()
