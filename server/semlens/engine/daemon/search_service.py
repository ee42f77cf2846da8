"""Answer a query from several workspaces, without waiting for a model unless the client asks to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from attrs import evolve

from semlens.core.index.model_set import ModelSet
from semlens.core.query.foreign import Translation
from semlens.core.query.query import EVERYWHERE, Query
from semlens.core.search import FirstReader, SearchOptions
from semlens.core.search.explain import explained, facts_of, shortfall
from semlens.core.search.foreign_question import in_english
from semlens.core.search.similar import is_copy
from semlens.engine.daemon.totals import together
from semlens.engine.models.registry import ModelRegistry
from semlens.engine.models.reranking import Reranking, Reranks
from semlens.engine.workspace.workspace import Workspace
from semlens.protocol.editor import Notice
from semlens.protocol.engine import Question, SearchAnswer
from semlens.types import Coverage, Hit, Tier

T = TypeVar("T")

QUERY_THREADS = 2
EDITOR_PATIENCE = 0.25
"""Seconds that a query from an editor waits for the cross-encoder to load."""
POLL_SECONDS = 0.05
"""Seconds between two looks at a transformer that is loading."""
EDITOR_READING = 0.05
"""Seconds that the transformer may take to read first hits that it has not read, while somebody types."""
PATIENT_READING = 1.0
"""The same, for a query that may wait: an editor asks once more, and then has time."""
FRESH_PATIENCE = 2.0
"""Seconds that a query that asked to wait does so for the transformer, in a folder without deep vectors."""
OUTSIDE = 3
"""Hits to name that the filters of a question keep out."""
CLI_PATIENCE = 120.0
"""Seconds that a query that asked to wait does so, including the loading of the encoder."""


class SearchService:
    """Answers many queries at once."""

    def __init__(self, models: ModelRegistry, reranking: Reranking) -> None:
        self._models = models
        self._reranking = reranking
        self._queries = ThreadPoolExecutor(max_workers=QUERY_THREADS, thread_name_prefix="query")
        self._vectors = ThreadPoolExecutor(max_workers=QUERY_THREADS, thread_name_prefix="query vector")

    async def answer(
        self, request: Question, workspaces: Sequence[Workspace], query: Query, warn: Callable[[str], None]
    ) -> SearchAnswer:
        """The hits of all `workspaces` together, best first. `warn` tells the user why hits are not reranked.

        Raises `SemlensError`.
        """
        started = time.perf_counter()
        limit = max(1, min(request.limit, 1000))
        tiers = frozenset(request.tiers or Tier)
        reranks = _reranks(request, workspaces)
        await _loaded(workspaces, request.wait_seconds)
        wanted = max(limit, reranks.hits) if reranks.wanted_for(query) else limit
        options = SearchOptions(wanted, tiers, explain=request.explain)
        wait = CLI_PATIENCE if request.wait else 0.0
        reading = PATIENT_READING if request.wait or request.wait_seconds else EDITOR_READING
        hits: list[Hit] = []
        covered: list[Coverage] = []
        partial = False
        notices: dict[str, Notice] = {}
        for workspace in workspaces:
            found = await self._run(self._search, workspace, query, options, wait, reading)
            hits += found.hits
            covered.append(found.coverage)
            partial |= found.partial
            notices |= {text: Notice(text) for text in found.remarks}
        hits.sort(key=lambda hit: (is_copy(hit), hit.weak, -hit.score))
        if reranks.wanted_for(query):
            patience = CLI_PATIENCE if request.wait else EDITOR_PATIENCE
            hits = await self._run(self._reranking.apply, reranks, query, hits, patience, warn)
        elapsed_ms = (time.perf_counter() - started) * 1000
        weak = bool(hits) and all(hit.weak for hit in hits)
        answer = SearchAnswer(
            hits[:limit], together(covered), elapsed_ms, partial, list(notices.values()), weak
        )
        return await self._explained(answer, workspaces, query, options) if request.explain else answer

    async def _explained(
        self, answer: SearchAnswer, workspaces: Sequence[Workspace], query: Query, options: SearchOptions
    ) -> SearchAnswer:
        """An answer whose hits say why they are there, and why none is if nothing matches well."""
        answer = evolve(answer, hits=explained(answer.hits))
        if query.origin is not None or (answer.hits and not answer.weak):
            return answer
        facts = [await self._run(facts_of, workspace.index, query) for workspace in workspaces]
        outside: list[Hit] = []
        if not query.scope_filter.everything:
            elsewhere = replace(query, scope=EVERYWHERE, filters=())
            for workspace in workspaces:
                found = await self._run(
                    self._search, workspace, elsewhere, replace(options, limit=OUTSIDE), 0.0, 0.0
                )
                outside += [hit for hit in found.hits if not hit.weak]
        outside.sort(key=lambda hit: -hit.score)
        return evolve(answer, shortfall=shortfall(query, facts, answer.coverage, outside[:OUTSIDE]))

    def _search(
        self, workspace: Workspace, query: Query, options: SearchOptions, wait: float, reading: float
    ) -> _Found:
        """The hits of one workspace and the coverage of its tiers. Runs on a query's thread.

        :param wait: seconds to wait for the transformer
        :param reading: seconds that it may take to read first hits that it has not read yet
        """
        query, translation = in_english(workspace.index, query)
        vector: Future[Any] | None = None
        if Tier.DEEP in options.tiers and workspace.deep_ready(wait):
            # On other threads than the queries', all of which may be waiting for a vector.
            patience = wait if len(workspace.index.deep) else min(wait, FRESH_PATIENCE)
            vector = self._vectors.submit(self._models.deep_vector, workspace.models, query.text, patience)
            options = replace(options, deep_vector=vector.result)
        reader = FirstReader(workspace.index, reading)
        hits = workspace.search(query, options, reader)
        missed = vector is not None and vector.done() and vector.result() is None
        remarks = _about_language(translation)
        if vector is not None and query.origin is None and query.report is None:
            remarks += _about_length(query.text, workspace.index.models)
        unfinished = bool(reader.left) or (missed and _is_loading(workspace))
        return _Found(hits, workspace.coverage(), unfinished, remarks)

    async def _run(self, work: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._queries, work, *args)


@dataclass(frozen=True, slots=True)
class _Found:
    """The answer of one workspace."""

    hits: list[Hit]
    coverage: Coverage
    partial: bool
    """Whether the transformer is still loading, or has not read all of the first hits."""
    remarks: Sequence[str]
    """How the question was read."""


def _about_language(translation: Translation | None) -> list[str]:
    if translation is None:
        return []
    text = "Questions in English are understood best."
    return [text + (f" This one was read as: {translation.english}." if translation.knows_any else "")]


def _about_length(text: str, models: ModelSet) -> list[str]:
    """What the transformer does not read of a question, which it reads as far as its window goes."""
    if len(text) <= models.deep.limit or models.tokenizer.count(text) <= models.deep.limit:
        return []
    return ["The question is long: all of it is searched for, but its meaning is taken from its beginning."]


def _is_loading(workspace: Workspace) -> bool:
    return workspace.models.encoder.state == "loading"


async def _loaded(workspaces: Sequence[Workspace], seconds: float) -> None:
    """Wait at most `seconds` for transformers that are loading, without a thread: many queries may wait."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(map(_is_loading, workspaces)):
        await asyncio.sleep(POLL_SECONDS)


def _reranks(request: Question, workspaces: Sequence[Workspace]) -> Reranks:
    """The reranking that the request names, or else that of the first folder's settings."""
    if request.rerank:
        return Reranks(model=request.rerank)
    return Reranks.of(workspaces[0].settings) if workspaces else Reranks()
