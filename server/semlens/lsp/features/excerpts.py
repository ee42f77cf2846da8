"""Lines of files, as they are on disk or in the editor, with access tokens masked as in the index."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from semlens.core.files.source import indexed_text
from semlens.errors import UsageError
from semlens.lsp.features.search import text_of
from semlens.lsp.session.documents import split_lines
from semlens.protocol import editor as protocol

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session

MAX_LINES = 20_000
"""The most lines of one answer."""


async def excerpts(ls: Session, params: protocol.ExcerptsParams) -> protocol.ExcerptsResult:
    """The asked lines of each file. Raises `UsageError` if more than `MAX_LINES` are asked for."""
    asked = sum(max(block.last - block.first + 1, 0) for file in params.files for block in file.blocks)
    if asked > MAX_LINES:
        raise UsageError(f"More than {MAX_LINES:,} lines: ask for fewer hits or fewer lines around them.")
    await ls.attachments.ready(ls.protocol, None)
    return protocol.ExcerptsResult([await asyncio.to_thread(_of_file, ls, file) for file in params.files])


def _of_file(ls: Session, file: protocol.FileBlocks) -> protocol.FileExcerpts:
    try:
        text = text_of(ls, file.uri)
    except UsageError:
        return protocol.FileExcerpts(file.uri, [])
    resolved = ls.folders.resolve(file.uri)
    lines = split_lines(indexed_text(resolved.path, text) if resolved else text)
    return protocol.FileExcerpts(
        file.uri, [lines[max(block.first, 0) : block.last + 1] for block in file.blocks]
    )
