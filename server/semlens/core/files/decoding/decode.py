"""Decode a file: by its mark, as UTF-8, as it or its workspace declares, or by what its text looks like."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final, NamedTuple

from semlens.core.files.decoding.declared import declared_names
from semlens.core.files.decoding.detect import detect
from semlens.core.files.decoding.names import codecs_named

DECODING_VERSION: Final = 2
"""Raise it when the same bytes become another text: every index then reads its files again."""

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_CONTROLS = bytes({*range(32), 127} - {*b"\t\n\f\r\x1a\x1b"})
"""Bytes that no text has; an old editor of DOS ends one with 0x1A."""

_FEW_CONTROLS = 2
"""Control characters that a text of any length may hold, if NUL is none of them."""
_MOST_CONTROLS = 20
"""Data with more than one control character in so many bytes is not text; with NULs among them, in ten times
as many."""

_FEWEST_ASCII = 12
"""One of so many characters of code is ASCII at least, whatever script its comments are in."""

_NOT_LEADING = bytes(range(0xC0))
"""All bytes but those with which a character beyond ASCII begins in UTF-8."""

_BROKEN = re.compile(r"[\udc80-\udcff]")
_BEYOND_ASCII = re.compile(r"[^\0-\x7f]")

_SURE_UTF8 = 4
"""So many characters are not valid UTF-8 by chance: a declaration that says otherwise is wrong."""

_MOST_BROKEN = 4
"""UTF-8 with fewer broken bytes than one in so many characters beyond ASCII is UTF-8 that was damaged."""


class Decoded(NamedTuple):
    """A text with the newlines of its file, and how it was decoded."""

    text: str
    codec: str
    """A codec's name; "utf-8" for ASCII too."""


def decode(data: bytes, named: Callable[[], Iterator[str]] = lambda: iter(())) -> Decoded | None:
    """The text of `data`; None if it is not text.

    :param named: gives the encodings that the workspace names for the file, the likeliest first. It is
        asked only if the data itself leaves a doubt.
    """
    for mark, codec in _MARKS:
        if data.startswith(mark):
            marked = Decoded(data[len(mark) :].decode(codec, "replace"), codec)
            return marked if marked.text.count("\ufffd") * _MOST_CONTROLS <= len(marked.text) else None
    if b"\0" in data and (wide := _without_mark(data)) is not None:
        return wide
    if _is_binary(data):
        return None
    data = data.replace(b"\0", b" ")
    plain = _strictly(data, "utf-8")
    beyond = 0 if data.isascii() else len(data.translate(None, _NOT_LEADING))
    if plain is not None and (beyond >= _SURE_UTF8 or (not beyond and b"\x1b" not in data)):
        return plain
    names = chain(declared_names(data), named())
    for codec in (codec for name in names for codec in codecs_named(name) if not codec.startswith("utf")):
        declared = _strictly(data, codec)
        if declared is not None:
            return declared
    return _detected(data, plain, beyond)


def _detected(data: bytes, plain: Decoded | None, beyond: int) -> Decoded:
    """The text of `data`, which does not say how it is encoded; `plain` is its text if it may be UTF-8."""
    if plain is not None and (beyond or b"\x1b" not in data):
        return plain
    if plain is None and _is_damaged_utf8(data):
        return Decoded(data.decode("utf-8", "replace"), "utf-8")
    likeliest = detect(data)
    if likeliest is None:
        return plain or Decoded(data.decode("cp1252", "replace"), "cp1252")
    return Decoded(data.decode(likeliest, "replace"), likeliest)


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether nearly all of the characters beyond ASCII are UTF-8, in data that is not."""
    text = data.decode("utf-8", "surrogateescape")
    broken = len(_BROKEN.findall(text))
    return len(_BEYOND_ASCII.findall(text)) - broken > _MOST_BROKEN * broken


def _strictly(data: bytes, codec: str) -> Decoded | None:
    try:
        return Decoded(data.decode(codec), codec)
    except UnicodeDecodeError:
        return None


def _is_binary(data: bytes) -> bool:
    controls = len(data) - len(data.translate(None, _CONTROLS))
    if b"\0" in data:
        return controls * _MOST_CONTROLS * 10 > len(data)
    return (controls - _FEW_CONTROLS) * _MOST_CONTROLS > len(data)


def _without_mark(data: bytes) -> Decoded | None:
    """UTF-16 without a byte order mark: ASCII has a NUL in every other byte. None if it is not that.

    In a text of another script few characters are ASCII, but all are characters that Unicode has.
    """
    if len(data) % 2 or len(data) < 4:
        return None
    for codec, nuls, others in (("utf-16-le", data[1::2], data[::2]), ("utf-16-be", data[::2], data[1::2])):
        ascii_alone = nuls.count(0) * 2 > len(nuls) and not others.count(0)
        if ascii_alone or nuls.count(0) * _FEWEST_ASCII > len(nuls) > others.count(0) * _MOST_CONTROLS:
            found = _strictly(data, codec)
            if found is None or _is_binary(found.text.encode("utf-8")):
                continue
            if ascii_alone or not any(map(_is_in_no_text, found.text)):
                return found
    return None


def _is_in_no_text(mark: str) -> bool:
    """Whether a character is a control, or none of Unicode's."""
    return unicodedata.category(mark) in ("Cn", "Co") or (mark < "\x80" and ord(mark) in _CONTROLS)
