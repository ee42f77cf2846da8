"""Code for a prompt: what answers a question, and the code at the cursor with the definitions that it uses.

The engine finds the places. The child that counts tokens reads them and packs them, because it has every
tokenizer, and takes the text of open documents as it is in the editor.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

import attrs

from semlens.core.cost.fit import Offered, by_worth, fitting
from semlens.core.cost.requests import PackContext, Place
from semlens.core.cost.types import PackedContext
from semlens.core.cost.worth import worth
from semlens.core.pack.uses import Definition, Use, may_mean, uses_in
from semlens.errors import UsageError
from semlens.lsp.features.search import SEARCH_SECONDS, asked_span, result_of, text_of
from semlens.lsp.session.attachments import local_folder
from semlens.lsp.session.documents import split_lines, text_in_range
from semlens.lsp.session.engine import ask_engine
from semlens.lsp.session.folders import is_cell
from semlens.protocol import editor as protocol
from semlens.protocol.costs import FolderTokens
from semlens.protocol.engine import Search
from semlens.settings import DEFAULT_TOKENIZER
from semlens.types import RelativePath, Span

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session

MAX_LIMIT = 500

_WORTHWHILE = 0.5
"""The share of the best hit's score."""
_AROUND_FILE = 24
"""About the tokens of a file's heading and fence."""
_LAST_LINE = 2**31 - 1
_GLOB = re.compile(r"[][*?{}!]")
_MOST_USED = 16
"""Names of used definitions that are looked up."""
_SAME_NAME = 5
"""Definitions of one name that are looked at."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """The places for a prompt, and what is said of the question."""

    places: list[protocol.ContextPlace]
    exact: frozenset[int] = frozenset()
    """Those of which the lines alone are meant."""
    notices: Sequence[protocol.Notice] = ()
    weak: bool = False


@dataclass(frozen=True, slots=True)
class _First:
    """The code that a prompt begins with."""

    place: protocol.ContextPlace
    code: str
    text: str
    """Of the whole file."""


async def context(ls: Session, params: protocol.ContextParams) -> protocol.ContextResult:
    """Code for a prompt within the budget. Raises `SemlensError`."""
    asked = await _places(ls, params)
    document = params.text_document
    tokenizers = ls.settings_of(document.uri if document else None).tokenizers
    tokenizer = params.tokenizer or next(iter(tokenizers), "")
    places = [_place(ls, one, at in asked.exact) for at, one in enumerate(asked.places)]
    packed = await ls.tokens.packed(PackContext(places, params.max_tokens, tokenizer))
    return _result(asked, packed)


async def _places(ls: Session, params: protocol.ContextParams) -> _Asked:
    if params.places is not None:
        every = range(len(params.places))  # they are the definitions that were found before
        return _Asked(params.places, frozenset(every))
    if params.limit < 1:
        raise UsageError("`limit` must be at least 1.")
    if params.folder is not None and not params.query.strip():
        return await _files(ls, params, params.folder)
    first = await _first(ls, params)
    if first is None and not params.query.strip():
        raise UsageError("The question is empty: say what the code does, in words or in code.")
    below = local_folder(ls.folders, params.folder) if params.folder is not None else None
    folders = await ls.attachments.ready(ls.protocol, [below.folder.uri] if below else params.folders)
    roots = [folder.real_path for folder in folders]
    include = [f"{_escaped(below.path)}/**"] if below and below.path else []
    limit = min(params.limit, MAX_LIMIT)
    hits = await _used(ls, first, roots) if first else []
    found: protocol.SearchResult | None = None
    if params.query.strip():
        request = Search(params.query, folders=roots, limit=limit, include=include)
        found = result_of(ls, await ask_engine(ls.engine, request, SEARCH_SECONDS))
        hits += found.hits
    places = ([first.place] if first else []) + _distinct(hits, _worthwhile(found))[:limit]
    notices, weak = (found.notices, found.weak) if found else ((), False)
    return _Asked(places, frozenset({0} if first else ()), notices, weak)


async def _files(ls: Session, params: protocol.ContextParams, uri: str) -> _Asked:
    """The files of a folder: those that fit into the budget, then the next ones."""
    below = local_folder(ls.folders, uri)
    await ls.attachments.ready(ls.protocol, [below.folder.uri])
    tokenizer = params.tokenizer or next(iter(ls.attachments.settings_of(below.folder).tokenizers), "")
    request = FolderTokens(below.folder.real_path, below.path, tokenizer or DEFAULT_TOKENIZER)
    files = (await ls.engine.request(request)).files
    offered = [Offered(one.path, one.tokens, worth(_inside(one.path, below.path))) for one in files]
    fits = {one.path for one in fitting(offered, params.max_tokens, _AROUND_FILE)}
    ordered = sorted(by_worth(offered), key=lambda one: one.path not in fits)[:MAX_LIMIT]
    places = [
        protocol.ContextPlace(below.folder.file_uri(RelativePath(one.path)), 0, _LAST_LINE, one.path in fits)
        for one in ordered
        if one.tokens
    ]
    return _Asked(places, frozenset(range(len(places))))


def _inside(path: RelativePath, folder: RelativePath) -> RelativePath:
    """A path as it is below the folder that is packed, whose own name says nothing of the file."""
    return RelativePath(path[len(folder) + 1 :]) if folder else path


async def _first(ls: Session, params: protocol.ContextParams) -> _First | None:
    """The code at the place that was asked about."""
    if params.text_document is None or params.range is None:
        return None
    uri = params.text_document.uri
    text = text_of(ls, uri)
    span = await asked_span(ls, uri, text, params.range)
    end = len(split_lines(text)[span.end - 1])
    code = text_in_range(text, (span.start - 1, 0), (span.end - 1, 2 * end))
    if not code.strip():
        raise UsageError("There is no code here to copy: select some lines.")
    return _First(protocol.ContextPlace(uri, span.start - 1, span.end - 1, first=True), code, text)


async def _used(ls: Session, first: _First, roots: list[str]) -> list[protocol.Hit]:
    """The definitions that the code uses, if each is the only one that its name may mean."""
    uses: dict[str, list[Use]] = {}
    for use in uses_in(first.code):
        uses.setdefault(use.name, []).append(use)
    names = list(uses)[:_MOST_USED]
    asked = (Search(name, "symbol", folders=roots, limit=_SAME_NAME) for name in names)
    answers = await asyncio.gather(*(ask_engine(ls.engine, one, SEARCH_SECONDS) for one in asked))
    found: list[protocol.Hit] = []
    for name, answer in zip(names, answers, strict=True):
        hits = result_of(ls, answer).hits
        meant = [hit for hit in hits if any(_means(use, hit, first.text) for use in uses[name])]
        if len(meant) == 1:
            found.append(attrs.evolve(meant[0], score=math.inf))
    return found


def _means(use: Use, hit: protocol.Hit, text: str) -> bool:
    symbol = hit.symbol
    if symbol is None or symbol.name != use.name:
        return False
    path = RelativePath(unquote(hit.uri))
    return may_mean(use, Definition(symbol.kind, symbol.container, path, hit.language), text)


def _escaped(path: str) -> str:
    """A glob for a path: characters that have a meaning there match any one."""
    return _GLOB.sub("?", path)


def _worthwhile(found: protocol.SearchResult | None) -> float:
    """The score from which a hit goes into the prompt unless the user says otherwise."""
    return _WORTHWHILE * found.hits[0].score if found and found.hits else 0.0


def _distinct(hits: Sequence[protocol.Hit], worthwhile: float) -> list[protocol.ContextPlace]:
    scores: dict[tuple[str, int, int], float] = {}
    for hit in hits:
        scores.setdefault((hit.uri, hit.range.start.line, hit.range.end.line), hit.score)
    return [protocol.ContextPlace(*place, score >= worthwhile) for place, score in scores.items()]


def _place(ls: Session, place: protocol.ContextPlace, exact: bool) -> Place:
    if place.end_line < place.start_line or place.start_line < 0:
        raise UsageError("A place ends before it begins.")
    document = ls.documents.get(place.uri)
    file = ls.folders.resolve(place.uri)
    if document is None and file is None:
        raise UsageError(f"{place.uri} is not open, and no file of this workspace.")
    path = file.path if file else RelativePath(place.uri.rpartition("/")[2])
    several = file is not None and len(ls.folders.local()) > 1
    return Place(
        root=(file.folder.path or file.folder.real_path) if file else "",
        path=path,
        start_line=place.start_line + 1,
        end_line=place.end_line + 1,
        shown=f"{file.folder.name}/{path}" if file and several else path,
        text="\n".join(document.lines) if document else None,
        encoding=ls.settings_of(place.uri).files_encoding,
        chosen=place.chosen,
        exact=exact,
        first=place.first,
        language=document.language_id if document and is_cell(place.uri) else "",
    )


def _result(asked: _Asked, packed: PackedContext) -> protocol.ContextResult:
    """The answer; places in one definition are one piece of it."""
    pieces: dict[tuple[str, Span], protocol.ContextPiece] = {}
    for place, piece in zip(asked.places, packed.pieces, strict=True):
        if not piece.tokens:
            continue
        of_piece = protocol.ContextPlace(
            place.uri, piece.start_line - 1, piece.end_line - 1, place.chosen, place.first
        )
        pieces.setdefault(
            (place.uri, Span(piece.start_line, piece.end_line)),
            protocol.ContextPiece(of_piece, piece.name, piece.tokens, piece.shown.value, piece.shown_tokens),
        )
    return protocol.ContextResult(
        packed.text,
        packed.tokens,
        packed.tokenizer,
        list(pieces.values()),
        packed.here,
        list(asked.notices),
        asked.weak,
    )
