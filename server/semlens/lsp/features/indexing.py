"""Indexing on demand with progress and cancel, pausing it, and changes of files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import attrs
from lsprotocol import types as lsp

from semlens.errors import Cancelled, SemlensError
from semlens.lsp.session.engine import ask_engine
from semlens.lsp.session.folders import WorkspaceFolder
from semlens.lsp.session.progress import Progress
from semlens.protocol import editor as protocol
from semlens.protocol.engine import Index, Pause
from semlens.protocol.notifications import Progress as EngineProgress
from semlens.types import Report, Tier

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session

TIER = Tier.INSTANT
"""A reindex ends when search works: the deep tier goes on in the background, with a status of its own."""

PAUSE_SECONDS = 10.0


async def reindex(ls: Session, params: protocol.ReindexParams) -> protocol.Report:
    """Index the folders again; cancelled by its request or by its progress token.

    A folder that cannot be indexed is reported; the others are indexed. Raises `SemlensError` if none can be.
    """
    wanted = None if params.folders is None else [ls.folders.find(uri) for uri in params.folders]
    if ls.attachments.take_back(ls.folders if wanted is None else filter(None, wanted)):
        ls.attachments.refresh(ls.protocol)
    with ls.progress_tasks.track(params.work_done_token, "Semlens") as progress:
        folders = await ls.attachments.ready(ls.protocol, params.folders)
        reports = []
        failures = [] if params.folders else ls.attachments.failures()
        for number, folder in enumerate(folders):
            request = Index(folder.real_path, params.full, TIER)
            try:
                reports.append(await ls.engine.request(request, _reporter(progress, folders, number)))
            except Cancelled:
                raise
            except SemlensError as error:
                failures.append(error)
        if not reports:
            raise failures[0]
        total = attrs.evolve(_sum(reports), problems=list(dict.fromkeys(map(str, failures))))
        progress.outcome = f"{total.files:,} files, {total.chunks:,} chunks in {total.seconds:.1f} s"
        return total


def progress_message(reached: EngineProgress) -> str:
    """ "Indexing 1,204 of 3,310 files", from the engine's numbers."""
    of_chunks = reached.stage == "chunks"
    if reached.stage == "second":
        return f"The second model reads {reached.done:,} of {reached.total:,} texts"
    if reached.stage == "images":
        return f"The image model looks at {reached.done:,} of {reached.total:,} images"
    if reached.stage == "texts":
        return f"Reading the text in {reached.done:,} of {reached.total:,} images"
    if not reached.total:
        return "Embedding chunks" if of_chunks else "Indexing files"
    if of_chunks:
        return f"Embedding {reached.done:,} of {reached.total:,} chunks"
    return f"Indexing {reached.done:,} of {reached.total:,} files"


def _reporter(
    progress: Progress, folders: Sequence[WorkspaceFolder], number: int
) -> Callable[[EngineProgress], None]:
    """Passes on the progress of the folder at `number`, named where there are several."""
    name = f"{folders[number].name}: " if len(folders) > 1 else ""

    def report(reached: EngineProgress) -> None:
        share = min(reached.done / reached.total, 1.0) if reached.total else 0.0
        progress.report(name + progress_message(reached), (number + share) / len(folders))

    return report


def _sum(reports: Sequence[Report]) -> protocol.Report:
    names = [field.name for field in attrs.fields(protocol.Report) if field.name != "problems"]
    return protocol.Report(**{name: sum(getattr(report, name) for report in reports) for name in names})


async def pause(ls: Session, params: protocol.PauseParams) -> protocol.PauseResult:
    """Stop indexing in the background, or go on with it."""
    answer = await ask_engine(ls.engine, Pause(params.paused), PAUSE_SECONDS)
    return protocol.PauseResult(answer.paused)


async def files_changed(ls: Session, params: lsp.DidChangeWatchedFilesParams) -> None:
    """The editor's file events: a hint for the engine, which watches by itself."""
    await ls.hints.touch([change.uri for change in params.changes])


async def document_saved(ls: Session, params: lsp.DidSaveTextDocumentParams) -> None:
    """A document was saved: a hint for the engine."""
    await ls.hints.touch([params.text_document.uri])
