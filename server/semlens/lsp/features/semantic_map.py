"""The map of a folder of the workspace, with progress and cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semlens.lsp.session.attachments import local_folder
from semlens.lsp.session.engine import ask_engine
from semlens.protocol import editor as protocol
from semlens.protocol.maps import DrawMap, NearOnMap
from semlens.protocol.notifications import Progress as EngineProgress
from semlens.types import RelativePath

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session

NEAR_SECONDS = 30.0


async def semantic_map(ls: Session, params: protocol.MapParams) -> protocol.MapResult:
    """The definitions of a folder as points; cancelled by its request or by its progress token."""
    asked = local_folder(ls.folders, params.folder)
    await ls.attachments.ready(ls.protocol, [asked.folder.uri])
    with ls.progress_tasks.track(params.work_done_token, "Semlens") as progress:

        def show(reached: EngineProgress) -> None:
            progress.report("Laying out the map", reached.done / reached.total if reached.total else 0.0)

        found = await ls.engine.request(DrawMap(asked.folder.real_path, params.again), show)
        progress.outcome = f"{found.points:,} definitions"
    return found


async def near(ls: Session, params: protocol.NearParams) -> protocol.NearResult:
    """The definitions most like one of a folder, and the words that make them so."""
    asked = local_folder(ls.folders, params.folder)
    await ls.attachments.ready(ls.protocol, [asked.folder.uri])
    request = NearOnMap(asked.folder.real_path, RelativePath(params.path), params.line)
    return await ask_engine(ls.engine, request, NEAR_SECONDS)
