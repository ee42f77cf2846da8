"""Token counts beside the code: of what is being typed or selected, of each definition, in each tokenizer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semlens.core.cost.types import CountedDefinition, TokenCount
from semlens.errors import UsageError
from semlens.lsp.features.search import text_of
from semlens.lsp.session.documents import one_newline, text_in_range
from semlens.protocol import editor as protocol

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session


async def count(ls: Session, params: protocol.CountParams) -> protocol.CountResult:
    """The tokens of a document, of its selected parts or of a text, which is counted again after each change.

    Raises `UsageError` if there is no text.
    """
    uri = params.text_document.uri if params.text_document else None
    settings = ls.settings_of(uri)
    tokenizers = params.tokenizers or settings.tokenizers
    key, text = _asked(ls, params, uri)
    counts = await ls.tokens.live(key, one_newline(text), settings.model, tokenizers)
    asked = (settings.model, *tokenizers)
    return protocol.CountResult(
        [_result(count, settings.token_windows.get(name)) for count, name in zip(counts, asked, strict=True)]
    )


def _asked(ls: Session, params: protocol.CountParams, uri: str | None) -> tuple[str, str]:
    """The text, and the name under which what is counted of it is kept."""
    if params.text is not None:
        return "text", params.text
    if uri is None:
        raise UsageError("Give either `textDocument` or `text`.")
    text = text_of(ls, uri)
    if not params.ranges:
        return uri, text
    parts = (
        text_in_range(text, (one.start.line, one.start.character), (one.end.line, one.end.character))
        for one in params.ranges
    )
    return "selection", "\n".join(parts)


def _result(count: TokenCount, window: float | None) -> protocol.TokenCount:
    return protocol.TokenCount(
        count.tokenizer,
        count.tokens,
        count.limit,
        count.problem or None,
        int(window) if window else count.window,
        count.window_of if count.window_of and not window else None,
    )


async def definitions(ls: Session, params: protocol.DefinitionsParams) -> protocol.DefinitionsResult:
    """The tokens of each definition of an open document; none of one that is too large to be indexed."""
    uri = params.text_document.uri
    document = ls.documents.get(uri)
    if document is None or ls.is_large(uri, document.text):
        return protocol.DefinitionsResult(ls.settings_of(uri).tokenizers[0], [])
    found = await ls.tokens.definition_counts(ls.source(uri, document.text))
    return protocol.DefinitionsResult(found.tokenizer, [_definition(one) for one in found.definitions])


def _definition(one: CountedDefinition) -> protocol.DefinitionTokens:
    return protocol.DefinitionTokens(one.name, one.line - 1, one.span.start - 1, one.span.end - 1, one.tokens)


async def tokenizers(ls: Session, params: protocol.TokenizersParams) -> protocol.TokenizersResult:
    """The tokenizers that are known by name."""
    return await ls.tokens.tokenizers()
