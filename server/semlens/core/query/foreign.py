"""Read questions in other languages: the words that programs are about have English ones beside them.

The models read English, and so do most programs. A table of some 170 notions helps over the worst; names
and all words that it does not know pass through. An English question is never touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final

from semlens.core.text.words import composed

_LANGUAGES: Final = ("de", "es", "fr", "pt", "it", "ru", "zh", "ja", "ko")
"""The columns of the table after English."""

_ENGLISH: Final = "en"
_BY_SCRIPT: Final = frozenset({"ru", "zh", "ja", "ko"})
"""Languages that their letters tell."""
_UNSPACED: Final = frozenset({"zh", "ja", "ko"})
"""Languages whose words are found within others: they are not parted by spaces, or have endings attached."""

_WORD = re.compile(r"[^\W\d_]+(?:'(?=\w))?|\S")
_NAME = re.compile(r"\w*(?:[_\d]|[^\W\d_]*[a-z][A-Z])\w*")
"""A word that programs write and people do not."""

_HAN, _KANA, _HANGUL, _CYRILLIC = map(
    re.compile, ("[\u3400-\u9fff]", "[\u3040-\u30ff]", "[\uac00-\ud7af]", "[\u0400-\u04ff]")
)
_OTHER_SCRIPT = re.compile(
    "[\u0370-\u03ff]{3}|[\u0530-\u058f\u0590-\u06ff\u0900-\u0dff\u0e00-\u0eff\u10a0-\u10ff\u1780-\u17ff]{2}"
)
"""Words in other scripts: Greek, whose single letters stand in formulas, then Armenian, Hebrew, Arabic, those
of India and Thailand, Georgian and Khmer."""
_ALIKE = 4
"""Letters that a word shares with an English one that may be the same."""
_LINKING = ("", "s", "es", "n", "en")
"""Between the parts of a German compound."""
_LEAST_PART = 4
"""Letters of a part of a compound."""


@dataclass(frozen=True, slots=True)
class Translation:
    """A question in another language, as far as the table knows its words."""

    language: str
    """By ISO 639; `und` for one that has no column in the table."""
    english: str
    """The English words, with names and unknown words as they were; the question itself if none is known."""
    knows_any: bool
    """Whether the table has any word of the question."""


def translate(text: str, is_in_code: Callable[[str], bool] = lambda word: False) -> Translation | None:
    """A question with English words in place of its own; None if it is English, code or a name.

    `is_in_code` tells whether a word stands in the searched code: such a word stays beside the English one.
    """
    text = composed(text)
    language = _language_of(text)
    if language is None:
        return Translation("und", text, False) if _OTHER_SCRIPT.search(text) else None
    table = _table()[language]
    pairs = list(_translated(text, language, table))
    found: list[str] = []
    for word, english in pairs:
        found += [word, *english] if not english or is_in_code(word) else english
    knows_any = any(english for _, english in pairs)
    return Translation(language, " ".join(dict.fromkeys(found)) if knows_any else text, knows_any)


def _language_of(text: str) -> str | None:
    """The language of a question; None for English, for a single name, and for what is in doubt."""
    if _HANGUL.search(text):
        return "ko"
    if _KANA.search(text):
        return "ja"
    if _HAN.search(text):
        return "zh"
    if _CYRILLIC.search(text):
        return "ru"
    words = [word.rstrip("'").lower() for word in _WORD.findall(text)]
    if len(words) < 2:
        return None
    table = _table()
    of_english = table[_ENGLISH].function_words
    known = {name: _known_words(words, table[name]) for name in _LANGUAGES if name not in _BY_SCRIPT}
    own = {name: _only_in(table[name].function_words, of_english, words) for name in known}
    left = {name: _only_in(of_english, table[name].function_words, words) for name in known}
    likeliest = max(known, key=lambda name: (known[name] + own[name] - left[name], known[name]))
    if own[likeliest] <= left[likeliest] > 0:  # Words with meaning are too alike: `part`, `terminal`.
        return None
    total = known[likeliest] + own[likeliest]
    if total > 2 or (total > 1 and known[likeliest]):
        return likeliest
    has_accents = any(not word.isascii() for word in words)
    return likeliest if has_accents and known[likeliest] else None


def _only_in(ours: frozenset[str], theirs: frozenset[str], words: list[str]) -> int:
    """The words that are function words of one language alone: `a` and `in` tell no language from another."""
    return sum(word in ours and word not in theirs for word in words)


def _known_words(words: list[str], column: _Column) -> int:
    """The words that the table has, but for those that may be English as well, such as `validation`."""
    english = {word[:_ALIKE] for word in _table()[_ENGLISH].words}
    return sum(
        bool(column.english_of(word))
        for word in words
        if word not in column.function_words and word[:_ALIKE] not in english
    )


def _translated(text: str, language: str, table: _Column) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The words of a question that carry meaning, each with its English words."""
    for phrase, english in table.phrases.items():
        if phrase in text.lower():
            yield phrase, english
            text = re.sub(re.escape(phrase), " ", text, flags=re.IGNORECASE)
    if language in _UNSPACED:
        yield from _within(text, table)
        return
    for word in _spaced_words(text, table):
        lower = word.lower()
        if _NAME.fullmatch(word):
            yield word, ()
        elif lower not in table.function_words:
            yield word, table.english_of_compound(lower) if language == "de" else table.english_of(lower)


def _spaced_words(text: str, table: _Column) -> Iterator[str]:
    """The words of a text with spaces. Parts of one with hyphens stay together if the table has them."""
    for whole in re.findall(r"\w+(?:-\w+)*", text):
        parts = whole.split("-")
        while parts:
            ends = (end for end in range(len(parts), 1, -1) if "-".join(parts[:end]).lower() in table.words)
            end = next(ends, 1)
            yield "-".join(parts[:end])
            del parts[:end]


def _within(text: str, table: _Column) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The known words in a text without spaces, the longest first; words in ASCII as they are."""
    at = 0
    while at < len(text):
        ascii_word = re.compile(r"[!-~]+").match(text, at)
        if ascii_word:
            yield ascii_word[0], ()
            at = ascii_word.end()
            continue
        word = next((word for word in table.by_first.get(text[at], ()) if text.startswith(word, at)), "")
        if word:
            yield word, table.words[word]
        at += len(word) or 1


@dataclass(slots=True)
class _Column:
    """The words of one language."""

    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stems: dict[str, tuple[str, ...]] = field(default_factory=dict)
    phrases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    function_words: frozenset[str] = frozenset()
    """The words that have no meaning of their own."""
    by_first: dict[str, list[str]] = field(default_factory=dict)
    """The words by their first character, the longest first."""

    def english_of(self, word: str) -> tuple[str, ...]:
        """The English words of a word, by its longest known stem; none if it is not known."""
        if word in self.words:
            return self.words[word]
        return next(
            (self.stems[word[:end]] for end in range(len(word), 1, -1) if word[:end] in self.stems), ()
        )

    def english_of_compound(self, word: str) -> tuple[str, ...]:
        """The same for a word that may be two in one."""
        for end in range(_LEAST_PART, len(word) - _LEAST_PART + 1):
            for link in _LINKING:
                first, rest = word[: end - len(link)], word[end:]
                if not word[:end].endswith(link) or len(first) < _LEAST_PART:
                    continue
                one = self.words.get(first) or self.stems.get(first)
                two = self.english_of(rest)
                if one and two:
                    return (*one, *two)
        return self.english_of(word)


@cache
def _table() -> Mapping[str, _Column]:
    """The words of each language."""
    text = (files("semlens.core.query") / "foreign_words.txt").read_text(encoding="utf-8")
    columns = {language: _Column() for language in (_ENGLISH, *_LANGUAGES)}
    for line in text.splitlines():
        language, colon, words = line.partition(":")
        if colon and language in columns:
            columns[language].function_words |= frozenset(words.split())
        elif line and not line.startswith("#"):
            english, *others = (cell.split() for cell in line.split("|"))
            columns[_ENGLISH].words.update((word, (word,)) for word in english)
            for language, cell in zip(_LANGUAGES, others, strict=True):
                _add(columns[language], cell, tuple(english))
    for column in columns.values():
        for word in sorted(column.words, key=len, reverse=True):
            column.by_first.setdefault(word[0], []).append(word)
    return columns


def _add(column: _Column, cell: list[str], english: tuple[str, ...]) -> None:
    for entry in cell:
        word = entry.rstrip("-").replace("_", " ")
        kind = column.stems if entry.endswith("-") else column.phrases if "_" in entry else column.words
        kind.setdefault(word, english)
