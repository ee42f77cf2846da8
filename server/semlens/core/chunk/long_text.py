"""Cuts a text with a line that exceeds the model's window: a paragraph, a long string, data.

The best place for a cut is after a sentence or a statement, then after a space, then beside a punctuation
mark, and last inside a word. No cut falls inside one visible character.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain, islice

from semlens.core.chunk.line_tokenizer import LineTokenizer

MOST_PARTS = 64
"""Parts of one text: some 50 KB of prose. A line of a megabyte is data, of which the beginning is enough."""

_SMALLEST_PART = 0.4
"""Where it can be helped, a part is not smaller than this share of its fair size."""
_UNEVENNESS = 2.0
"""The penalty for a part of half or double its fair size, in steps of `_break_penalty`."""
_CHARACTERS_A_TOKEN = 16
"""A text cut by its tokens alone gets at most so many characters for each token."""

_WORDS = re.compile(r"\s*\S+\s*")
_RUNS = re.compile(r"(?:\w+|\W)\s*")
_CHARACTERS = re.compile(r"(?s).\s*")
_FINER = ((1 / 16, _RUNS), (1 / 4, _CHARACTERS))
"""(share of the window, pattern): the pattern splits larger fragments, code without spaces and then words."""
_SENTENCE = re.compile(r"(?:[.!?…][\"')\]”’»]*\s+|[。！？;；}]\s*|\n\s*)\Z")
_WORDLIKE = re.compile(r"\w")
_JOINER = "\u200d"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a text."""

    text: str
    embedded: str
    """The beginning of `text` that fits the window: all of it, except in the last of `MOST_PARTS`."""


def split_long_text(text: str, limit: int, tokenizer: LineTokenizer) -> list[Part]:
    """The parts of `text`, which together hold all of it. `embedded` of each fits `limit` tokens."""
    fragments, counts = _fragments(text, limit, tokenizer)
    totals = [0, *accumulate(counts)]
    found: list[Part] = []
    start = length = 0
    while start < len(fragments) and len(found) < MOST_PARTS:
        end = _part_end(fragments, totals, start, limit)
        part = "".join(fragments[start:end])
        while (embedded := _fitting_start(part, limit, tokenizer)) != part and end > start + 1:
            end -= 1  # A model may ignore a sign, and then reads the characters around it as one word.
            part = "".join(fragments[start:end])
        found.append(Part(part, embedded))
        start, length = end, length + len(part)
    return [*found[:-1], replace(found[-1], text=found[-1].text + text[length:])]


def _fragments(text: str, limit: int, tokenizer: LineTokenizer) -> tuple[list[str], Sequence[int]]:
    """The fragments between which `text` may be cut, each with the space after it, and their token counts.

    Nearly every fragment has a token, so no more fragments are made than the parts have tokens.
    """
    most = MOST_PARTS * limit
    fragments = [word[0] for word in islice(_WORDS.finditer(text), most)]
    counts = _token_counts(fragments, tokenizer)
    for share, pattern in _FINER:
        if max(counts) > share * limit:
            smaller = (
                _split_fragment(fragment, pattern) if count > share * limit else (fragment,)
                for fragment, count in zip(fragments, counts, strict=True)
            )
            fragments = list(islice(chain.from_iterable(smaller), most))
            counts = _token_counts(fragments, tokenizer)
    return fragments, counts


def _token_counts(fragments: Sequence[str], tokenizer: LineTokenizer) -> Sequence[int]:
    """The number of tokens of each fragment. A text has at most the sum of its fragments."""
    return tokenizer.line_tokens("\n".join(map(str.strip, fragments)))


def _split_fragment(fragment: str, pattern: re.Pattern[str]) -> Iterator[str]:
    """The matches of `pattern` in `fragment`, without a cut inside one visible character."""
    pending = ""
    for found in pattern.finditer(fragment):
        if pending and not _continues(pending[-1], found[0][0]):
            yield pending
            pending = ""
        pending += found[0]
    yield pending


def _continues(before: str, after: str) -> bool:
    """Whether two characters are one visible character: accents, joined emoji, a surrogate pair."""
    if after.isascii():
        return False
    return (
        unicodedata.category(after).startswith("M")
        or _JOINER in (before, after)
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or ("\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff")
    )


def _part_end(fragments: Sequence[str], totals: Sequence[int], start: int, limit: int) -> int:
    """The end of the part that begins at `start`: a good place for a cut, near a fair share of the tokens."""
    before = totals[start]
    left = totals[-1] - before
    if left <= limit:
        return len(fragments)
    fair = left / math.ceil(left / limit)
    most = bisect_right(totals, before + limit, start + 1) - 1
    if most <= start:
        return start + 1
    least = bisect_left(totals, before + _SMALLEST_PART * fair, start + 1)

    def penalty(end: int) -> float:
        return (
            _break_penalty(fragments[end - 1], fragments[end])
            + _UNEVENNESS * abs(totals[end] - before - fair) / fair
        )

    return min(range(min(least, most), most + 1), key=penalty)


def _break_penalty(before: str, after: str) -> int:
    """The penalty for a cut between two fragments, in steps."""
    if _SENTENCE.search(before):
        return 0
    if before[-1].isspace():
        return 1
    return 3 if _WORDLIKE.match(before[-1]) and _WORDLIKE.match(after[0]) else 2


def _fitting_start(text: str, limit: int, tokenizer: LineTokenizer) -> str:
    """The longest beginning of `text` that fits `limit` tokens, which is mostly all of it."""
    if sum(tokenizer.line_tokens(text)) <= limit:
        return text
    low, high = 0, min(len(text), limit * _CHARACTERS_A_TOKEN)
    while low < high:
        middle = (low + high + 1) // 2
        if sum(tokenizer.line_tokens(text[:middle])) <= limit:
            low = middle
        else:
            high = middle - 1
    return text[:low]
