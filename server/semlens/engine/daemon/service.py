"""The handlers of the engine's requests."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from attrs import evolve

from semlens import __version__
from semlens.core.query.completion import completions
from semlens.core.query.query import Origin, Query, parse_query, parse_similar
from semlens.core.query.reading import read_query
from semlens.core.query.unmatched import IndexedFile
from semlens.core.store.layout import disk_usage
from semlens.core.text.tokenizers.library import FOLDER, TokenizerLibrary
from semlens.engine.daemon.agent_service import AgentService
from semlens.engine.daemon.bench_service import BenchService, stage_progress
from semlens.engine.daemon.compare_service import CompareService
from semlens.engine.daemon.cost_service import CostService
from semlens.engine.daemon.data_service import DataService
from semlens.engine.daemon.folder_service import FolderService
from semlens.engine.daemon.learn_service import LearnService
from semlens.engine.daemon.map_service import MapService
from semlens.engine.daemon.model_service import ModelService
from semlens.engine.daemon.search_service import SearchService
from semlens.engine.daemon.served_service import ServedService
from semlens.engine.daemon.team_service import TeamService
from semlens.engine.daemon.totals import memory
from semlens.engine.daemon.train_service import TrainService
from semlens.engine.daemon.upkeep import Upkeep
from semlens.engine.models.registry import ModelRegistry
from semlens.engine.models.reranking import Reranking, Reranks
from semlens.engine.wire.connection import Connection
from semlens.engine.workspace.registry import WorkspaceRegistry, real_root
from semlens.engine.workspace.split_code import split_code
from semlens.engine.workspace.why import left_out, text_of_lines
from semlens.engine.workspace.workspace import Workspace
from semlens.errors import Cancelled, FolderError, UsageError
from semlens.protocol.editor import Completion, EngineStatus, Notice
from semlens.protocol.engine import (
    Attach,
    Attend,
    Complete,
    CompleteAnswer,
    Configure,
    Detach,
    Focus,
    Index,
    LeftOut,
    LeftOutAnswer,
    Pause,
    PauseAnswer,
    Question,
    Search,
    SearchAnswer,
    Similar,
    SplitCode,
    SplitCodeAnswer,
    Status,
    StatusAnswer,
    Touch,
    Why,
    WhyAnswer,
)
from semlens.protocol.notifications import FolderStatus, Message
from semlens.protocol.request import Request
from semlens.types import CancelToken, Report, Scope, Span, Tier

log = logging.getLogger(__name__)

T = TypeVar("T")

_ENDED = "Indexing {0} was ended, as its index was deleted or replaced: index it again."


class Service:
    """The engine's service over `data_dir`."""

    def __init__(
        self,
        data_dir: Path,
        model_registry: ModelRegistry | None = None,
        reranking: Reranking | None = None,
    ) -> None:
        self._data_dir = data_dir
        self._model_registry = model_registry or ModelRegistry(data_dir)
        self._folders = WorkspaceRegistry(data_dir, self._model_registry)
        self._benching = BenchService(data_dir, self._model_registry, self._folders)
        self._reranking = reranking or Reranking(data_dir)
        self._answering = SearchService(self._model_registry, self._reranking)
        library = TokenizerLibrary(data_dir / FOLDER)
        agents = AgentService(self._ask, self._held, library)
        self._costs = CostService(data_dir, self._held, library)
        comparing = CompareService(self._held)
        self._maps = MapService(data_dir, self._held)
        self._team = TeamService(data_dir, self._model_registry, self._folders)
        self._training = TrainService(data_dir, self._folders, self._model_registry)
        self._upkeep = Upkeep(data_dir, self._model_registry, self._folders)
        self._handlers: Mapping[type[Request[Any]], Callable[[Any, Connection], Awaitable[object]]] = {
            Attach: self._attach,
            Detach: self._detach,
            Index: self._index,
            Search: self._search,
            Complete: self._complete,
            Similar: self._similar,
            Status: self._status,
            Why: self._why,
            LeftOut: self._left_out,
            SplitCode: self._split_code,
            Touch: self._touch,
            Focus: self._focus,
            Attend: self._attend,
            Pause: self._pause,
            Configure: self._configure,
            **agents.handlers,
            **comparing.handlers,
            **self._benching.handlers,
            **DataService(self._held, self._model_registry).handlers,
            **FolderService(data_dir, self._folders, self._team).handlers,
            **LearnService(self._held).handlers,
            **ModelService(data_dir, self._model_registry, self._folders, self._held).handlers,
            **self._costs.handlers,
            **self._maps.handlers,
            **self._team.handlers,
            **self._training.handlers,
            **ServedService(self._model_registry, self._folders).handlers,
        }

    async def handle(self, request: Request[Any], connection: Connection) -> object:
        """The answer to one request. Raises `SemlensError`, whose sentence goes to the client."""
        return await self._handlers[type(request)](request, connection)

    @property
    def busy(self) -> bool:
        """Whether there is work to do that needs no client."""
        return self._training.running

    def connection_closed(self, connection: Connection) -> None:
        """Stop following the folders of a client that left."""
        self._folders.connection_closed(connection)

    async def close(self, unneeded: bool = False) -> None:
        """Stop every job at its next step and close every index cleanly."""
        self._upkeep.stop()
        await asyncio.to_thread(self._maps.close)
        await asyncio.to_thread(self._costs.close)
        await asyncio.to_thread(self._benching.close)
        await asyncio.to_thread(self._reranking.close)
        await self._folders.close(unneeded)
        await asyncio.to_thread(self._training.close)
        await asyncio.to_thread(self._model_registry.close)

    # Folders

    async def _attach(self, request: Attach, connection: Connection) -> FolderStatus:
        workspace = await self._folders.get(request.folder, request.settings)
        await self._folders.attach(workspace, connection)
        return await self._configured(workspace, connection)

    async def _detach(self, request: Detach, connection: Connection) -> None:
        self._folders.detach(real_root(request.folder), connection)

    async def _configure(self, request: Configure, connection: Connection) -> FolderStatus:
        workspace = await self._folders.get(request.folder, request.settings)
        return await self._configured(workspace, connection)

    async def _configured(self, workspace: Workspace, connection: Connection) -> FolderStatus:
        """The folder's status with its settings, and a warning if the cross-encoder cannot be used."""
        problem = await asyncio.to_thread(self._reranking.problem, Reranks.of(workspace.settings))
        if problem is not None:
            _warner(connection)(problem)
        return await asyncio.to_thread(self._folders.status, workspace)

    async def _touch(self, request: Touch, connection: Connection) -> None:
        for workspace in self._folders.opened(request.folder):
            await asyncio.to_thread(workspace.touched, request.paths)

    async def _focus(self, request: Focus, connection: Connection) -> None:
        for workspace in self._folders.opened(request.folder)[-1:]:
            workspace.focus(request.paths)

    async def _attend(self, request: Attend, connection: Connection) -> None:
        self._folders.activity.note()

    async def _pause(self, request: Pause, connection: Connection) -> PauseAnswer:
        await self._folders.pause(request.paused)
        return PauseAnswer(self._folders.paused)

    async def _index(self, request: Index, connection: Connection) -> Report:
        serving = await self._folders.get(request.folder)
        if request.images is not None and request.images != serving.settings.images:
            serving = await self._folders.get(request.folder, evolve(serving.settings, images=request.images))
        workspace = self._folders.newest(serving)
        cancel = CancelToken()
        progress = stage_progress(request.progress_id, connection)
        started = time.perf_counter()
        try:
            report = await _finish(workspace.reconcile(cancel, progress("files"), request.full), cancel)
            embedded: int | None = None
            if request.tier in (Tier.DEEP, Tier.SECOND) and workspace.settings.deep_tier != "off":
                embedded = await _finish(workspace.finish_deep_tier(cancel, progress), cancel)
        except (Cancelled, asyncio.CancelledError):  # The second of a job that had not begun.
            if workspace.closed:
                raise FolderError(_ENDED.format(workspace.root)) from None
            raise
        if embedded is not None:
            # The texts that the transformer embedded are what this run cost.
            report = replace(report, embedded=embedded, reused=max(0, report.chunks - embedded))
        return replace(report, seconds=time.perf_counter() - started)

    async def _status(self, request: Status, connection: Connection) -> StatusAnswer:
        folders = [await asyncio.to_thread(self._folders.status, workspace) for workspace in self._folders]
        opened = self._folders.every
        seconds = [models for one in opened if (models := one.added.second.models) is not None]
        return StatusAnswer(
            folders=folders,
            engine=EngineStatus(os.getpid(), __version__, memory()),
            models=[
                *self._model_registry.status([one.models for one in opened], seconds),
                *self._reranking.status(),
            ],
            data_dir=str(self._data_dir),
            disk_bytes=await asyncio.to_thread(disk_usage, self._data_dir),
            team=self._team.status(),
            notice=vectors.notice if (vectors := self._model_registry.vectors) is not None else None,
        )

    async def _why(self, request: Why, connection: Connection) -> WhyAnswer:
        async with self._held([request.folder]) as (workspace,):
            return await asyncio.to_thread(workspace.why, request.path)

    async def _left_out(self, request: LeftOut, connection: Connection) -> LeftOutAnswer:
        async with self._held([request.folder]) as (workspace,):
            return await asyncio.to_thread(left_out, workspace.index, request.below, request.limit)

    async def _split_code(self, request: SplitCode, connection: Connection) -> SplitCodeAnswer:
        async with self._held([request.folder]) as (workspace,):
            return await asyncio.to_thread(split_code, workspace.index, request.below, request.limit)

    # Queries

    async def _search(self, request: Search, connection: Connection) -> SearchAnswer:
        return (await self._ask(request, connection))[1]

    async def _similar(self, request: Similar, connection: Connection) -> SearchAnswer:
        return (await self._ask(request, connection))[1]

    async def _ask(self, request: Search | Similar, connection: Connection) -> tuple[Query, SearchAnswer]:
        """The query of a request, and its answer."""
        self._folders.activity.note()
        if isinstance(request, Search):
            parse_query(request.query, request.kind, _scope(request))  # an empty question opens no folder
        folders = request.folders or ([request.folder] if isinstance(request, Similar) else None)
        async with self._held(folders) as workspaces:
            each = [*dict.fromkeys(workspaces)]  # a folder may be named twice
            query, notices = await self._query(request, each)
            answer = await self._answering.answer(request, each, query, _warner(connection))
        return query, evolve(answer, notices=[*notices, *answer.notices])

    async def _query(
        self, request: Search | Similar, workspaces: Sequence[Workspace]
    ) -> tuple[Query, list[Notice]]:
        """The query of a request, and what is to be said of how it was read."""
        if isinstance(request, Search):
            query, remarks = await asyncio.to_thread(
                read_query, request.query, request.kind, _scope(request), lambda: _files(workspaces)
            )
            return query, [Notice(remark.text, remark.instead) for remark in remarks]
        workspace = await self._folders.get(request.folder)
        path, span = request.path, Span(request.start_line, request.end_line)
        code = request.text or await asyncio.to_thread(text_of_lines, workspace.index, path, span)
        if not code.strip():
            raise UsageError(f"{path} has no code in these lines.")
        return parse_similar(code, Origin(workspace.root, path, span), _scope(request)), []

    async def _complete(self, request: Complete, connection: Connection) -> CompleteAnswer:
        async with self._held(request.folders) as workspaces:
            found = await asyncio.to_thread(lambda: completions(request.query, _files(workspaces)))
            return CompleteAnswer([Completion(one.label, one.detail, one.query) for one in found])

    # Workspaces

    @asynccontextmanager
    async def _held(self, folders: Sequence[str] | None) -> AsyncIterator[tuple[Workspace, ...]]:
        """The workspaces of these folders, or all without folders; none closes before the block ends."""
        with ExitStack() as held:

            def hold(workspace: Workspace) -> Workspace:
                held.enter_context(workspace.leases.hold())
                return workspace

            if folders:
                yield tuple([hold(await self._folders.get(folder)) for folder in folders])
            elif self._folders:
                yield tuple(map(hold, self._folders))
            else:
                raise UsageError("No folder is open. Open a folder, or name one.")


def _warner(connection: Connection) -> Callable[[str], None]:
    """A function that warns the user of a client, from any thread."""
    return lambda text: connection.notify(Message("warning", text))


async def _finish(job: Future[T], cancel: CancelToken) -> T:
    """The result of a job of another thread; cancelling the awaiting task cancels the job."""
    try:
        return await asyncio.wrap_future(job)
    except asyncio.CancelledError:
        cancel.cancel()
        raise


def _files(workspaces: Sequence[Workspace]) -> list[IndexedFile]:
    """The files of all workspaces together. Raises `StorageError`."""
    return [
        IndexedFile(*file) for workspace in workspaces for file in workspace.index.reader.files.languages()
    ]


def _scope(request: Question) -> Scope:
    return Scope(tuple(request.include), tuple(request.exclude), tuple(request.languages), request.tests)
