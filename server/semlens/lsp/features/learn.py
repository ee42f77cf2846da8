"""What learners ask of the models of a folder: the engine answers, which has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semlens.lsp.session.attachments import local_folder
from semlens.lsp.session.engine import ask_engine
from semlens.protocol import editor as protocol
from semlens.protocol.learn import DescribeNetworks, MeasureSpeed, WordInContext
from semlens.types import Tier

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session

SECONDS = 120.0
"""The most time for a model to load, and to read some texts."""


async def networks(ls: Session, params: protocol.NetworksParams) -> protocol.NetworksResult:
    """What the models of a folder are made of. Raises `SemlensError`."""
    return await ask_engine(ls.engine, DescribeNetworks(await _folder(ls, params.folder)), SECONDS)


async def speed(ls: Session, params: protocol.SpeedParams) -> protocol.SpeedResult:
    """How fast a model reads, now and here. Raises `SemlensError`."""
    tier = Tier.DEEP if params.deep else Tier.INSTANT
    return await ask_engine(ls.engine, MeasureSpeed(await _folder(ls, params.folder), tier), SECONDS)


async def word_in_context(ls: Session, params: protocol.WordInContextParams) -> protocol.WordInContextResult:
    """One word in several sentences. Raises `SemlensError`."""
    request = WordInContext(await _folder(ls, params.folder), params.word, params.texts)
    return await ask_engine(ls.engine, request, SECONDS)


async def _folder(ls: Session, uri: str) -> str:
    """The path of a workspace folder, once the engine has it. Raises `UsageError`."""
    asked = local_folder(ls.folders, uri)
    await ls.attachments.ready(ls.protocol, [asked.folder.uri])
    return asked.folder.real_path
