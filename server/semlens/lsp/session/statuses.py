"""The statuses of folders, the engine and its models as the editor shows them, also without an engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from attrs import evolve

from semlens.core.team.sentences import team_lines
from semlens.errors import SemlensError
from semlens.lsp.session.attachments import FORGOTTEN, SWITCHED_OFF, Attachments, not_local
from semlens.lsp.session.engine import Engine, ask_engine
from semlens.lsp.session.folders import Folders, WorkspaceFolder
from semlens.protocol import editor as protocol
from semlens.protocol.engine import Status
from semlens.protocol.notifications import FolderStatus

STATUS_SECONDS = 10.0

ENGINE_LOST = FolderStatus("", "rebuilding", "The Semlens engine is being restarted.")
"""The status of an attached folder between two engines."""


async def current_status(engine: Engine, folders: Folders, attachments: Attachments) -> protocol.StatusResult:
    """The status of each of the editor's folders, of the engine and of its models.

    Without an engine the folders that it should serve have the state `error`.
    """
    try:
        answer = await ask_engine(engine, Status(), STATUS_SECONDS)
    except SemlensError as error:
        lost = [_status_without_engine(folder, attachments, str(error)) for folder in folders]
        return protocol.StatusResult(lost, None, [])
    known = {status.folder: status for status in answer.folders}
    return protocol.StatusResult(
        folders=[_status_of(folder, attachments, known) for folder in folders],
        engine=answer.engine,
        models=answer.models,
        team=team_lines(answer.team) if answer.team is not None and answer.team.url else [],
    )


def forgotten_status(folder: WorkspaceFolder) -> protocol.FolderStatus:
    """The status of a folder whose index was deleted."""
    return folder_status(_status("forgotten", FORGOTTEN), folder)


def off_status(folder: WorkspaceFolder) -> protocol.FolderStatus:
    """The status of a folder that the user has switched off."""
    return folder_status(_status("empty", SWITCHED_OFF), folder)


def folder_status(
    status: FolderStatus | None, folder: WorkspaceFolder, failure: str | None = None
) -> protocol.FolderStatus:
    """The engine's status of a folder for the editor.

    `failure` says why the engine could not take the folder or its settings; else `status` must be given.
    """
    if status is None:
        status = _status("error")
    if failure is not None:
        status = evolve(status, state="error", message=failure)
    return protocol.FolderStatus(
        uri=folder.uri,
        state=status.state,
        files=status.files,
        chunks=status.chunks,
        skipped=status.skipped,
        coverage=protocol.Coverage(**asdict(status.coverage)),
        message=status.message,
        repeats=status.repeats,
    )


def _status_of(
    folder: WorkspaceFolder, attachments: Attachments, known: Mapping[str, FolderStatus]
) -> protocol.FolderStatus:
    if folder.path is None:
        return folder_status(_status("error", not_local(folder)), folder)
    if attachments.is_forgotten(folder):
        return forgotten_status(folder)
    if attachments.is_off(folder):
        return off_status(folder)
    failure = attachments.failure(folder)
    if folder.real_path in known or failure is not None:
        return folder_status(known.get(folder.real_path), folder, failure)
    return folder_status(_status("indexing", "Looking for files"), folder)


def _status_without_engine(
    folder: WorkspaceFolder, attachments: Attachments, problem: str
) -> protocol.FolderStatus:
    if folder.path is not None and attachments.is_off(folder):
        return off_status(folder)
    return folder_status(_status("error", problem), folder)


def _status(state: protocol.FolderState, message: str | None = None) -> FolderStatus:
    """The status of a folder that the engine says nothing about."""
    return FolderStatus("", state, message)
