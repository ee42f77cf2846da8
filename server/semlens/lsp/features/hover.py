"""The hover over a definition or a call of it: what the definition costs in tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from semlens.core.cost.types import DefinitionCost, TextCost
from semlens.lsp.session.documents import offset_of, utf16_length
from semlens.types import Span

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session


async def hover(ls: Session, params: lsp.HoverParams) -> lsp.Hover | None:
    """The cost of the definition whose name, signature or call is at a position; None elsewhere."""
    uri, position = params.text_document.uri, params.position
    document = ls.documents.get(uri)
    settings = ls.settings_of(uri)
    if document is None or not settings.hover_enabled:
        return None
    if len(document.text) > settings.max_file_size_kb * 1024:
        return None
    lines = document.lines
    if position.line >= len(lines):
        return None
    column = offset_of(lines[position.line], 0, position.character)
    found = await ls.tokens.definition_at(ls.source(uri, document.text), position.line, column)
    if found is None:
        return None
    text = details(found) if settings.hover_details else summary(found)
    is_header = found.header.start <= position.line + 1 <= found.header.end
    place = _range(found.header, lines) if is_header else None
    return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, text), place)


def summary(found: DefinitionCost) -> str:
    """One line, because the language's own hover is there too: the definition, and what models bill."""
    counts = found.cost.counts
    billed = next(one for one in [*counts[1:], *counts] if not one.problem)  # if alone, the embedding model's
    tokens = f"{billed.tokens:,} token{'' if billed.tokens == 1 else 's'}"
    problems = "".join(f" · {one.problem}" for one in counts if one.problem)
    return f"**Semlens** · {found.kind} `{found.name}` · {tokens} ({billed.tokenizer}){problems}"


def details(found: DefinitionCost) -> str:
    """The definition, its tokens in each tokenizer, and how the embedding model sees it."""
    lines = found.span.end - found.span.start + 1
    rows = [f"| {count.tokenizer} | {count.problem or f'{count.tokens:,}'} |" for count in found.cost.counts]
    title = f"**Semlens** · {found.kind} `{found.name}` · {lines:,} line{'s' if lines > 1 else ''}"
    return "\n".join([title, "", "| tokenizer | tokens |", "|---|---:|", *rows, "", _seen(found.cost)])


def _seen(cost: TextCost) -> str:
    """How the embedding model sees a text, in a sentence."""
    model = cost.counts[0]
    if cost.truncated:
        return f"{model.tokenizer} sees {cost.chunks:,} chunks here, but not the end of a very long line."
    if cost.chunks <= 1:
        return f"{model.tokenizer} sees it whole, in one chunk."
    return f"{model.tokenizer} takes {model.limit:,} tokens at once: it sees this in {cost.chunks:,} chunks."


def _range(header: Span, lines: list[str]) -> lsp.Range:
    end = utf16_length(lines[header.end - 1])
    return lsp.Range(lsp.Position(header.start - 1, 0), lsp.Position(header.end - 1, end))
