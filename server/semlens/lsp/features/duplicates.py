"""Near copies, where they are in the editor."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from semlens.core.files.source import indexed_text
from semlens.core.text.comment_lines import looks_like_comment
from semlens.errors import UsageError
from semlens.lsp.features.search import MAX_LIMIT, text_of
from semlens.lsp.session.documents import split_lines, utf16_length
from semlens.lsp.session.engine import ask_engine
from semlens.lsp.session.folders import WorkspaceFolder
from semlens.protocol import editor as protocol
from semlens.protocol.engine import CopyGroup, CopyPlace, Duplicates

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session

DUPLICATES_SECONDS = 120.0
"""The most time for the pairs of a folder's definitions: twenty thousand take a few seconds."""


async def duplicates(ls: Session, params: protocol.DuplicatesParams) -> protocol.DuplicatesResult:
    """The groups of near copies, those with the most repeated lines first. Raises `SemlensError`."""
    if params.limit < 1:
        raise UsageError("`limit` must be at least 1.")
    limit = min(params.limit, MAX_LIMIT)
    found: list[tuple[WorkspaceFolder, CopyGroup]] = []
    total, repeated, coverage, files = 0, 0, 1.0, 0
    for folder in await ls.attachments.ready(ls.protocol, params.folders):
        request = Duplicates(folder.real_path, limit=limit)
        answer = await ask_engine(ls.engine, request, DUPLICATES_SECONDS)
        found += [(folder, group) for group in answer.groups]
        total += answer.total
        repeated += answer.repeated_lines
        coverage = min(coverage, answer.coverage.instant)
        files += answer.coverage.files
    found.sort(key=lambda one: -one[1].repeated_lines)
    groups = await asyncio.to_thread(_located, ls, found[:limit])
    return protocol.DuplicatesResult(groups, total, repeated, coverage, files)


def _located(ls: Session, found: Sequence[tuple[WorkspaceFolder, CopyGroup]]) -> list[protocol.NearCopyGroup]:
    """The groups in the editor's places. Each file is read once."""
    known: dict[str, list[str]] = {}
    groups = []
    for folder, group in found:
        copies = []
        for place in group.places:
            uri = folder.file_uri(place.path)
            if uri not in known:
                known[uri] = _lines(ls, uri, place)
            copies.append(_copy(uri, place, known[uri]))
        groups.append(protocol.NearCopyGroup(copies, group.similarity, group.repeated_lines))
    return groups


def _lines(ls: Session, uri: str, place: CopyPlace) -> list[str]:
    """The lines of a file as the index shows them; none if it cannot be read."""
    try:
        return split_lines(indexed_text(place.path, text_of(ls, uri)))
    except UsageError:
        return []


def _copy(uri: str, place: CopyPlace, lines: Sequence[str]) -> protocol.NearCopy:
    first, last = place.start_line - 1, place.end_line - 1
    code = lines[first : last + 1]
    named = _naming_row(code, place.name.split(".")[-1])
    end = utf16_length(code[-1]) if len(code) == last - first + 1 else 0
    return protocol.NearCopy(
        uri=uri,
        range=protocol.Range(protocol.Position(first, 0), protocol.Position(last, end)),
        name=place.name,
        kind=place.kind,
        line=first + named,
        text=code[named] if code else "",
        whole=place.whole,
    )


def _naming_row(code: Sequence[str], name: str) -> int:
    """The row of the line that defines `name`, behind its comments and decorators; else the first row."""
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    rows = (row for row, text in enumerate(code) if word.search(text) and not looks_like_comment(text))
    return next(rows, 0) if name else 0
