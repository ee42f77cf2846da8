"""Answer a query from several workspaces, without waiting for a model unless the client asks to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from attrs import evolve

from semlens.core.index.model_set import ModelSet
from semlens.core.query.foreign import Translation
from semlens.core.query.query import EVERYWHERE, Query, QueryKind
from semlens.core.search import FirstReader, Helpers, SearchOptions
from semlens.core.search.across_folders import each_place_once
from semlens.core.search.explain import explained, facts_of, shortfall
from semlens.core.search.foreign_question import in_english
from semlens.core.search.similar import is_copy
from semlens.core.search.team_neighbours import COUNTED, TeamNeighbours
from semlens.engine.daemon.totals import together
from semlens.engine.models.registry import ModelRegistry
from semlens.engine.models.reranking import Reranking, Reranks
from semlens.engine.workspace.workspace import Workspace
from semlens.protocol.editor import Notice
from semlens.protocol.engine import Question, SearchAnswer
from semlens.types import CancelToken, Coverage, Hit, Tier

T = TypeVar("T")

_MODELS = frozenset({Tier.DEEP, Tier.SECOND, Tier.IMAGE})
"""The tiers whose models run in processes of their own."""

QUERY_THREADS = 2
RERANK_PAUSE = 0.15
"""Seconds that an editor's question stays unread by the cross-encoder: who types on wants another answer."""
POLL_SECONDS = 0.05
"""Seconds between two looks at a transformer that is loading."""
EDITOR_READING = 0.05
"""Seconds that the transformer may take to read first hits that it has not read, while somebody types."""
PATIENT_READING = 1.0
"""The same, for a query that may wait: an editor asks once more, and then has time."""
TEAM_PATIENCE = 0.05
"""Seconds that the team's server may take beyond the local store, while somebody types."""
TEAM_WAITING = 1.0
"""The same, for a query that may wait."""
LOOKING_PATIENCE = 0.1
"""Seconds that a query waits for the image model, which may be looking at a large image at this moment."""
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
        self._reading = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rerank")
        self._queries = ThreadPoolExecutor(max_workers=QUERY_THREADS, thread_name_prefix="query")
        self._vectors = ThreadPoolExecutor(max_workers=3 * QUERY_THREADS, thread_name_prefix="query vector")
        """Three threads for each query, as a folder may have two models, and one that looks at images."""

    async def answer(
        self, request: Question, workspaces: Sequence[Workspace], query: Query, warn: Callable[[str], None]
    ) -> SearchAnswer:
        """The hits of all `workspaces` together, best first. `warn` tells the user why hits are not reranked.

        Raises `SemlensError`.
        """
        started = time.perf_counter()
        limit = max(1, min(request.limit, 1000))
        tiers = frozenset(request.tiers or Tier)
        reranks = self._reranks_for(request, workspaces, query)
        await _loaded(workspaces, request.wait_seconds)
        wanted = max(limit, reranks.hits) if reranks else limit
        options = SearchOptions(wanted, tiers, explain=request.explain)
        patience = _patience(request)
        hits: list[Hit] = []
        covered: list[Coverage] = []
        partial = False
        notices: dict[str, Notice] = {}
        asked = [(workspace, _narrowed(query, request, workspace)) for workspace in workspaces]
        for workspace, narrowed in asked:
            found = await self._run(self._search, workspace, narrowed, options, patience)
            hits += found.hits
            covered.append(found.coverage)
            partial |= found.partial
            notices |= {text: Notice(text) for text in found.remarks}
        hits = each_place_once(sorted(hits, key=lambda hit: (is_copy(hit), hit.weak, -hit.score)))
        if reranks and hits:
            known = self._reranking.remembered(reranks, query, hits)
            if known is None and (request.wait or request.wait_seconds):
                known = await self._reranked(reranks, request, query, hits, warn)
            elif known is None:
                partial |= await self._run(self._reranking.prepare, reranks)
            hits = known or hits
        elapsed_ms = (time.perf_counter() - started) * 1000
        weak = bool(hits) and all(hit.weak for hit in hits)
        answer = SearchAnswer(
            hits[:limit], together(covered), elapsed_ms, partial, list(notices.values()), weak
        )
        return await self._explained(answer, asked, query, options) if request.explain else answer

    def _reranks_for(
        self, request: Question, workspaces: Sequence[Workspace], query: Query
    ) -> Reranks | None:
        """The reranking that the request names, else the first folder's, if it is wanted."""
        if request.rerank:
            how = Reranks(model=request.rerank)
        else:
            how = Reranks.of(workspaces[0].settings) if workspaces else Reranks()
        if not how.wanted_for(query) or not self._reranking.possible(how):
            return None
        # Who asks single tiers wants to see their own order.
        return None if how.is_own and request.tiers else how

    async def _reranked(
        self,
        how: Reranks,
        request: Question,
        query: Query,
        hits: Sequence[Hit],
        warn: Callable[[str], None],
    ) -> list[Hit]:
        """The hits, the first of them in the cross-encoder's order. It stops as soon as nobody waits."""
        patience = CLI_PATIENCE if request.wait else request.wait_seconds
        if not request.wait:
            await asyncio.sleep(RERANK_PAUSE)
        cancel = CancelToken()
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._reading, self._reranking.apply, how, query, hits, patience, warn, cancel
            )
        finally:
            cancel.cancel()

    async def _explained(
        self,
        answer: SearchAnswer,
        asked: Sequence[tuple[Workspace, Query]],
        query: Query,
        options: SearchOptions,
    ) -> SearchAnswer:
        """An answer whose hits say why they are there, and why none is if nothing matches well."""
        answer = evolve(answer, hits=explained(answer.hits))
        if query.origin is not None or (answer.hits and not answer.weak):
            return answer
        facts = [await self._run(facts_of, workspace.index, narrowed) for workspace, narrowed in asked]
        outside: list[Hit] = []
        if not all(narrowed.scope_filter.everything for _, narrowed in asked):
            elsewhere = replace(query, scope=EVERYWHERE, filters=())
            for workspace, _ in asked:
                found = await self._run(
                    self._search, workspace, elsewhere, replace(options, limit=OUTSIDE), Patience()
                )
                outside += [hit for hit in found.hits if not hit.weak]
        outside = each_place_once(sorted(outside, key=lambda hit: -hit.score))[:OUTSIDE]
        return evolve(answer, shortfall=shortfall(query, facts, answer.coverage, outside))

    def _search(
        self, workspace: Workspace, query: Query, options: SearchOptions, patience: Patience
    ) -> _Found:
        """The hits of one workspace and the coverage of its tiers. Runs on a query's thread."""
        query, translation = in_english(workspace.index, query)
        team = _team(workspace, options, patience.team)
        is_filled = bool(options.tiers & _MODELS) and workspace.deep_ready(patience.model)
        vectors: dict[Tier, Future[Any]] = {}
        if is_filled or team is not None:
            fresh = not len(workspace.index.deep) and team is None
            wait = min(patience.model, FRESH_PATIENCE) if fresh else patience.model
            vectors, options = self._asked_of_models(workspace, query, options, wait)
        # With the deep tier off, nothing of the folder is read here.
        reader = FirstReader(workspace.index, patience.reading) if is_filled or team is None else None
        hits = workspace.search(query, options, Helpers(reader, team))
        missed = any(vector.done() and vector.result() is None for vector in vectors.values())
        remarks = _about_language(translation)
        if Tier.DEEP in vectors and query.origin is None and query.report is None:
            remarks += _about_length(query.text, workspace.index.models)
        unfinished = bool(reader and reader.left) or (missed and _is_loading(workspace))
        unfinished |= Tier.IMAGE in vectors and not vectors[Tier.IMAGE].done()
        if team is not None:
            unfinished |= team.late
            remarks += _about_absent(team.absent)
        return _Found(hits, workspace.coverage(), unfinished, remarks)

    def _asked_of_models(
        self, workspace: Workspace, query: Query, options: SearchOptions, wait: float
    ) -> tuple[dict[Tier, Future[Any]], SearchOptions]:
        """Begin to ask the folder's models; the vectors that an answer lacks without, and options that wait.

        :param wait: seconds to wait for a model
        """
        index, second = workspace.index, workspace.added.second.models
        vectors: dict[Tier, Future[Any]] = {}
        # On other threads than the queries', all of which may be waiting for a vector.
        if Tier.DEEP in options.tiers:
            vector = self._vectors.submit(self._models.deep_vector, workspace.models, query.text, wait)
            vectors[Tier.DEEP] = vector
            options = replace(options, deep_vector=vector.result)
        wanted = Tier.SECOND in options.tiers and query.kind is not QueryKind.CODE
        if wanted and second is not None and index.added.second is not None:
            of_second = self._vectors.submit(self._models.deep_vector, second, query.text, wait)
            options = replace(options, second_vector=of_second.result)
        looking = workspace.added.images.models
        if Tier.IMAGE in options.tiers and looking is not None and index.added.images is not None:
            of_images = self._vectors.submit(self._models.image_vector, looking, query.text, wait)
            vectors[Tier.IMAGE] = of_images
            seconds = max(wait, LOOKING_PATIENCE)
            options = replace(options, image_vector=lambda: _in_time(of_images, seconds))
        return vectors, options

    async def _run(self, work: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._queries, work, *args)


@dataclass(frozen=True, slots=True)
class Patience:
    """The seconds that a query waits."""

    model: float = 0.0
    """For the transformer to be loaded."""
    reading: float = 0.0
    """For it to read first hits that it has not read yet."""
    team: float = 0.0
    """For the team's server, beyond the local store."""


@dataclass(frozen=True, slots=True)
class _Found:
    """The answer of one workspace."""

    hits: list[Hit]
    coverage: Coverage
    partial: bool
    """Whether the transformer is still loading, or has not read all of the first hits."""
    remarks: Sequence[str]
    """How the question was read."""


def _narrowed(query: Query, request: Question, workspace: Workspace) -> Query:
    """The query with the globs that count in one workspace alone."""
    globs = request.include_in.get(str(workspace.root), ())
    if not globs:
        return query
    return replace(query, scope=replace(query.scope, include=(*query.scope.include, *globs)))


def _in_time(vector: Future[Any], seconds: float) -> Any:
    """What a future gives; None if that takes longer than `seconds`."""
    return vector.result() if wait_for([vector], seconds).done else None


def _patience(request: Question) -> Patience:
    if request.wait:
        return Patience(CLI_PATIENCE, PATIENT_READING, TEAM_WAITING)
    if request.wait_seconds:
        return Patience(0.0, PATIENT_READING, TEAM_WAITING)
    return Patience(0.0, EDITOR_READING, TEAM_PATIENCE)


def _team(workspace: Workspace, options: SearchOptions, seconds: float) -> TeamNeighbours | None:
    """What asks the team's server; None if that is not wanted, or if the local deep tier has everything."""
    shared = workspace.shared_index if Tier.DEEP in options.tiers else None
    if shared is None or workspace.index.coverage().deep >= 1:
        return None
    return TeamNeighbours(workspace.index, shared, seconds)


def _about_absent(absent: int) -> list[str]:
    if not absent:
        return []
    return [f"This folder lacks {absent} of the {COUNTED} pieces that the team's server finds nearest."]


def _about_language(translation: Translation | None) -> list[str]:
    if translation is None:
        return []
    text = "Questions in English are understood best."
    return [text + (f" This one was read as: {translation.english}." if translation.knows_any else "")]


def _about_length(text: str, models: ModelSet) -> list[str]:
    """What the transformer does not read of a question, which it reads as far as its window goes."""
    if len(text) <= models.deep.limit or models.tokenizer.count(text) <= models.deep.limit:
        return []
    return ["Long question: all of it is searched for, but its meaning is taken from its beginning."]


def _is_loading(workspace: Workspace) -> bool:
    looking = workspace.added.images.models
    states = [workspace.models.encoder.state, *([] if looking is None else [looking.encoder.state])]
    return "loading" in states


async def _loaded(workspaces: Sequence[Workspace], seconds: float) -> None:
    """Wait at most `seconds` for transformers that are loading, without a thread: many queries may wait."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(map(_is_loading, workspaces)):
        await asyncio.sleep(POLL_SECONDS)
