"""What a folder of the workspace costs in tokens, with progress and cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semlens.core.cost.requests import CountFolder, FolderProgress
from semlens.core.cost.types import FolderCost
from semlens.lsp.session.attachments import local_folder
from semlens.lsp.session.counting import cost_of_folder
from semlens.lsp.session.folders import WorkspacePath
from semlens.protocol import editor as protocol

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session


async def cost(ls: Session, params: protocol.CostParams) -> protocol.CostResult:
    """The tokens of every file below a folder; cancelled by its request or by its progress token."""
    asked = local_folder(ls.folders, params.folder)
    request = CountFolder(asked.folder.real_path, asked.path, ls.attachments.settings_of(asked.folder))
    with ls.progress_tasks.track(params.work_done_token, "Semlens") as progress:

        def show(counted: FolderProgress) -> None:
            progress.report(_sum(counted.files, counted.tokens), 0.0)

        found = await cost_of_folder(request, show)
        progress.outcome = _sum(len(found.files), found.tokens)
    return _result(found, asked)


def _sum(files: int, tokens: int) -> str:
    return f"{files:,} files, {tokens:,} tokens"


def _result(found: FolderCost, asked: WorkspacePath) -> protocol.CostResult:
    """The answer to the editor, with paths relative to the folder asked about."""
    files = [protocol.FileCost(asked.relative(file.path), file.tokens) for file in found.files]
    return protocol.CostResult(found.tokenizer, found.tokens, files, found.skipped)
