"""What a folder of the workspace costs in tokens, with progress and cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semlens.lsp.session.attachments import local_folder
from semlens.lsp.session.folders import WorkspacePath
from semlens.protocol import editor as protocol
from semlens.protocol.costs import FolderTokens, FolderTokensAnswer
from semlens.protocol.notifications import Progress as EngineProgress
from semlens.settings import DEFAULT_TOKENIZER

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session


async def cost(ls: Session, params: protocol.CostParams) -> protocol.CostResult:
    """The tokens of every indexed file below a folder; cancelled by its request or by its progress token."""
    asked = local_folder(ls.folders, params.folder)
    await ls.attachments.ready(ls.protocol, [asked.folder.uri])
    tokenizers = ls.attachments.settings_of(asked.folder).tokenizers
    tokenizer = params.tokenizer or next(iter(tokenizers), DEFAULT_TOKENIZER)
    request = FolderTokens(asked.folder.real_path, asked.path, tokenizer)
    with ls.progress_tasks.track(params.work_done_token, "Semlens") as progress:

        def show(reached: EngineProgress) -> None:
            share = reached.done / reached.total if reached.total else 0.0
            progress.report(f"{reached.done:,} of {reached.total:,} files", share)

        found = await ls.engine.request(request, show)
        progress.outcome = f"{len(found.files):,} files"
    return _result(found, asked)


def _result(found: FolderTokensAnswer, asked: WorkspacePath) -> protocol.CostResult:
    """The answer to the editor, with paths relative to the folder asked about."""
    files = [protocol.FileCost(asked.relative(file.path), file.tokens) for file in found.files]
    tokens = sum(file.tokens for file in found.files)
    return protocol.CostResult(found.tokenizer, tokens, files, found.skipped, found.complete)
