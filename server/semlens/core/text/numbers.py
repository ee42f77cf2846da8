"""One spelling for each number: without separators and type, and with its points.

`30_000`, `30'000` and `30000L` are one number to whoever searches for it; `1.20.3` is one number, not three.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

POINTED = re.compile(r"(?<![A-Za-uw-z0-9_.])v?(\d[\d_]*(?:[.']\d[\d_]*)+)", re.ASCII)
"""A number with points, such as a version or an address, or with quotes between its digits, as in C++."""
_POINTED_BYTES = re.compile(POINTED.pattern.encode())
_WHOLE = re.compile(r"(0x[0-9a-f_]+?|0[bo][0-7_]+|\d[\d_]*)(?:[ui](?:8|16|32|64|128|size)|[uln]{1,3})?", re.A)
_POINT, _QUOTE, _NEWLINE = b".'\n"


def plain_number(word: str) -> str | None:
    """A word of lower-case letters and digits without separators and type; None if it is no number.

    >>> plain_number("0xdead_beeful")
    '0xdeadbeef'
    """
    if not word[:1].isdigit():
        return None
    match = _WHOLE.fullmatch(word)
    return match and match[1].replace("_", "")


def pointed_numbers(text: str) -> list[str]:
    """The numbers of `text` that have points, or quotes as separators, in order."""
    return [_plain(match[1]) for match in POINTED.finditer(text)]


def pointed_numbers_with_offsets(raw: bytes) -> Iterator[tuple[int, str]]:
    """(offset, number) of the `pointed_numbers` of a text in UTF-8; as fast as the text has few of them."""
    data = np.frombuffer(raw, np.uint8)
    digits = (data >= ord("0")) & (data <= ord("9"))
    marks = (data[1:-1] == _POINT) | (data[1:-1] == _QUOTE)
    found = np.flatnonzero(marks & digits[:-2] & digits[2:]) + 1
    if not len(found):
        return
    ends = np.flatnonzero(data == _NEWLINE)
    lines: NDArray[np.intp] = np.unique(np.searchsorted(ends, found))
    for line in lines.tolist():
        start = int(ends[line - 1]) + 1 if line else 0
        end = int(ends[line]) if line < len(ends) else len(raw)
        for match in _POINTED_BYTES.finditer(raw, start, end):
            yield match.start(1), _plain(match[1].decode())


def _plain(number: str) -> str:
    return number.replace("'", "").replace("_", "")
