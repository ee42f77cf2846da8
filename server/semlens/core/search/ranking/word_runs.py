"""Compare a query with chunks' texts word for word, as a message or a log line that was copied out of one.

Either a piece of the query stands in the text as it is, or its words stand in the text's strings in the same
order, with something else where placeholders were filled in.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from semlens.core.query.literal import LiteralText, placed_terms
from semlens.core.search.ranking.alignment import Alignment, align
from semlens.core.text.analyzer import code_terms
from semlens.core.text.numbers import plain_number
from semlens.core.text.words import UNSPACED

_SAME_CASE = 1.5
"""The factor for a piece that stands in the text in the same case."""
_FEW_WORDS = 0.7
"""The factor for a piece of one word or two, which may be a topic."""
_FILLED_IN = 0.7
"""The factor for a message whose placeholders were filled in."""
_LOW, _HIGH = 3.0, 6.0
"""The words in order plus those in order without a gap, times their share of the query: where they begin to
be evidence, and where they are as good as they get. Questions about code have 1 to 3, few have more."""
_STRING = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`[^`\n]*`")
_SPACE = re.compile(r"(?:\s|\\[nrt])+")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_NUMBER = re.compile(r"\b\d\w*")
_ESCAPED_QUOTE = re.compile(r"\\([\"'`])")


@dataclass(frozen=True, slots=True)
class LiteralMatch:
    """What of a query stands in one text."""

    piece: str
    """The weightiest piece of the query that stands there as it is, but for case and space; else empty."""
    bits: float
    """The weight of the piece's words, more if it stands there in the same case."""
    piece_share: float
    """The weight of the piece's words as a share of that of the query's words."""
    aligned: Alignment
    """The words that stand in order in the text's strings."""
    share: float
    """The weight of the aligned words as a share of that of the query's words, those filled in left out."""


def strengths(
    literal: LiteralText, texts: Mapping[int, str], weights: Mapping[str, float], once: float
) -> dict[int, float]:
    """How far each text speaks for being what the query has copied, from 0 to 1, by the texts' keys.

    Words count as evidence as they are rare, in full if together they are as rare as a word that stands in
    one chunk alone. A piece that stands in several of the texts counts less in each.

    :param weights: the weight of each of the query's terms in bits
    :param once: the weight of a word that stands in one chunk alone
    """
    matches = {key: match_words(literal, text, weights) for key, text in texts.items()}
    verbatim = _verbatim(matches, once)
    rest = 1.0 - max(verbatim.values(), default=0.0)
    in_strings = _in_strings(matches, once)
    return {key: max(verbatim[key], rest * in_strings[key]) for key in matches}


def match_words(literal: LiteralText, text: str, weights: Mapping[str, float]) -> LiteralMatch:
    """Compare a query with one text. `weights` has the weight of each of the query's terms in bits."""
    plain_text = _as_printed(text)
    lower = plain_text.lower()
    found = [
        (_bits(piece, weights) * _case_factor(piece, plain_text), piece)
        for piece in literal.pieces
        if _stands_in(piece.lower(), lower)
    ]
    bits, piece = max(found, default=(0.0, ""))
    strings = " ".join(match[0] for match in _STRING.finditer(text))
    aligned = align(literal.words, code_terms(strings), weights)
    plain = sum(weights[word.term] for word in literal.words if word.is_plain)
    total = sum(weights[word.term] for word in literal.words)
    piece_share = min(1.0, bits / total) if total else 0.0
    return LiteralMatch(piece, bits, piece_share, aligned, min(1.0, aligned.bits / plain) if plain else 0.0)


def _verbatim(matches: Mapping[int, LiteralMatch], once: float) -> dict[int, float]:
    """How far each text has a piece of the query as it is."""
    best = max((match.bits for match in matches.values()), default=0.0) or 1.0
    texts_with = Counter(match.piece for match in matches.values())
    found = {}
    for key, match in matches.items():
        few = _FEW_WORDS * match.piece_share if len(placed_terms(match.piece)) < 3 else 1.0
        rarity = min(1.0, match.bits / once) / math.sqrt(texts_with[match.piece])
        found[key] = few * rarity * (match.bits / best) ** 2
    return found


def _in_strings(matches: Mapping[int, LiteralMatch], once: float) -> dict[int, float]:
    """How far each text has the query's words in the order of the query in its strings."""
    best = max((match.aligned.bits for match in matches.values()), default=0.0) or 1.0
    found = {}
    for key, match in matches.items():
        evidence = match.share * (match.aligned.words + match.aligned.run)
        part = min(1.0, max(0.0, (evidence - _LOW) / (_HIGH - _LOW)))
        rarity = min(1.0, match.aligned.bits / once)
        found[key] = _FILLED_IN * part * rarity * (match.aligned.bits / best) ** 4
    return found


def _bits(piece: str, weights: Mapping[str, float]) -> float:
    return sum(weights.get(word.term, 0.0) for word in placed_terms(piece))


def holds(text: str, pieces: Sequence[str]) -> bool:
    """Whether every one of `pieces` stands in `text`, but for case and space."""
    lower = _as_printed(text).lower()
    return all(_stands_in(piece.lower(), lower) for piece in pieces)


def _case_factor(piece: str, text: str) -> float:
    return _SAME_CASE if _stands_in(piece, text) else 1.0


def _as_printed(text: str) -> str:
    """`text` with one space for each run of space, and without the escapes of strings."""
    return _ESCAPED_QUOTE.sub(r"\1", _SPACE.sub(" ", text))


def _stands_in(piece: str, text: str) -> bool:
    """Whether `piece` stands in `text`, and neither begins nor ends within a word.

    A number stands there in any spelling.
    """
    wanted = _as_printed(piece).strip()
    number = plain_number(wanted.lower())
    if number is not None:
        return any(plain_number(word.lower()) == number for word in _NUMBER.findall(text))
    if not wanted or wanted not in text:
        return False
    before = r"(?<!\w)" if _ends_a_word(wanted[0]) else ""
    after = r"(?!\w)" if _ends_a_word(wanted[-1]) else ""
    return re.search(f"{before}{re.escape(wanted)}{after}", text) is not None


def _ends_a_word(character: str) -> bool:
    """Whether no letter follows where a word ends with `character`."""
    return character.isalnum() and _UNSPACED.match(character) is None
