"""What a text, a document or a part of a document costs in tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semlens.core.cost.types import Part, Source, TextCost
from semlens.core.text.languages import TEXT
from semlens.errors import UsageError
from semlens.lsp.features.search import text_of
from semlens.lsp.session.documents import split_lines, text_in_range
from semlens.protocol import editor as protocol
from semlens.types import Span

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session


async def tokens(ls: Session, params: protocol.TokensParams) -> protocol.TokensResult:
    """The tokens of the text or the document asked about. Raises `UsageError` if there is none."""
    cost = await _asked_cost(ls, params)
    counts = [
        protocol.TokenCount(count.tokenizer, count.tokens, count.limit, count.problem or None)
        for count in cost.counts
    ]
    return protocol.TokensResult(counts, cost.chunks, cost.truncated)


async def _asked_cost(ls: Session, params: protocol.TokensParams) -> TextCost:
    if params.text is not None:
        settings = ls.settings_of(None)
        lines = split_lines(params.text)
        source = Source("\n".join(lines), TEXT, settings.model, tuple(settings.tokenizers))
        return await ls.tokens.cost(source)
    if params.text_document is None:
        raise UsageError("Give either `textDocument` or `text`.")
    uri = params.text_document.uri
    text = text_of(ls, uri)
    if params.range is None:
        return await ls.tokens.cost(ls.source(uri, text))
    start, end = params.range.start, params.range.end
    part = text_in_range(text, (start.line, start.character), (end.line, end.character))
    part = "\n".join(split_lines(part))  # as all counts: a line end is one character
    return await ls.tokens.cost(ls.source(uri, text), Part(part, Span(start.line + 1, end.line + 1)))
