"""The words in an SVG image: titles, descriptions and texts. Nothing in it is run, fetched or expanded."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final
from xml.parsers import expat

from semlens.core.files.masking import without_secrets

MOST_CHARACTERS: Final = 4_000
"""Of the words of one image; a drawing of a whole city's streets has more, and they say no more."""

_SAID: Final = frozenset({"title", "desc", "text", "foreignObject"})
"""Elements whose text people read; a diagram's HTML labels stand in `foreignObject`."""
_SILENT: Final = frozenset({"script", "style", "metadata"})
_LABELS: Final = ("aria-label", "alt")
_SEPARATOR: Final = "}"
"""Between a namespace and a name."""


class NotSvgError(Exception):
    """The file is no SVG image."""


def svg_words(data: bytes) -> tuple[str, ...]:
    """The texts in an SVG file, each once, in their order, as far as it can be read.

    A file with entities of its own is read up to their declaration, as they can be made to fill the memory.
    Raises `NotSvgError` if the file has no `svg` element at its top.
    """
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.EntityDeclHandler = _refuse
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    with suppress(expat.ExpatError, _Enough, ValueError, LookupError):  # what stands before is the image's
        parser.Parse(data, True)
    if not reader.is_svg and not reader.declares_entities(data):
        raise NotSvgError
    return tuple(dict.fromkeys(map(without_secrets, reader.found)))


class _Enough(Exception):
    """No more is read."""


def _refuse(*_: Any) -> None:
    raise _Enough


class _Reader:
    """Collects texts while the parser goes through the file."""

    def __init__(self) -> None:
        self.is_svg = False
        self.found: list[str] = []
        self._depth = 0
        self._said: int | None = None
        """The depth of the element whose text is being read."""
        self._silent: int | None = None
        self._parts: list[str] = []
        self._size = 0
        """Characters of `_parts`."""
        self._left = MOST_CHARACTERS

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(_SEPARATOR)[2]
        if self._depth == 0:
            if local != "svg":
                raise _Enough
            self.is_svg = True
        self._depth += 1
        if local in _SILENT and self._silent is None:
            self._silent = self._depth
        if local in _SAID and self._said is None:
            self._said = self._depth
        elif self._said is not None:
            self._parts.append(" ")
        for label in _LABELS:
            if label in attributes and self._silent is None:
                self._add(attributes[label])

    def end(self, name: str) -> None:
        if self._depth == self._said:
            self._said = None
            self._flush()
        if self._depth == self._silent:
            self._silent = None
        self._depth -= 1

    def text(self, text: str) -> None:
        if self._said is not None and self._silent is None:
            self._parts.append(text)
            self._size += len(text)
            if self._size > MOST_CHARACTERS:
                self._flush()

    def declares_entities(self, data: bytes) -> bool:
        """Whether a file that was not read to its top element may be an SVG image all the same."""
        return self._depth == 0 and b"<!DOCTYPE svg" in data[:4_000] and b"<!ENTITY" in data

    def _flush(self) -> None:
        text, self._parts, self._size = "".join(self._parts), [], 0
        self._add(text)

    def _add(self, text: str) -> None:
        said = " ".join(text.split())[: self._left]
        if any(map(str.isalnum, said)):
            self.found.append(said)
            self._left -= len(said)
        if self._left <= 0:
            raise _Enough
