"""The text of open documents, with the editor's lines and columns.

Only "\\n", "\\r\\n" and "\\r" end a line, and columns count UTF-16 units, as the protocol requires: a form
feed or an emoji must not shift an edit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from lsprotocol import types as lsp

from semlens.lsp.session.folders import path_key, path_of

_LINE_END = re.compile(r"\r\n|\r|\n")
_PIECE = 1 << 16
"""Characters in which line ends are counted at once: a file of some megabytes is edited at its end, too."""


@dataclass(frozen=True, slots=True)
class Document:
    """One open document at one version."""

    uri: str
    language_id: str
    version: int
    text: str

    @property
    def lines(self) -> list[str]:
        """The lines without their ends; at least one."""
        return split_lines(self.text)

    def changed(self, version: int, changes: Sequence[lsp.TextDocumentContentChangeEvent]) -> Document:
        """This document after `changes`, applied in order."""
        text = self.text
        for change in changes:
            text = _apply(text, change)
        return replace(self, version=version, text=text)


class Documents:
    """The documents that are open in the editor, found by any spelling of their URI."""

    def __init__(self) -> None:
        self._open: dict[str, Document] = {}

    def open(self, document: Document) -> None:
        self._open[_key(document.uri)] = document

    def change(self, uri: str, version: int, changes: Sequence[lsp.TextDocumentContentChangeEvent]) -> None:
        document = self._open.get(_key(uri))
        if document is not None:
            self._open[_key(uri)] = document.changed(version, changes)

    def close(self, uri: str) -> None:
        self._open.pop(_key(uri), None)

    def get(self, uri: str) -> Document | None:
        return self._open.get(_key(uri))

    def uris(self) -> list[str]:
        return [document.uri for document in self._open.values()]


def split_lines(text: str) -> list[str]:
    """The editor's lines, without their ends; at least one."""
    return _LINE_END.split(text)


def one_newline(text: str) -> str:
    """`text` with "\\n" between the editor's lines."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def utf16_length(text: str) -> int:
    """The length in UTF-16 units: two for each character beyond the basic plane."""
    return len(text) if text.isascii() else len(text) + sum(character > "\uffff" for character in text)


def text_in_range(text: str, start: tuple[int, int], end: tuple[int, int]) -> str:
    """The text between two positions (0-based line, UTF-16 column), with its line ends unchanged."""
    first, last = offset_of(text, *start), offset_of(text, *end)
    return text[first:last]


def offset_of(text: str, line: int, character: int) -> int:
    """The index in `text` of a 0-based line and a UTF-16 column, at most the end of the line or text."""
    start = _line_start(text, line)
    end_of_line = _LINE_END.search(text, start)
    end = end_of_line.start() if end_of_line else len(text)
    return start + _column(text[start:end], character)


def _line_start(text: str, line: int) -> int:
    """The index of the beginning of a 0-based line, or the length of the text."""
    if "\r" in text and text.count("\r") != text.count("\r\n"):
        ends = islice(_LINE_END.finditer(text), line - 1, None) if line else iter(())
        found = next(ends, None)
        return found.end() if found else len(text) if line else 0
    start, piece = 0, _PIECE
    while line and piece:  # jump over pieces that do not have the last of the line ends
        passed = text.count("\n", start, start + piece)
        if passed < line and start + piece < len(text):
            start, line = start + piece, line - passed
        else:
            piece //= 16
    for _ in range(line):
        end = text.find("\n", start)
        if end < 0:
            return len(text)
        start = end + 1
    return start


def _column(line: str, character: int) -> int:
    if line.isascii():
        return min(character, len(line))
    units = 0
    for index, letter in enumerate(line):
        if units >= character:
            return index
        units += 2 if letter > "\uffff" else 1
    return len(line)


def _apply(text: str, change: lsp.TextDocumentContentChangeEvent) -> str:
    if not isinstance(change, lsp.TextDocumentContentChangePartial):
        return change.text
    first = offset_of(text, change.range.start.line, change.range.start.character)
    is_empty = change.range.start == change.range.end  # typed, not replaced
    last = first if is_empty else offset_of(text, change.range.end.line, change.range.end.character)
    return text[: min(first, last)] + change.text + text[max(first, last) :]


def _key(uri: str) -> str:
    path = path_of(uri)
    return uri if path is None else path_key(path)
