"""The status of everything, and why a file is in the index or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semlens.errors import UsageError
from semlens.lsp.session.attachments import local_folder
from semlens.lsp.session.engine import ask_engine
from semlens.lsp.session.statuses import STATUS_SECONDS, current_status
from semlens.protocol import editor as protocol
from semlens.protocol.engine import LeftOut, Refusal, SplitCode, Why

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session


async def status(ls: Session, params: protocol.StatusParams) -> protocol.StatusResult:
    """The status of the folders, the engine and its models. Never fails for want of an engine."""
    return await current_status(ls.engine, ls.folders, ls.attachments)


async def why(ls: Session, params: protocol.WhyParams) -> protocol.WhyResult:
    """Why a file is in the index or not. Raises `SemlensError`."""
    file = ls.folders.resolve(params.text_document.uri)
    if file is None:
        return protocol.WhyResult(False, "is in no folder of this workspace")
    await ls.attachments.ready(ls.protocol, [file.folder.uri])
    answer = await ask_engine(ls.engine, Why(file.folder.real_path, file.path), STATUS_SECONDS)
    refusal = answer.refusal or Refusal()
    rule = (refusal.rule, refusal.file, refusal.line)
    return protocol.WhyResult(answer.indexed, answer.reason, *rule, answer.remedy)


async def left_out(ls: Session, params: protocol.LeftOutParams) -> protocol.LeftOutResult:
    """The files and folders below a folder that are not in the index, and why. Raises `SemlensError`."""
    if params.limit < 1:
        raise UsageError("`limit` must be at least 1.")
    asked = local_folder(ls.folders, params.folder)
    await ls.attachments.ready(ls.protocol, [asked.folder.uri])
    request = LeftOut(asked.folder.real_path, asked.path, params.limit)
    answer = await ask_engine(ls.engine, request, STATUS_SECONDS)
    files = [
        protocol.LeftOutFile(
            asked.folder.file_uri(one.path),
            asked.relative(one.path),
            one.reason,
            one.refusal.rule,
            one.refusal.file,
            one.refusal.line,
        )
        for one in answer.files
    ]
    return protocol.LeftOutResult(files, answer.total)


async def split_code(ls: Session, params: protocol.SplitCodeParams) -> protocol.SplitCodeResult:
    """The code below a folder that the embedding model cannot see whole. Raises `SemlensError`."""
    if params.limit < 1:
        raise UsageError("`limit` must be at least 1.")
    asked = local_folder(ls.folders, params.folder)
    await ls.attachments.ready(ls.protocol, [asked.folder.uri])
    request = SplitCode(asked.folder.real_path, asked.path, params.limit)
    answer = await ask_engine(ls.engine, request, STATUS_SECONDS)
    definitions = [
        protocol.SplitDefinition(
            asked.folder.file_uri(one.path),
            asked.relative(one.path),
            one.name,
            one.kind,
            one.start_line - 1,
            one.end_line - one.start_line + 1,
            one.chunks,
        )
        for one in answer.definitions
    ]
    unseen = [
        protocol.UnseenText(
            asked.folder.file_uri(one.path), asked.relative(one.path), one.line - 1, one.parts
        )
        for one in answer.unseen
    ]
    return protocol.SplitCodeResult(definitions, answer.total, unseen)
