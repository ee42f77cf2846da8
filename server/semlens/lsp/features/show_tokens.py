"""The tokens of a document or a part of it, to look at, as the counting child cuts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semlens.core.cost.requests import CutText
from semlens.core.text.tokenizers.view import LONGEST
from semlens.errors import UsageError
from semlens.lsp.features.search import text_of
from semlens.lsp.session.documents import split_lines, text_in_range, utf16_length
from semlens.protocol import editor as protocol

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session

MOST_TOKENIZERS = 2


async def show_tokens(ls: Session, params: protocol.ShowTokensParams) -> protocol.ShowTokensResult:
    """A text cut into tokens by one or two tokenizers. Raises `UsageError` if there is no text."""
    uri = params.text_document.uri if params.text_document else None
    settings = ls.settings_of(uri)
    names = list(dict.fromkeys(params.tokenizers))[:MOST_TOKENIZERS] or [settings.tokenizers[0]]
    text, place = await _asked_text(ls, params)
    shown = text[:LONGEST]
    answer = await ls.tokens.cut(CutText(shown, settings.model, names))
    known = {choice.name for choice in answer.choices}
    own = [
        protocol.NamedTokenizer(name, "your own", True) for name in settings.tokenizers if name not in known
    ]
    choices = [*answer.choices, *own]
    return protocol.ShowTokensResult(shown, place, len(shown) < len(text), answer.views, choices)


async def _asked_text(ls: Session, params: protocol.ShowTokensParams) -> tuple[str, protocol.Range | None]:
    """The text to cut, and where it is in its document; None for the whole of it."""
    if params.text is not None:
        return params.text, params.range
    if params.text_document is None:
        raise UsageError("Give either `textDocument` or `text`.")
    uri = params.text_document.uri
    text = text_of(ls, uri)
    place = params.range
    if place is not None and place.start == place.end:
        place = await _definition(ls, uri, text, place.start.line)
    if place is None:
        return text, None
    start, end = place.start, place.end
    return text_in_range(text, (start.line, start.character), (end.line, end.character)), place


async def _definition(ls: Session, uri: str, text: str, line: int) -> protocol.Range | None:
    """The innermost definition around a line."""
    around = await ls.tokens.definition_around(ls.source(uri, text), line)
    if around is None:
        return None
    end = utf16_length(split_lines(text)[around.end - 1])
    return protocol.Range(protocol.Position(around.start - 1, 0), protocol.Position(around.end - 1, end))
