"""The hover over a definition, a call of it or selected code: what it costs in tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from semlens.core.cost.types import Part
from semlens.lsp.features.hover_text import Subject, hover_text
from semlens.lsp.session.documents import Document, offset_of, split_lines, text_in_range, utf16_length
from semlens.protocol import editor as protocol
from semlens.types import Span

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session


@dataclass(frozen=True, slots=True)
class _Found:
    text: str
    """Markdown."""
    header: protocol.Range | None
    """The lines of the definition's signature, if the position is in them."""
    about: protocol.Range


async def hover(ls: Session, params: lsp.HoverParams) -> lsp.Hover | None:
    """The cost of the definition whose name, signature or call is at a position; None elsewhere."""
    position = params.position
    document = _document(ls, params.text_document.uri)
    found = await _at(ls, document, position.line, position.character) if document else None
    if found is None:
        return None
    place = None
    if found.header is not None:
        start, end = found.header.start, found.header.end
        place = lsp.Range(lsp.Position(start.line, start.character), lsp.Position(end.line, end.character))
    return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, found.text), place)


async def hover_with_selection(ls: Session, params: protocol.HoverParams) -> protocol.HoverResult:
    """The cost of the selection, or as `hover`; no text where there is nothing to say."""
    document = _document(ls, params.text_document.uri)
    if document is None:
        return protocol.HoverResult("")
    if params.selection is not None and params.selection.start != params.selection.end:
        text = await _selection(ls, document, params.selection)
        return protocol.HoverResult(text, params.selection, params.selection)
    found = await _at(ls, document, params.position.line, params.position.character)
    return protocol.HoverResult(found.text, found.header, found.about) if found else protocol.HoverResult("")


def _document(ls: Session, uri: str) -> Document | None:
    """The open document; None if it is too large, or hovers are switched off."""
    document = ls.documents.get(uri)
    if document is None or ls.settings_of(uri).hover == "off":
        return None
    return None if ls.is_large(uri, document.text) else document


async def _at(ls: Session, document: Document, line: int, character: int) -> _Found | None:
    lines = document.lines
    if line >= len(lines):
        return None
    column = offset_of(lines[line], 0, character)
    settings = ls.settings_of(document.uri)
    source, chunks = ls.source(document.uri, document.text), settings.hover == "full"
    found = await ls.tokens.definition_at(source, line, column, chunks)
    if found is None:
        return None
    length = found.span.end - found.span.start + 1
    text = hover_text(Subject(found.kind, found.name, length, found.cost), settings, ls.words.say)
    is_header = found.header.start <= line + 1 <= found.header.end
    return _Found(text, _range(found.header, lines) if is_header else None, _range(found.span, lines))


async def _selection(ls: Session, document: Document, selection: protocol.Range) -> str:
    start, end = selection.start, selection.end
    text = text_in_range(document.text, (start.line, start.character), (end.line, end.character))
    last = end.line - 1 if end.character == 0 and end.line > start.line else end.line
    part = Part("\n".join(split_lines(text)), Span(start.line + 1, last + 1))
    settings = ls.settings_of(document.uri)
    source, chunks = ls.source(document.uri, document.text), settings.hover == "full"
    cost = await ls.tokens.cost(source, part, chunks)
    return hover_text(Subject("selection", "", last - start.line + 1, cost), settings, ls.words.say)


def _range(span: Span, lines: list[str]) -> protocol.Range:
    end = protocol.Position(span.end - 1, utf16_length(lines[span.end - 1]))
    return protocol.Range(protocol.Position(span.start - 1, 0), end)
