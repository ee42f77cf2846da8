"""The handler of the request that counts the tokens of a folder."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from semlens.core.store.token_counts import FILE, TokenCounts
from semlens.core.text.tokenizers.library import TokenizerLibrary
from semlens.engine.daemon.agent_service import Held
from semlens.engine.wire.connection import Connection
from semlens.engine.workspace.costs import Progress, costs_of_files
from semlens.engine.workspace.why import left_out
from semlens.engine.workspace.workspace import Workspace
from semlens.protocol.costs import FileTokens, FolderTokens, FolderTokensAnswer
from semlens.protocol.notifications import Progress as ProgressReport
from semlens.protocol.request import Request
from semlens.types import CancelToken


class CostService:
    """Counts the files of indexes, and keeps the counts. Call `close` when done."""

    def __init__(self, data_dir: Path, held: Held, library: TokenizerLibrary) -> None:
        """`held` keeps the workspaces of folders open."""
        self._held = held
        self._library = library
        self._counts = TokenCounts(data_dir / FILE)
        self.handlers: Mapping[type[Request[Any]], Callable[[Any, Connection], Awaitable[object]]] = {
            FolderTokens: self._folder_tokens
        }

    def close(self) -> None:
        self._counts.close()

    async def _folder_tokens(self, request: FolderTokens, connection: Connection) -> FolderTokensAnswer:
        cancel = CancelToken()

        def progress(done: int, total: int) -> None:
            if request.progress_id is not None:
                connection.notify(ProgressReport(request.progress_id, "files", done, total))

        async with self._held([request.folder]) as (workspace,):
            try:
                return await asyncio.to_thread(self._answer, workspace, request, cancel, progress)
            except asyncio.CancelledError:
                cancel.cancel()
                raise

    def _answer(
        self, workspace: Workspace, request: FolderTokens, cancel: CancelToken, progress: Progress
    ) -> FolderTokensAnswer:
        tokenizer = self._library.named(request.tokenizer)
        identity = self._library.identity(request.tokenizer)
        index = workspace.index
        found = costs_of_files(
            index, request.below, tokenizer.count, identity, self._counts, cancel, progress
        )
        files = [FileTokens(path, tokens) for path, tokens in found.items()]
        status = workspace.status()
        complete = status.complete and not status.working
        return FolderTokensAnswer(tokenizer.name, files, left_out(index, request.below, 0).total, complete)
