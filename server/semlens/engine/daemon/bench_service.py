"""The handler of the request that measures search on a user's own code."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from semlens.core.bench.corpus import CorpusSample
from semlens.core.index.indexer import Progress
from semlens.engine.jobs.bench import BenchJobs, BenchRequest
from semlens.engine.models.registry import ModelRegistry
from semlens.engine.wire.connection import Connection
from semlens.engine.workspace.registry import WorkspaceRegistry, real_root
from semlens.protocol.bench import Bench, BenchAnswer
from semlens.protocol.notifications import Progress as ProgressReport
from semlens.protocol.request import Request
from semlens.settings import DEFAULT_MODEL, Settings
from semlens.types import CancelToken


class BenchService:
    """Measures one folder at a time. Call `close` when done."""

    def __init__(self, data_dir: Path, model_registry: ModelRegistry, folders: WorkspaceRegistry) -> None:
        self._jobs = BenchJobs(data_dir, model_registry)
        self._folders = folders
        self.handlers: Mapping[type[Request[Any]], Callable[[Any, Connection], Awaitable[object]]] = {
            Bench: self._bench
        }

    def close(self) -> None:
        """Stop the measurement."""
        self._jobs.close()

    async def _bench(self, request: Bench, connection: Connection) -> BenchAnswer:
        root, cancel = real_root(request.folder), CancelToken()
        settings = next((one.settings for one in self._folders if one.root == root), Settings())
        sample = CorpusSample(request.questions, request.files, request.seed)
        names = tuple(dict.fromkeys([DEFAULT_MODEL, *request.models]))
        bench = BenchRequest(root, names, sample, request.seconds, request.source)
        job = self._jobs.submit(bench, settings, cancel, stage_progress(request.progress_id, connection))
        try:
            return await asyncio.wrap_future(job)
        except asyncio.CancelledError:
            cancel.cancel()
            raise


def stage_progress(progress_id: int | None, connection: Connection) -> Callable[[str], Progress]:
    """Gives a function for each stage of a request, which reports its progress to the client."""

    def of_stage(stage: str) -> Progress:
        def report(done: int, total: int) -> None:
            if progress_id is not None:
                connection.notify(ProgressReport(progress_id, stage, done, total))

        return report

    return of_stage
