"""Code for a language model: what agents get as a tool, for those that work in the editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semlens.errors import UsageError
from semlens.lsp.session.engine import ask_engine
from semlens.protocol import editor as protocol
from semlens.protocol.agents import Packing, PackSearch
from semlens.protocol.engine import Search

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session

PACK_SECONDS = 60.0


async def pack(ls: Session, params: protocol.PackParams) -> protocol.PackResult:
    """The best code for a query within a budget of tokens, as it is on disk. Raises `SemlensError`."""
    if not params.query.strip():
        raise UsageError("The question is empty: say what the code does, in words or in code.")
    folders = await ls.attachments.ready(ls.protocol, params.folders)
    question = Search(
        params.query,
        folders=[folder.real_path for folder in folders],
        limit=params.limit,
        include=list(params.include),
        languages=list(params.languages),
    )
    packing = Packing(params.max_tokens, "code" if params.whole else "auto")
    answer = await ask_engine(ls.engine, PackSearch(question, packing), PACK_SECONDS)
    return protocol.PackResult(answer.text, answer.tokens, len(answer.shown), answer.rest)
