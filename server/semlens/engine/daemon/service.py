"""What the engine does for its clients: each RPC method, and the workspaces behind them."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, asynccontextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TypeVar

from semlens import __version__, settings
from semlens.core.bench.corpus import CorpusSample
from semlens.core.index.indexer import Progress
from semlens.core.query.query import Origin, Query, parse_query, parse_similar
from semlens.core.store.layout import disk_usage
from semlens.engine.daemon.answering import SearchService
from semlens.engine.daemon.totals import memory
from semlens.engine.jobs.bench import BenchJobs, BenchRequest
from semlens.engine.jobs.cleanup import Cleanup, clean
from semlens.engine.models.registry import ModelRegistry
from semlens.engine.models.reranking import Reranking, Reranks
from semlens.engine.wire.connection import Connection
from semlens.engine.workspace.registry import WorkspaceRegistry, real_root
from semlens.engine.workspace.workspace import Workspace
from semlens.errors import UsageError
from semlens.settings import DEFAULT_MODEL
from semlens.types import CancelToken, RelativePath, Report, Scope, Span

log = logging.getLogger(__name__)

T = TypeVar("T")
Params = dict[str, Any]


class Service:
    """The engine's service over `data_dir`. Methods are named as on the wire."""

    def __init__(self, data_dir: Path, shelf: ModelRegistry | None = None) -> None:
        self._data_dir = data_dir
        self._shelf = shelf or ModelRegistry(data_dir)
        self._folders = WorkspaceRegistry(data_dir, self._shelf)
        self._benching = BenchJobs(data_dir, self._shelf)
        self._reranking = Reranking(data_dir)
        self._answering = SearchService(self._shelf, self._reranking)
        self._cleanup = Cleanup(self._clean, self._quiet)
        self._methods: Mapping[str, Callable[[Params, Connection], Awaitable[Any]]] = {
            "attach": self._attach,
            "detach": self._detach,
            "index": self._index,
            "search": self._search,
            "similar": self._similar,
            "status": self._status,
            "why": self._why,
            "touch": self._touch,
            "focus": self._focus,
            "attend": self._attend,
            "pause": self._pause,
            "configure": self._configure,
            "bench": self._bench,
        }

    async def handle(self, method: str, params: Params, connection: Connection) -> Any:
        """Answer one request. Raises `SemlensError`, whose sentence is the client's answer."""
        if method not in self._methods:
            raise UsageError(f"The engine knows no {method!r}. Update Semlens.")
        return await self._methods[method](params, connection)

    def connection_closed(self, connection: Connection) -> None:
        self._folders.connection_closed(connection)

    async def close(self, unneeded: bool = False) -> None:
        """Stop every job at its next step and close every index cleanly."""
        self._cleanup.stop()
        await asyncio.to_thread(self._benching.close)
        await asyncio.to_thread(self._reranking.close)
        await self._folders.close(unneeded)
        await asyncio.to_thread(self._shelf.close)

    # Folders

    async def _attach(self, params: Params, connection: Connection) -> Any:
        workspace = await self._workspace(params)
        await self._folders.attach(workspace, connection)
        return await self._set(workspace, connection)

    async def _detach(self, params: Params, connection: Connection) -> None:
        self._folders.detach(real_root(params["folder"]), connection)

    async def _configure(self, params: Params, connection: Connection) -> Any:
        return await self._set(await self._workspace(params), connection)

    async def _set(self, workspace: Workspace, connection: Connection) -> Any:
        """The folder's status under its new settings, and a word on what of them cannot be followed."""
        problem = await asyncio.to_thread(self._reranking.problem, Reranks.of(workspace.settings))
        if problem is not None:
            _warner(connection)(problem)
        return await asyncio.to_thread(self._folders.status, workspace)

    async def _touch(self, params: Params, connection: Connection) -> None:
        paths = [RelativePath(path) for path in params["paths"]]
        workspace = await self._workspace(params)
        for one in {workspace, self._folders.newest(workspace)}:
            await asyncio.to_thread(one.touched, paths)

    async def _focus(self, params: Params, connection: Connection) -> None:
        workspace = self._folders.newest(await self._workspace(params))
        workspace.focus([RelativePath(path) for path in params["paths"]])

    async def _attend(self, params: Params, connection: Connection) -> None:
        self._folders.attention.note()

    async def _pause(self, params: Params, connection: Connection) -> Any:
        await self._folders.pause(bool(params["paused"]))
        return {"paused": self._folders.paused}

    async def _index(self, params: Params, connection: Connection) -> Any:
        workspace = self._folders.newest(await self._workspace(params))
        cancel = CancelToken()

        progress = _progress(params, connection)
        full = bool(params.get("full"))
        started = time.perf_counter()
        job = workspace.reconcile(cancel, progress("files"), full)
        report: Report = await _finish(job, cancel)
        if params.get("tier", "deep") == "deep" and workspace.settings.deep_tier != "off":
            embedded = await _finish(workspace.finish_deep_tier(cancel, progress("chunks")), cancel)
            # With the transformer's work done, its count is the one that says what this run cost.
            report = replace(report, embedded=embedded, reused=max(0, report.chunks - embedded))
        return asdict(replace(report, seconds=time.perf_counter() - started))

    async def _status(self, params: Params, connection: Connection) -> Any:
        folders = [await asyncio.to_thread(self._folders.status, workspace) for workspace in self._folders]
        engine = {"pid": os.getpid(), "version": __version__, "memory_bytes": memory()}
        return {
            "folders": folders,
            "engine": engine,
            "models": [*self._shelf.status(), *self._reranking.status()],
            "data_dir": str(self._data_dir),
            "disk_bytes": await asyncio.to_thread(disk_usage, self._data_dir),
        }

    async def _why(self, params: Params, connection: Connection) -> Any:
        async with self._asked(params, [params["folder"]]) as (workspace,):
            return await asyncio.to_thread(workspace.why, RelativePath(params["path"]))

    async def _bench(self, params: Params, connection: Connection) -> Any:
        root, cancel = real_root(params["folder"]), CancelToken()
        chosen = next((one.settings for one in self._folders if one.root == root), settings.Settings())
        sample = CorpusSample(int(params["questions"]), int(params["files"]), int(params["seed"]))
        models = tuple(dict.fromkeys([DEFAULT_MODEL, *params.get("models", ())]))
        asked = BenchRequest(root, models, sample, float(params["seconds"]))
        job = self._benching.submit(asked, chosen, cancel, _progress(params, connection))
        return await _finish(job, cancel)

    # Queries

    async def _search(self, params: Params, connection: Connection) -> Any:
        query = parse_query(params["query"], params.get("kind") or "auto", _scope(params))
        async with self._asked(params, params.get("folders")) as workspaces:
            return await self._answer(params, workspaces, query, connection)

    async def _similar(self, params: Params, connection: Connection) -> Any:
        workspace = await self._workspace(params)
        path, span = RelativePath(params["path"]), Span(params["start_line"], params["end_line"])
        code = str(params.get("text") or await asyncio.to_thread(workspace.lines, path, span))
        if not code.strip():
            raise UsageError(f"{path} has no code in these lines.")
        query = parse_similar(code, Origin(workspace.root, path, span), _scope(params))
        async with self._asked(params, params.get("folders") or [params["folder"]]) as workspaces:
            return await self._answer(params, workspaces, query, connection)

    async def _answer(
        self, params: Params, workspaces: Sequence[Workspace], query: Query, connection: Connection
    ) -> Any:
        self._folders.attention.note()
        return await self._answering.answer(params, workspaces, query, _warner(connection))

    # Workspaces

    @asynccontextmanager
    async def _asked(
        self, params: Params, folders: Sequence[str] | None
    ) -> AsyncIterator[tuple[Workspace, ...]]:
        """The workspaces of these folders, by default of all; none closes before the block ends."""
        with ExitStack() as held:

            def hold(workspace: Workspace) -> Workspace:
                held.enter_context(workspace.leases.hold())
                return workspace

            if folders:
                yield tuple([hold(await self._workspace({**params, "folder": one})) for one in folders])
            elif self._folders:
                yield tuple(map(hold, self._folders))
            else:
                raise UsageError("No folder is open. Open a folder, or name one.")

    async def _workspace(self, params: Params) -> Workspace:
        """The workspace of `params["folder"]`, with the settings that were sent along."""
        sent = params.get("settings")
        chosen = settings.parse(sent)[0] if sent is not None else None
        return await self._folders.get(params["folder"], chosen)

    # Upkeep

    def _quiet(self) -> bool:
        return not any(workspace.standing().busy for workspace in self._folders.every)

    def _clean(self) -> None:
        clean(self._data_dir, self._shelf.vectors, [one.directory for one in self._folders.every])


def _warner(connection: Connection) -> Callable[[str], None]:
    """What tells the user of a client something, from any thread."""
    return lambda text: connection.notify("message", {"level": "warning", "text": text})


def _progress(params: Params, connection: Connection) -> Callable[[str], Progress]:
    """What tells a client how far a stage of its request is."""

    def of(stage: str) -> Progress:
        def said(done: int, total: int) -> None:
            body = {"id": params.get("progress_id"), "stage": stage, "done": done, "total": total}
            connection.notify("progress", body)

        return said

    return of


async def _finish(job: Future[T], cancel: CancelToken) -> T:
    """Wait for a job of another thread; when the caller gives up, tell the job."""
    try:
        return await asyncio.wrap_future(job)
    except asyncio.CancelledError:
        cancel.cancel()
        raise


def _scope(params: Params) -> Scope:
    return Scope(
        tuple(params.get("include") or ()),
        tuple(params.get("exclude") or ()),
        tuple(params.get("languages") or ()),
        params.get("tests"),
    )
