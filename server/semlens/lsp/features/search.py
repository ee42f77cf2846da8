"""Search and similar code: the engine's hits, where they are in the text that the user sees now."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import attrs

from semlens.core.files.decoding import decode
from semlens.core.files.decoding.editorconfig import charset_of
from semlens.core.files.images import IMAGE
from semlens.core.files.source import indexed_text
from semlens.core.text.notebook import span_in_notebook
from semlens.errors import UsageError
from semlens.lsp.features import explanations
from semlens.lsp.features.edited_hits import Located, carried_line, locate
from semlens.lsp.session.documents import Document, split_lines, text_in_range, utf16_length
from semlens.lsp.session.engine import ask_engine
from semlens.lsp.session.folders import WorkspaceFolder, is_cell, notebook_path_of, uri_of
from semlens.protocol import editor as protocol
from semlens.protocol.engine import Complete, Search, SearchAnswer, Similar
from semlens.types import Copy, Hit, RelativePath, Span, Tier

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session

SEARCH_SECONDS = 30.0

LOADING_SECONDS = 15.0
"""The most time for a query to wait for a model; loading takes a few seconds on a quiet machine."""

MAX_LIMIT = 1000

END_OF_LINE = 2**31 - 1
"""A column that the protocol has clients take for the line's end."""

MAX_COMPARED = 16 * 1024 * 1024
"""Bytes of a file on disk that are compared with the editor's text."""


async def search(ls: Session, params: protocol.SearchParams) -> protocol.SearchResult:
    """The hits of a query, the best first. Raises `SemlensError`."""
    if not params.query.strip():
        raise UsageError("The question is empty: say what the code does, in words or in code.")
    folders = await ls.attachments.ready(ls.protocol, params.folders)
    request = Search(
        params.query, params.kind, tiers=list(map(Tier, params.tiers)), **_shared(params, folders)
    )
    return result_of(ls, await ask_engine(ls.engine, request, SEARCH_SECONDS))


async def complete(ls: Session, params: protocol.CompleteParams) -> protocol.CompleteResult:
    """How the filter at the end of a question may go on. Raises `SemlensError`."""
    folders = await ls.attachments.ready(ls.protocol, params.folders)
    request = Complete(params.query, [folder.real_path for folder in folders])
    return protocol.CompleteResult((await ask_engine(ls.engine, request, SEARCH_SECONDS)).completions)


async def similar(ls: Session, params: protocol.SimilarParams) -> protocol.SearchResult:
    """Code like the selected lines, or like the definition at the cursor, without these lines themselves."""
    folders = await ls.attachments.ready(ls.protocol, params.folders)
    uri = params.text_document.uri
    text = text_of(ls, uri)
    span = await asked_span(ls, uri, text, params.range)
    lines = split_lines(text)[span.start - 1 : span.end]
    code, source = "\n".join(lines), _range(span, lines)
    if not code.strip():
        raise UsageError("There is no code here to compare with: select some lines.")
    file = ls.folders.resolve(uri)
    shared = _shared(params, folders)
    indexed = _indexed_span(ls, uri, text, span) if file else None
    if file is None or indexed is None:
        alone = Search(code, "code", **shared)
        result = result_of(ls, await ask_engine(ls.engine, alone, SEARCH_SECONDS))
        return attrs.evolve(result, source=source)
    request = Similar(file.folder.real_path, file.path, indexed.start, indexed.end, code, **shared)
    result = result_of(ls, await ask_engine(ls.engine, request, SEARCH_SECONDS))
    own = file.folder.file_uri(file.path)
    others = [hit for hit in result.hits if hit.uri != own or not _overlaps(hit.range, indexed)]
    return attrs.evolve(result, hits=others, source=source)


def _indexed_span(ls: Session, uri: str, text: str, span: Span) -> Span | None:
    """Lines of a document as the index knows them: those of a cell are lines of its notebook's file."""
    if not is_cell(uri):
        return span
    notebook = notebook_path_of(uri)
    try:
        return span_in_notebook(text_of(ls, uri_of(notebook)), text, span) if notebook else None
    except UsageError:
        return None


class _Shared(TypedDict):
    """The fields of `semlens.protocol.engine.Question` that an editor sets."""

    folders: list[str]
    limit: int
    include: list[str]
    exclude: list[str]
    languages: list[str]
    tests: bool | None
    wait_seconds: float
    explain: bool


def _shared(
    params: protocol.SearchParams | protocol.SimilarParams, folders: Sequence[WorkspaceFolder]
) -> _Shared:
    if params.limit < 1:
        raise UsageError("`limit` must be at least 1.")
    return {
        "folders": [folder.real_path for folder in folders],
        "limit": min(params.limit, MAX_LIMIT),
        "include": params.include,
        "exclude": params.exclude,
        "languages": params.languages,
        "tests": params.tests,
        "wait_seconds": LOADING_SECONDS if params.wait else 0,
        "explain": params.explain,
    }


def result_of(ls: Session, answer: SearchAnswer) -> protocol.SearchResult:
    """An answer with the hits where they are in the editor."""
    outside = answer.shortfall.outside if answer.shortfall else ()
    roots = {hit.folder for hit in (*answer.hits, *outside)}
    folders = {root: ls.folders.by_real_path(root) for root in roots}
    texts = _Texts()
    return protocol.SearchResult(
        hits=[_hit(ls, hit, folders[hit.folder], texts) for hit in answer.hits],
        coverage=protocol.Coverage(**asdict(answer.coverage)),
        elapsed_ms=float(answer.elapsed_ms),
        partial=answer.partial,
        notices=answer.notices,
        weak=answer.weak,
        shortfall=explanations.shortfall(
            answer.shortfall, [_hit(ls, hit, folders[hit.folder], texts) for hit in outside]
        ),
    )


class _Texts:
    """The lines of files in the editor and on disk as the index would hold them, each read once an answer."""

    def __init__(self) -> None:
        self._now: dict[str, list[str]] = {}
        self._on_disk: dict[str, list[str] | None] = {}

    def now(self, uri: str, path: RelativePath, document: Document) -> list[str]:
        if uri not in self._now:
            self._now[uri] = split_lines(indexed_text(path, "\n".join(document.lines)))
        return self._now[uri]

    def on_disk(self, root: str, path: RelativePath, encoding: str) -> list[str] | None:
        whole = os.path.join(root, path)
        if whole not in self._on_disk:
            self._on_disk[whole] = _lines_on_disk(root, path, encoding)
        return self._on_disk[whole]


def _hit(ls: Session, hit: Hit, folder: WorkspaceFolder | None, texts: _Texts) -> protocol.Hit:
    uri = _uri(hit.folder, folder, hit.path)
    lines = split_lines(hit.preview)
    located = Located(Span(hit.start_line, hit.end_line), hit.stale)
    document = ls.documents.get(uri)
    if document is not None and hit.language != IMAGE:  # an image's words stand in no line of its file
        span = located.span
        if document.lines[span.start - 1 : span.end] == lines:
            located = Located(span, stale=False)
        else:
            root = (folder.path if folder else None) or hit.folder
            now = texts.now(uri, hit.path, document)
            on_disk = texts.on_disk(root, hit.path, ls.settings_of(uri).files_encoding)
            located = locate(span, lines, on_disk, now)
            lines = now[located.span.start - 1 : located.span.end]
    shown = carried_line(hit, located, lines)
    symbol = hit.symbol
    return protocol.Hit(
        uri=uri,
        range=_range(located.span, lines),
        score=float(hit.score),
        language=hit.language,
        preview="\n".join(lines),
        stale=located.stale,
        reasons=[protocol.HitReason(reason.name, float(reason.value)) for reason in hit.reasons],
        symbol=protocol.HitSymbol(symbol.name, symbol.kind, symbol.container) if symbol else None,
        line=shown.line - 1,
        summary=shown.text,
        copies=[_copy(hit.folder, folder, copy) for copy in hit.copies],
        explanation=explanations.explanation(hit.explanation),
    )


def _copy(root: str, folder: WorkspaceFolder | None, copy: Copy) -> protocol.HitCopy:
    span = Span(copy.start_line, copy.end_line)
    return protocol.HitCopy(_uri(root, folder, copy.path), _range(span, []))


def _uri(root: str, folder: WorkspaceFolder | None, path: str) -> str:
    """A file of the folder that the engine calls `root`, as the editor knows it."""
    return folder.file_uri(path) if folder else uri_of(os.path.join(root, path))


def _lines_on_disk(root: str, path: RelativePath, encoding: str) -> list[str] | None:
    """The lines of a file below `root` as the index holds them; `encoding` is the editor's."""
    whole = os.path.join(root, path)
    try:
        found = os.stat(whole)
        if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_COMPARED:
            return None
        with open(whole, "rb") as file:
            decoded = decode(file.read(), lambda: iter((charset_of(Path(root), path), encoding)))
    except OSError:
        return None
    return None if decoded is None else split_lines(indexed_text(path, decoded.text))


def _range(span: Span, lines: Sequence[str]) -> protocol.Range:
    """From the first column of `span` to the last of its last line, as far as its `lines` are known."""
    whole = len(lines) == span.end - span.start + 1
    end = utf16_length(lines[-1]) if whole else END_OF_LINE
    return protocol.Range(protocol.Position(span.start - 1, 0), protocol.Position(span.end - 1, end))


def _overlaps(lines: protocol.Range, span: Span) -> bool:
    return lines.start.line + 1 <= span.end and lines.end.line + 1 >= span.start


def text_of(ls: Session, uri: str) -> str:
    document = ls.documents.get(uri)
    if document is not None:
        return document.text
    file = ls.folders.resolve(uri)
    encoding = ls.settings_of(uri).files_encoding
    lines = _lines_on_disk(file.folder.path or file.folder.real_path, file.path, encoding) if file else None
    if lines is None:
        raise UsageError(f"{uri} is not open, and no file of this workspace.")
    return "\n".join(lines)


async def asked_span(ls: Session, uri: str, text: str, asked: protocol.Range) -> Span:
    """The selected lines; without a selection, the definition around the cursor."""
    start, end = asked.start, asked.end
    selected = text_in_range(text, (start.line, start.character), (end.line, end.character))
    if selected.strip():
        # A selection that ends at a line's first column does not mean that line.
        last = end.line if end.character or end.line == start.line else end.line - 1
        return Span(start.line + 1, last + 1)
    around = await ls.tokens.definition_around(ls.source(uri, text), start.line)
    return around or Span(start.line + 1, start.line + 1)
