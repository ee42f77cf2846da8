"""Tell the encoding of a text by how likely the text is that each encoding makes of its bytes.

Each character beyond ASCII costs bits: few for one that is common where the encoding is used, many for
one that hardly ever stands there, such as a Greek letter in a Latin word or a sign between two letters.
The letters of Latin script are common in languages, not in encodings: they cost what they cost in the
one language that fits the whole text best. The encoding whose text costs least wins. All of them must
decode every byte.

Of files whose comments are translated messages of programs (33 languages, 27 encodings) it reads 87 of 100
with one comment as they were written, 99 with four or more. Libraries for web pages, such as
charset-normalizer 3.5, expect much more text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from itertools import chain
from typing import NamedTuple

from semlens.core.files.decoding.alphabets import (
    ARABIC,
    BALTIC,
    CENTRAL,
    CYRILLIC,
    GREEK,
    HAN_SIMPLE,
    HAN_TRADITIONAL,
    HEBREW,
    THAI,
    TURKISH,
    WEST,
)

_SAMPLE_BYTES = 6_000
"""Of lines with bytes beyond ASCII: more changes no answer."""

_REMEMBERED = 8_192
"""Costs of characters in their places that one encoding keeps."""

_THRICE = 8
"""The bits of a letter between two equal ones: no word has it, lines of boxes that are read wrongly do."""
_DRAWING = frozenset(("cp850", "cp852", "cp866"))
"""The encodings of DOS, in which people drew boxes. All have the same lines at the same places."""
_LINES, _WALLS = frozenset("─═"), frozenset("│║")
"""Parts of boxes that run on, and those that stand alone in a line of text."""
_PUNCTUATION = frozenset("“”„’‘–—…«»°±²³µªº×÷©®·§€™\xa0")
_WITHIN_WORDS = frozenset("’‘·–—\xad")
"""Signs that stand between two letters."""
_WORDS = frozenset("àèéêóòôåöøíáőÀÈÉ")
"""Letters that are a word in some language."""
_WIDE_PUNCTUATION = frozenset("、。，：；！？（）「」『』“”《》【】・ー…—　〜～")

_PLAIN_VOWELS = frozenset((0, 1, 4, 5, 6, 8, 13, 18, 20))
_PLAIN_FINALS = frozenset((0, 1, 4, 8, 16, 17, 20, 21))
_TENSE_INITIALS = frozenset((1, 4, 8, 10, 13, 15))
"""Parts of Hangul syllables, by their numbers in Unicode: with the others a syllable is rare."""


class Script(NamedTuple):
    """How likely the characters of one encoding are."""

    costs: tuple[Callable[[str, str, str], float], ...]
    """The bits of a character between two others, in each language: a text is in one of them."""
    prior: float
    """The bits of meeting this encoding at all."""


def detect(data: bytes) -> str | None:
    """The codec that decodes all of `data`, which is not UTF-8, to the likeliest text; None if none does."""
    if b"\x1b$" in data or b"\x1b(" in data:
        escaped = [codec for codec in ("iso2022_jp_2", "iso2022_kr") if _decodes(data, codec)]
        if escaped:
            return escaped[0]
    sample = _sample(data)
    costs = {codec: _cost(sample, codec, script) for codec, script in _scripts().items()}
    likeliest = sorted((cost, codec) for codec, cost in costs.items() if cost is not None)
    return next((codec for _, codec in likeliest if _decodes(data, codec)), None)


def _sample(data: bytes) -> bytes:
    """The first lines that are not ASCII."""
    lines: list[bytes] = []
    size = 0
    for line in data.splitlines():
        if not line.isascii():
            lines.append(line[:_SAMPLE_BYTES])
            size += len(line)
            if size > _SAMPLE_BYTES:
                break
    return b"\n".join(lines)


def _decodes(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _cost(sample: bytes, codec: str, script: Script) -> float | None:
    """The bits of a sample's text; None if the codec does not decode it."""
    try:
        text = sample.decode(codec)
    except UnicodeDecodeError as error:
        if error.end < len(sample) - 4 or len(sample) < _SAMPLE_BYTES:
            return None
        text = sample[: error.start].decode(codec)  # A long line was cut within a character.
    text = f" {text} "
    beyond = [(mark, text[at - 1], text[at + 1]) for at, mark in enumerate(text) if mark > "\x7f"]
    repeated = sum(before == mark == behind and _is_letter(mark) for mark, before, behind in beyond)
    drawn = [place for place in beyond if _is_drawn(place[0])] if codec in _DRAWING else []
    if drawn:
        beyond = [place for place in beyond if not _is_drawn(place[0])]
    bits = script.prior + _THRICE * repeated + sum(_of_drawing(*place) for place in drawn)
    return bits + min(sum(cost(*place) for place in beyond) for cost in script.costs)


@cache
def _scripts() -> Mapping[str, Script]:
    """By codec."""
    east = {
        "cp932": Script((_east(_level("euc_jp", 0xB0, 0xCF), kana=5),), 0),
        "euc_jp": Script((_east(_level("euc_jp", 0xB0, 0xCF), kana=5),), 1),
        "gb18030": Script((_east(_level("gb2312", 0xB0, 0xD7), HAN_SIMPLE),), 0),
        "big5hkscs": Script((_east(_level("big5", 0xA4, 0xC6), HAN_TRADITIONAL),), 0),
        "cp949": Script((_east(_level("euc_kr", 0xB0, 0xC8), hangul=True),), 0),
    }
    latin = {
        "cp1252": (WEST, 0),
        "cp1250": (CENTRAL, 0.75),
        "iso8859_2": (CENTRAL, 1.5),
        "cp1254": (TURKISH, 0.5),
        "cp1257": (BALTIC, 2),
        "cp850": (WEST, 3),
        "cp852": (CENTRAL, 4),
        "mac_roman": (WEST, 4),
    }
    others = {
        **dict.fromkeys(("cp1251", "koi8_u", "cp866", "iso8859_5", "mac_cyrillic"), CYRILLIC),
        "cp1253": GREEK,
        "cp1255": HEBREW,
        "cp1256": ARABIC,
        "cp874": THAI,
    }
    rarer = {"cp1251": 0.0, "koi8_u": 1, "cp866": 1, "mac_cyrillic": 4}
    return {
        **east,
        **{
            codec: Script(tuple(map(_latin, alphabets)), prior) for codec, (alphabets, prior) in latin.items()
        },
        **{codec: Script((_other(letters),), rarer.get(codec, 2)) for codec, letters in others.items()},
    }


def _level(codec: str, first: int, last: int) -> frozenset[str]:
    """The characters of a standard's first level, which holds the common ones, by their first byte."""
    pairs = (bytes((one, two)) for one in range(first, last + 1) for two in range(0x40, 0xFF))
    return frozenset(chain.from_iterable(pair.decode(codec, "ignore") for pair in pairs)) - _ASCII


_ASCII = frozenset(map(chr, range(128)))


def _east(
    level: frozenset[str], frequent: frozenset[str] = frozenset(), kana: float = 14, hangul: bool = False
) -> Callable[[str, str, str], float]:
    """The cost of a character in an encoding of Chinese, Japanese or Korean."""

    def cost(mark: str, before: str, behind: str) -> float:
        within_latin = 4.0 * (_is_ascii_letter(before) + _is_ascii_letter(behind))
        if mark in _WIDE_PUNCTUATION:
            return 5
        code = ord(mark)
        if 0x3040 <= code < 0x3100:
            return kana
        if 0xAC00 <= code < 0xD7A4:
            return within_latin + (_of_syllable(code) + (1 if mark in level else 8) if hangul else 16)
        if 0x4E00 <= code < 0xA000:
            if hangul:
                return within_latin + 16
            return within_latin + (6.5 if mark in frequent else 9.5 if mark in level else 15)
        if 0xFF01 <= code < 0xFFA0:
            return within_latin + (10 if code < 0xFF61 else 11)  # wide ASCII; half-width katakana
        return 18

    return cost


def _of_syllable(code: int) -> float:
    initial, rest = divmod(code - 0xAC00, 588)
    vowel, final = divmod(rest, 28)
    rare = 2.5 * (vowel not in _PLAIN_VOWELS) + 3.5 * (final not in _PLAIN_FINALS)
    return 6 + rare + 2.5 * (initial in _TENSE_INITIALS)


@cache
def _latin(letters: str) -> Callable[[str, str, str], float]:
    """The cost of a character in a language of Latin script that has these letters beyond ASCII."""

    @lru_cache(maxsize=_REMEMBERED)
    def cost(mark: str, before: str, behind: str) -> float:
        if not _is_letter(mark):
            return _of_symbol(mark, before, behind)
        if mark >= "\u0250":
            return 20
        lower = mark.lower()
        bits = 3.0 * (before > "\x7f" and before.isalpha())
        if mark != lower:
            bits += _of_case(before)
        elif behind.isupper():
            bits += 6
        if not before.isalpha() and not behind.isalpha() and mark not in _WORDS:
            bits += 2
        place = letters.find(lower)
        return bits + (min(6 + place / 4, 8) if place >= 0 else 12)

    return cost


def _other(letters: str) -> Callable[[str, str, str], float]:
    """The cost of a character in an encoding of another alphabet, which has these letters."""

    @lru_cache(maxsize=_REMEMBERED)
    def cost(mark: str, before: str, behind: str) -> float:
        if not _is_letter(mark):
            return _of_symbol(mark, before, behind)
        lower = mark.lower()
        bits = _of_place(letters.find(lower), (3.5, 4.5, 6)) + (_of_case(before) if mark != lower else 0)
        alone = not _is_foreign(before) and not _is_foreign(behind)
        return bits + 6 * (_is_ascii_letter(before) + _is_ascii_letter(behind) + alone)

    return cost


def _of_place(place: int, bits: tuple[float, float, float]) -> float:
    """The bits of the letter that is the nth most common; -1 is one that is not used."""
    if place < 0:
        return 12
    return bits[0] if place < 8 else bits[1] if place < 16 else bits[2]


def _of_symbol(mark: str, before: str, behind: str) -> float:
    """The bits of a character that is no letter: many within a word, where another encoding has a letter."""
    if unicodedata.category(mark) in ("Cc", "Co", "Cn"):
        return 20
    within = before.isalpha() and behind.isalpha() and mark not in _WITHIN_WORDS
    return (8 if mark in _PUNCTUATION else 12) + 8 * within


def _is_drawn(mark: str) -> bool:
    """Whether a character draws a part of a box or a bar."""
    return "\u2500" <= mark < "\u25a0"


def _of_drawing(mark: str, before: str, behind: str) -> float:
    """The bits of a part of a box: few in a line of equal ones and at its end, where no letter stands."""
    beside = (before, behind)
    if mark in beside:
        bits = 2.0
    elif _LINES.intersection(beside):
        bits = 5
    else:
        bits = 6 if mark in _WALLS and before.isspace() and behind.isspace() else 12
    return bits + 8 * (before.isalpha() + behind.isalpha())


def _of_case(before: str) -> float:
    """The bits of a capital: few where a word begins, many after a small letter."""
    return 2 if not before.isalpha() else 3 if before.isupper() else 8


def _is_letter(mark: str) -> bool:
    """Whether a character is a part of words; Thai writes vowels and tones as marks."""
    return (mark.isalpha() and mark not in _PUNCTUATION) or "\u0e30" <= mark < "\u0e50"


def _is_foreign(mark: str) -> bool:
    """Whether a character is a letter that is not Latin."""
    return mark >= "\u0370" and _is_letter(mark)


def _is_ascii_letter(mark: str) -> bool:
    return mark.isascii() and mark.isalpha()
