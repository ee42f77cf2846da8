"""How the folders, the engine and the models are, also while there is no engine; and why a file is out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from semlens.errors import SemlensError
from semlens.lsp.session.attachments import not_local
from semlens.lsp.session.engine import ask_engine
from semlens.lsp.session.folders import WorkspaceFolder
from semlens.protocol import editor as protocol
from semlens.protocol.codec import decode

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session

STATUS_SECONDS = 10.0


async def status(ls: Session, params: protocol.StatusParams) -> protocol.StatusResult:
    """Never fails for want of an engine: that is a status too."""
    try:
        raw = await ask_engine(ls.engine, "status", {}, STATUS_SECONDS)
    except SemlensError as error:
        folders = [folder_status({"state": "error", "message": str(error)}, folder) for folder in ls.folders]
        return protocol.StatusResult(folders, None, [])
    told = {entry.get("folder"): entry for entry in raw.get("folders", ())}
    engine = raw.get("engine")
    return protocol.StatusResult(
        folders=[_status_of(ls, folder, told) for folder in ls.folders],
        engine=decode(protocol.EngineStatus, engine, name=str) if engine else None,
        models=[decode(protocol.ModelStatus, model, name=str) for model in raw.get("models", ())],
    )


async def why(ls: Session, params: protocol.WhyParams) -> protocol.WhyResult:
    """Why a file is in the index or not."""
    place = ls.folders.place(params.text_document.uri)
    if place is None:
        return protocol.WhyResult(False, "is in no folder of this workspace")
    await ls.attachments.ready(ls.protocol, [place.folder.uri])
    asked = {"folder": place.folder.real_path, "path": place.path}
    raw = await ask_engine(ls.engine, "why", asked, STATUS_SECONDS)
    return decode(protocol.WhyResult, raw, name=str)


def folder_status(
    raw: Mapping[str, Any], folder: WorkspaceFolder, failure: str | None = None
) -> protocol.FolderStatus:
    """A folder's status in the protocol's words; what the engine left out is zero.

    `failure` is why the engine could not take the folder, or its settings.
    """
    filled = {"files": 0, "chunks": 0, "skipped": 0, "coverage": {}, **raw, "uri": folder.uri}
    if failure is not None:
        filled |= {"state": "error", "message": failure}
    return decode(protocol.FolderStatus, filled, name=str)


def _status_of(
    ls: Session, folder: WorkspaceFolder, told: Mapping[str | None, Mapping[str, Any]]
) -> protocol.FolderStatus:
    if folder.path is None:
        return folder_status({"state": "error", "message": not_local(folder)}, folder)
    failure = ls.attachments.failure(folder)
    if folder.real_path in told or failure is not None:
        return folder_status(told.get(folder.real_path, {}), folder, failure)
    if ls.attachments.settings_of(folder).enabled:
        return folder_status({"state": "indexing", "message": "Looking for files"}, folder)
    off = "Switched off by the setting semlens.enabled."
    return folder_status({"state": "empty", "message": off}, folder)
