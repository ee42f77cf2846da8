"""How alike two pieces of code are, in the editor's places."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from semlens.errors import UsageError
from semlens.lsp.features.search import asked_span, text_of
from semlens.lsp.session.documents import split_lines, text_in_range, utf16_length
from semlens.lsp.session.engine import ask_engine
from semlens.lsp.session.folders import WorkspaceFolder
from semlens.protocol import editor as protocol
from semlens.protocol.engine import Compare, CompareAnswer, WordShare
from semlens.types import Tier

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session

COMPARE_SECONDS = 120.0
"""The most time for the deep tier's model to load, and to read each text without each of its words."""

_Part = tuple[str, protocol.Range]


async def compare(ls: Session, params: protocol.CompareParams) -> protocol.CompareResult:
    """How alike two pieces of code are to one model, and which words make them so. Raises `SemlensError`."""
    folders = await ls.attachments.ready(ls.protocol, None)
    if not folders:
        raise UsageError("Open a folder first: code is compared beside that of a folder.")
    parts = [await _part(ls, asked) for asked in (params.one, params.other)]
    folder = _folder(ls, folders, params)
    tier = Tier.DEEP if params.deep else Tier.INSTANT
    request = Compare(folder.real_path, parts[0][0], parts[1][0], tier)
    answer = await ask_engine(ls.engine, request, COMPARE_SECONDS)
    return _result(answer, parts)


def _folder(
    ls: Session, folders: Sequence[WorkspaceFolder], params: protocol.CompareParams
) -> WorkspaceFolder:
    """The folder whose chunks are the background: that of the first piece that is in one."""
    for part in (params.one, params.other):
        file = ls.folders.resolve(part.text_document.uri)
        if file is not None and file.folder in folders:
            return file.folder
    return folders[0]


async def _part(ls: Session, asked: protocol.CodePart) -> _Part:
    """The code of a part, and where it is in its document."""
    place = asked.range
    if asked.text is not None:
        return asked.text, place
    text = text_of(ls, asked.text_document.uri)
    if place.start == place.end:
        span = await asked_span(ls, asked.text_document.uri, text, place)
        end = utf16_length(split_lines(text)[span.end - 1])
        place = protocol.Range(protocol.Position(span.start - 1, 0), protocol.Position(span.end - 1, end))
    start, stop = place.start, place.end
    return text_in_range(text, (start.line, start.character), (stop.line, stop.character)), place


def _result(answer: CompareAnswer, parts: Sequence[_Part]) -> protocol.CompareResult:
    one, other = (
        _compared(part, words, seen)
        for part, words, seen in zip(parts, (answer.one, answer.other), answer.seen, strict=True)
    )
    return protocol.CompareResult(
        answer.model,
        answer.cosine,
        answer.percentile,
        answer.chunks,
        answer.lowest,
        answer.histogram,
        one,
        other,
    )


def _compared(part: _Part, words: Sequence[WordShare], seen: int) -> protocol.ComparedText:
    text, place = part
    at = list(accumulate((1 + (character > "\uffff") for character in text), initial=0))
    shares = [protocol.WordShare(at[word.start], at[word.end], word.share) for word in words]
    return protocol.ComparedText(text, place, at[seen], shares)
