"""Reindexing on demand, with progress and cancel; and what the engine tells of folders by itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
from lsprotocol import types as lsp

from semlens.errors import SemlensError
from semlens.lsp.session.engine import ask_engine
from semlens.lsp.session.folders import Place, WorkspaceFolder, group
from semlens.lsp.session.progress import Progress
from semlens.protocol import editor as protocol
from semlens.protocol.codec import decode

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session

log = logging.getLogger(__name__)

TIER = "instant"
"""A reindex is done when search is: the deep tier goes on in the background, with a status of its own."""

HINT_SECONDS = 10.0

FOCUS_SECONDS = 0.2
"""Editors open and close several documents at once."""


async def reindex(ls: Session, params: protocol.ReindexParams) -> protocol.Report:
    """Index the folders again; cancelled by its request or by its progress token."""
    with ls.watched.work(params.work_done_token, "Semlens") as progress:
        folders = await ls.attachments.ready(ls.protocol, params.folders)
        reports = []
        for number, folder in enumerate(folders):
            asked = {"folder": folder.real_path, "full": params.full, "tier": TIER}
            raw = await ls.engine.request("index", asked, _reporter(progress, folders, number))
            reports.append(decode(protocol.Report, raw, name=str))
        total = _sum(reports)
        progress.outcome = f"{total.files:,} files, {total.chunks:,} chunks in {total.seconds:.1f} s"
        return total


def progress_message(raw: Mapping[str, Any]) -> str:
    """ "Indexing 1,204 of 3,310 files", from the engine's numbers."""
    stage = str(raw.get("stage"))
    verb, unit = ("Embedding", "chunks") if stage == "chunks" else ("Indexing", "files")
    done, total = _count(raw, "done"), _count(raw, "total")
    return f"{verb} {done:,} of {total:,} {unit}" if total else f"{verb} {unit}"


def _reporter(
    progress: Progress, folders: Sequence[WorkspaceFolder], number: int
) -> Callable[[dict[str, Any]], None]:
    """Passes on the progress of the folder at `number`, named where there are several."""
    name = f"{folders[number].name}: " if len(folders) > 1 else ""

    def report(raw: dict[str, Any]) -> None:
        done, total = _count(raw, "done"), _count(raw, "total")
        share = min(done / total, 1.0) if total else 0.0
        progress.report(name + progress_message(raw), (number + share) / len(folders))

    return report


def _count(raw: Mapping[str, Any], name: str) -> int:
    value = raw.get(name)
    return int(value) if isinstance(value, int | float) else 0


def _sum(reports: Sequence[protocol.Report]) -> protocol.Report:
    names = [field.name for field in attrs.fields(protocol.Report)]
    return protocol.Report(**{name: sum(getattr(report, name) for report in reports) for name in names})


async def pause(ls: Session, params: protocol.PauseParams) -> protocol.PauseResult:
    """Stop indexing in the background, or go on with it."""
    raw = await ask_engine(ls.engine, "pause", {"paused": params.paused}, HINT_SECONDS)
    paused = raw.get("paused") if isinstance(raw, dict) else None
    return protocol.PauseResult(params.paused if paused is None else bool(paused))


async def files_changed(ls: Session, params: lsp.DidChangeWatchedFilesParams) -> None:
    """The editor's file events: a hint for the engine, which watches by itself."""
    await _touch(ls, [change.uri for change in params.changes])


async def document_saved(ls: Session, params: lsp.DidSaveTextDocumentParams) -> None:
    await _touch(ls, [params.text_document.uri])


async def focus(ls: Session) -> None:
    """Tell the engine which files are open, when it is quiet: they come first."""
    await asyncio.sleep(FOCUS_SECONDS)
    try:
        await _hint(ls, "focus", ls.documents.uris())
    except SemlensError as error:
        log.info("%s", error)


async def attend(ls: Session) -> None:
    """Tell the engine that the user types."""
    try:
        await ask_engine(ls.engine, "attend", {}, HINT_SECONDS)
    except SemlensError as error:
        log.info("%s", error)


async def _touch(ls: Session, uris: Sequence[str]) -> None:
    await _hint(ls, "touch", uris)


async def _hint(ls: Session, method: str, uris: Sequence[str]) -> None:
    attached = ls.attachments.attached()
    places = [place for uri in uris if (place := ls.folders.place(uri)) is not None]
    for folder, paths in group(_served(place, attached) for place in places).items():
        if folder in attached:
            await ask_engine(ls.engine, method, {"folder": folder.real_path, "paths": paths}, HINT_SECONDS)


def _served(place: Place, attached: Sequence[WorkspaceFolder]) -> Place:
    """`place` in the folder that stands for it in the engine: a link's target may be open as well."""
    if place.folder in attached:
        return place
    same = [folder for folder in attached if folder.real_path == place.folder.real_path]
    return Place(same[0], place.path) if same else place
