"""What a folder of the workspace costs in tokens, with progress and cancel."""

from __future__ import annotations

import asyncio
import pickle
import subprocess
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

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
    asked = (place.folder.real_path, place.path, ls.attachments.settings_of(place.folder))
    with ls.watched.work(params.work_done_token, "Semlens") as progress:
        loop = asyncio.get_running_loop()

        def reached(files: int, tokens: int) -> None:
            loop.call_soon_threadsafe(progress.report, f"{files:,} files, {tokens:,} tokens", 0.0)

        child = await asyncio.to_thread(_start_child)
        try:
            result = await asyncio.to_thread(_answer, child, asked, reached)
        except asyncio.CancelledError:
            child.kill()
            raise
        progress.outcome = f"{len(result.files):,} files, {result.tokens:,} tokens"
    return result


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
    child: subprocess.Popen[bytes], asked: tuple[Any, ...], reached: Callable[[int, int], None]
) -> protocol.CostResult:
    """The child's last word, after which it is ended."""
    assert child.stdin is not None and child.stdout is not None
    try:
        pickle.dump(asked, child.stdin)
        child.stdin.flush()
        while isinstance(said := pickle.load(child.stdout), tuple):
            reached(*said)
    except (OSError, EOFError, pickle.UnpicklingError) as error:
        raise SemlensError("Counting the tokens of this folder failed: try it again.") from error
    finally:
        child.kill()
        with suppress(OSError):
            child.communicate()
    if isinstance(said, SemlensError):
        raise said
    result: protocol.CostResult = said
    return result


def _start_child() -> subprocess.Popen[bytes]:
    from semlens.engine.wire.endpoint import default_data_dir, prepare
    from semlens.process.spawn import start_child

    data_dir = prepare(default_data_dir())
    return start_child("semlens.lsp.counting.costing", data_dir=data_dir, stderr=subprocess.DEVNULL)
