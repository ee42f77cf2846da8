"""The folders that have an index, seen and forgotten in the editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from semlens.lsp.session.engine import ask_engine
from semlens.protocol import editor as protocol
from semlens.protocol.folders import ForgetFolders, ListFolders

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session

SECONDS = 60.0
"""The most time to read the sizes of all indexes on a slow disk."""

FORGET_SECONDS = 180.0
"""The most time to answer the last questions of a folder, and to delete large files on a slow disk."""


async def kept_folders(ls: Session, params: protocol.KeptFoldersParams) -> protocol.KeptFoldersResult:
    """Every folder that has an index, with the editor's own URI if it is open. Raises `SemlensError`."""
    answer = await ask_engine(ls.engine, ListFolders(), SECONDS)
    return protocol.KeptFoldersResult([_with_uri(ls, one) for one in answer.folders])


async def forget(ls: Session, params: protocol.ForgetParams) -> protocol.ForgetResult:
    """Delete the indexes of folders, and leave those out that are open. Raises `SemlensError`."""
    answer = await ask_engine(ls.engine, ForgetFolders(params.places), FORGET_SECONDS)
    for one in answer.forgotten:  # One that could not be attached is not followed, and so not told of.
        folder = ls.folders.by_real_path(one.folder) if one.folder else None
        if folder is not None:
            ls.leave_out(folder)
    return protocol.ForgetResult(answer.freed_bytes, answer.problems)


def _with_uri(ls: Session, kept: protocol.KeptFolder) -> protocol.KeptFolder:
    folder = ls.folders.by_real_path(kept.folder) if kept.folder else None
    return kept if folder is None else evolve(kept, uri=folder.uri)
