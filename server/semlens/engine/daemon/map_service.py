"""The handlers of the requests about the map of a folder."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semlens.core.map.definitions import title
from semlens.core.map.near import near
from semlens.core.map.picture import Cluster, Picture, make_picture
from semlens.core.map.process import ask_positions
from semlens.core.store.records import StoredChunk
from semlens.engine.daemon.agent_service import Held
from semlens.engine.jobs.job_queue import JobQueue
from semlens.engine.wire.connection import Connection
from semlens.engine.workspace.workspace import Workspace
from semlens.protocol.editor import MapCluster, MapResult, NearDefinition, NearResult
from semlens.protocol.maps import DrawMap, NearOnMap
from semlens.protocol.notifications import Progress
from semlens.protocol.request import Request
from semlens.types import CancelToken, ChunkKind, ContentHash, FileStamp, RelativePath

_GROUP = "group"
"""The kind of a point that stands for several small definitions."""


class MapService:
    """Draws maps, one at a time. Call `close` when done."""

    def __init__(self, data_dir: Path, held: Held) -> None:
        """`held` keeps the workspaces of folders open."""
        self._data_dir = data_dir
        self._held = held
        self._queue = JobQueue("map")
        self.handlers: Mapping[type[Request[Any]], Callable[[Any, Connection], Awaitable[object]]] = {
            DrawMap: self._draw,
            NearOnMap: self._near,
        }

    def close(self) -> None:
        """Cancel the layout that is being made."""
        self._queue.close()

    async def _draw(self, request: DrawMap, connection: Connection) -> MapResult:
        cancel = CancelToken()

        def progress(done: int, total: int) -> None:
            if request.progress_id is not None:
                connection.notify(Progress(request.progress_id, "steps", done, total))

        async with self._held([request.folder]) as (workspace,):
            drawn: Future[MapResult] = self._queue.submit(
                lambda token: self._drawn(workspace, request.again, token, progress), cancel
            )
            try:
                return await asyncio.wrap_future(drawn)
            except asyncio.CancelledError:
                cancel.cancel()
                raise

    def _drawn(
        self, workspace: Workspace, again: bool, cancel: CancelToken, progress: Callable[[int, int], None]
    ) -> MapResult:
        index = workspace.index
        picture = make_picture(
            index, lambda asked: ask_positions(asked, self._data_dir, cancel, progress), again
        )
        status = workspace.status()
        return map_result(picture, index.reader.files.stamps(), status.complete and not status.working)

    async def _near(self, request: NearOnMap, connection: Connection) -> NearResult:
        async with self._held([request.folder]) as (workspace,):
            found = await asyncio.to_thread(near, workspace.index, request.path, request.line + 1)
        return NearResult(
            [
                NearDefinition(
                    one.chunk.path, one.name, one.chunk.start_line - 1, one.cosine, list(one.words)
                )
                for one in found
            ]
        )


def map_result(
    picture: Picture, stamps: Mapping[RelativePath, tuple[FileStamp, ContentHash]], complete: bool
) -> MapResult:
    """A map as the editor gets it.

    :param stamps: of each file
    :param complete: whether all files are in the index
    """
    chunks = picture.chunks
    languages = {chunk.path: chunk.language for chunk in chunks}
    paths = {path: number for number, path in enumerate(languages)}
    kind_of = [
        _GROUP if len(one.defines) > 1 else one.symbol.kind if one.symbol else _GROUP for one in chunks
    ]
    kinds = {kind: number for number, kind in enumerate(sorted(set(kind_of)))}
    lines = [(one.start_line - 1, _end_line(one) - 1) for one in chunks]
    return MapResult(
        points=len(chunks),
        positions=_packed(picture.positions.astype("<f4")),
        files=_packed(np.array([paths[one.path] for one in chunks], "<u4")),
        lines=_packed(np.array(lines, "<u4")),
        clusters=_packed(picture.labels.astype("<i2")),
        kinds=_packed(np.array([kinds[kind] for kind in kind_of], "u1")),
        names=[title(one) for one in chunks],
        kind_list=list(kinds),
        paths=list(paths),
        languages=list(languages.values()),
        changed=[stamps[path][0].mtime_ns // 10**9 if path in stamps else 0 for path in paths],
        cluster_list=[_cluster(one) for one in picture.clusters],
        placed=picture.placed,
        outdated=picture.outdated,
        complete=complete,
    )


def _end_line(chunk: StoredChunk) -> int:
    """Of the definition, which may be longer than its first chunk."""
    if chunk.kind is ChunkKind.DEFINITION and chunk.symbol is not None:
        return max(chunk.end_line, chunk.symbol.end_line)
    return chunk.end_line


def _cluster(cluster: Cluster) -> MapCluster:
    return MapCluster(", ".join(cluster.words), cluster.size, cluster.x, cluster.y)


def _packed(numbers: NDArray[np.generic]) -> str:
    return base64.b64encode(numbers.tobytes()).decode("ascii")
