"""What a folder of the workspace costs in tokens, with progress and cancel."""

from __future__ import annotations

import asyncio
import pickle
import subprocess
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from semlens.core.cost.messages import AskFolderCost, Failed, Progress
from semlens.core.cost.types import FolderCost
from semlens.errors import SemlensError, UsageError
from semlens.lsp.session.attachments import not_local
from semlens.lsp.session.folders import Place, path_of
from semlens.protocol import editor as protocol
from semlens.types import RelativePath

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session


async def cost(ls: Session, params: protocol.CostParams) -> protocol.CostResult:
    """The tokens of every file below a folder; cancelled by its request or by its progress token."""
    place = _place(ls, params.folder)
    question = AskFolderCost(place.folder.real_path, place.path, ls.attachments.settings_of(place.folder))
    with ls.watched.work(params.work_done_token, "Semlens") as progress:
        loop = asyncio.get_running_loop()

        def reached(counted: Progress) -> None:
            loop.call_soon_threadsafe(progress.report, _sum(counted.files, counted.tokens), 0.0)

        child = await asyncio.to_thread(_start_child)
        try:
            found = await asyncio.to_thread(_answer, child, question, reached)
        except asyncio.CancelledError:
            child.kill()
            raise
        progress.outcome = _sum(len(found.files), found.tokens)
    return _result(found, place.path)


def _sum(files: int, tokens: int) -> str:
    return f"{files:,} files, {tokens:,} tokens"


def _result(found: FolderCost, below: RelativePath) -> protocol.CostResult:
    """The answer to the editor, with paths relative to the folder `below`."""
    start = len(below) + 1 if below else 0
    files = [protocol.FileCost(file.path[start:], file.tokens) for file in found.files]
    return protocol.CostResult(found.tokenizer, found.tokens, files, found.skipped)


def _place(ls: Session, uri: str) -> Place:
    """The asked folder in its workspace folder, which may be the same one."""
    whole = ls.folders.find(uri)
    place = Place(whole, RelativePath("")) if whole else ls.folders.place(uri)
    if place is None:
        raise UsageError(f"{path_of(uri) or uri} is in no folder of this workspace.")
    if place.folder.path is None:
        raise UsageError(not_local(place.folder))
    return place


def _answer(
    child: subprocess.Popen[bytes], question: AskFolderCost, reached: Callable[[Progress], None]
) -> FolderCost:
    """The child's last answer, after which it is ended."""
    assert child.stdin is not None and child.stdout is not None
    try:
        pickle.dump(question, child.stdin)
        child.stdin.flush()
        while isinstance(answer := pickle.load(child.stdout), Progress):
            reached(answer)
    except (OSError, EOFError, pickle.UnpicklingError) as error:
        raise SemlensError("Counting the tokens of this folder failed: try it again.") from error
    finally:
        child.kill()
        with suppress(OSError):
            child.communicate()
    if isinstance(answer, Failed):
        raise answer.error()
    cost: FolderCost = answer
    return cost


def _start_child() -> subprocess.Popen[bytes]:
    from semlens.engine.wire.endpoint import default_data_dir, prepare
    from semlens.process.spawn import start_child

    data_dir = prepare(default_data_dir())
    return start_child("semlens.core.cost.worker", data_dir=data_dir, stderr=subprocess.DEVNULL)
