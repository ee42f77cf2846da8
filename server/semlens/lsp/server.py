"""The language server: which request is answered where, and the process around it."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, BinaryIO, NoReturn

from lsprotocol import types as lsp

from semlens.core.cost.types import Source
from semlens.core.text.languages import TEXT
from semlens.lsp.features import (
    bench,
    compare,
    context,
    cost,
    duplicates,
    excerpts,
    forgetting,
    hover,
    indexing,
    learn,
    live,
    models,
    pack,
    search,
    semantic_map,
    show_tokens,
    status,
    team,
    tokens,
    train,
)
from semlens.lsp.session.documents import Document
from semlens.lsp.session.engine import Engine, start_engine_client
from semlens.lsp.session.folders import WorkspaceFolder, is_cell
from semlens.lsp.session.session import Session, register_for_events
from semlens.lsp.transport.framing import FrameWriter, read_frames
from semlens.lsp.transport.lifetime import GRACE, end_within, watch_process
from semlens.process.pipes import claim_pipes
from semlens.settings import DEFAULT_MODEL

log = logging.getLogger("semlens")

CLOSE_SECONDS = 0.5
"""What letting go of the engine may take."""


def main(
    connect: Callable[[], Engine] = start_engine_client, counting: subprocess.Popen[bytes] | None = None
) -> NoReturn:
    """Serve the client on stdin and stdout, and end the process with it.

    `counting` is the process that counts tokens, if it is started already.
    """
    streams = claim_pipes()
    try:
        code = asyncio.run(serve(*streams, connect, counting))
    except KeyboardInterrupt:
        code = 130
    # Not `sys.exit`: it would wait for threads that still count tokens.
    sys.stderr.flush()
    os._exit(code)


async def serve(
    stdin: BinaryIO,
    stdout: BinaryIO,
    connect: Callable[[], Engine],
    counting: subprocess.Popen[bytes] | None = None,
) -> int:
    """Serve until the client says so or is gone; the exit code."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    session = create(connect(), counting)
    protocol = session.protocol

    def end() -> None:
        """From any thread."""
        end_within(GRACE, protocol.exit_code)
        loop.call_soon_threadsafe(ended.set)

    writer = FrameWriter(stdout, end)
    protocol.set_writer(writer)
    protocol.on_exit = lambda code: end()
    protocol.on_client_process = partial(watch_process, ended=end)
    _log_to_client(session)
    read_frames(stdin, lambda body: _soon(loop, protocol.receive, body), end)
    await ended.wait()
    with suppress(asyncio.TimeoutError):  # a stuck engine must not keep this process
        await asyncio.wait_for(session.close(), CLOSE_SECONDS)
    writer.close()
    return protocol.exit_code


def _soon(loop: asyncio.AbstractEventLoop, call: Callable[[bytes], None], body: bytes) -> None:
    loop.call_soon_threadsafe(call, body)


def create(engine: Engine, counting: subprocess.Popen[bytes] | None = None) -> Session:
    """A session with every handler in its place."""
    session = Session(engine, counting)
    handlers: dict[str, Callable[..., Any]] = {
        lsp.INITIALIZE: _initialize,
        lsp.INITIALIZED: _initialized,
        lsp.TEXT_DOCUMENT_DID_OPEN: _opened,
        lsp.TEXT_DOCUMENT_DID_CHANGE: _changed,
        lsp.TEXT_DOCUMENT_DID_CLOSE: _closed,
        lsp.TEXT_DOCUMENT_DID_SAVE: indexing.document_saved,
        lsp.TEXT_DOCUMENT_HOVER: hover.hover,
        lsp.WINDOW_WORK_DONE_PROGRESS_CANCEL: _progress_cancelled,
        lsp.WORKSPACE_DID_CHANGE_CONFIGURATION: _settings_changed,
        lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES: indexing.files_changed,
        lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: _folders_changed,
        "semlens/actOnTraining": train.act,
        "semlens/bench": bench.bench,
        "semlens/compare": compare.compare,
        "semlens/context": context.context,
        "semlens/cost": cost.cost,
        "semlens/count": live.count,
        "semlens/definitions": live.definitions,
        "semlens/duplicates": duplicates.duplicates,
        "semlens/excerpts": excerpts.excerpts,
        "semlens/forget": forgetting.forget,
        "semlens/hover": hover.hover_with_selection,
        "semlens/keptFolders": forgetting.kept_folders,
        "semlens/map": semantic_map.semantic_map,
        "semlens/mapNear": semantic_map.near,
        "semlens/models": models.models,
        "semlens/networks": learn.networks,
        "semlens/pack": pack.pack,
        "semlens/pause": indexing.pause,
        "semlens/reindex": indexing.reindex,
        "semlens/removeModel": models.remove,
        "semlens/search": search.search,
        "semlens/similar": search.similar,
        "semlens/complete": search.complete,
        "semlens/showTokens": show_tokens.show_tokens,
        "semlens/speed": learn.speed,
        "semlens/startTraining": train.start,
        "semlens/status": status.status,
        "semlens/team": team.team,
        "semlens/teamSearch": team.team_search,
        "semlens/tokenizers": live.tokenizers,
        "semlens/tokens": tokens.tokens,
        "semlens/estimateModel": models.estimate,
        "semlens/training": train.training,
        "semlens/verifyModel": models.verify,
        "semlens/why": status.why,
        "semlens/leftOut": status.left_out,
        "semlens/splitCode": status.split_code,
        "semlens/wordInContext": learn.word_in_context,
    }
    for method, handler in handlers.items():
        session.feature(method)(handler)
    return session


def _initialize(ls: Session, params: lsp.InitializeParams) -> None:
    ls.words.choose(params.locale)
    workspace = params.capabilities.workspace
    ls.configuration.can_pull = bool(workspace and workspace.configuration)
    ls.configuration.push(params.initialization_options)
    ls.open_folders(params)
    if params.process_id is not None:
        ls.protocol.on_client_process(params.process_id)


async def _initialized(ls: Session, params: lsp.InitializedParams) -> None:
    ls.attachments.refresh(ls.protocol)
    ls.tokens.warm(Source("", TEXT, DEFAULT_MODEL), chunks=True)
    await register_for_events(ls)


def _opened(ls: Session, params: lsp.DidOpenTextDocumentParams) -> None:
    item = params.text_document
    ls.documents.open(Document(item.uri, item.language_id, item.version, item.text))
    if is_cell(item.uri):  # a notebook opens all of its cells at once
        ls.warm_soon(item.uri)
    else:
        ls.warm(item.uri)
    ls.hints.focus_soon()


def _changed(ls: Session, params: lsp.DidChangeTextDocumentParams) -> None:
    ls.documents.change(params.text_document.uri, params.text_document.version, params.content_changes)
    ls.warm_soon(params.text_document.uri)
    ls.hints.attend(params.text_document.uri)


def _closed(ls: Session, params: lsp.DidCloseTextDocumentParams) -> None:
    ls.documents.close(params.text_document.uri)
    ls.hints.focus_soon()


def _progress_cancelled(ls: Session, params: lsp.WorkDoneProgressCancelParams) -> None:
    ls.progress_tasks.cancel(params.token)


def _settings_changed(ls: Session, params: lsp.DidChangeConfigurationParams) -> None:
    ls.configuration.push(params.settings)
    ls.attachments.refresh(ls.protocol)


def _folders_changed(ls: Session, params: lsp.DidChangeWorkspaceFoldersParams) -> None:
    for removed in params.event.removed:
        ls.folders.remove(removed.uri)
    opened = [WorkspaceFolder.opened(added.uri, added.name) for added in params.event.added]
    for folder in opened:
        ls.folders.add(folder)
    ls.attachments.take_back(opened)
    ls.attachments.refresh(ls.protocol)


class _ClientLog(logging.Handler):
    """Shows log records in the client's log, one line each: an editor shows stderr as errors."""

    def __init__(self, session: Session, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._session = session
        self._loop = loop

    def emit(self, record: logging.LogRecord) -> None:
        levels = {logging.ERROR: lsp.MessageType.Error, logging.WARNING: lsp.MessageType.Warning}
        kind = levels.get(record.levelno, lsp.MessageType.Log)
        params = lsp.LogMessageParams(kind, f"{record.name}: {record.getMessage()}")
        self._loop.call_soon_threadsafe(self._session.protocol.notify, lsp.WINDOW_LOG_MESSAGE, params)


def _log_to_client(session: Session) -> None:
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(_ClientLog(session, asyncio.get_running_loop()))
    logging.getLogger().addHandler(logging.NullHandler())
