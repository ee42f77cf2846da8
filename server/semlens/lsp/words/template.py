"""A template: an English text with placeholders, and its translation. Pure functions on texts."""

from __future__ import annotations

import re
from collections.abc import Sequence

_PLACEHOLDER = re.compile(r"\{\d\}")
_NUMBER = re.compile(r"(?:< )?\d[\d,]*(?:\.\d+)?%?")
_EXAMPLE = re.compile(r"1(.?)234(.)5(.*)")
_WORD = re.compile(r"[^\W\d_]+")


class Template:
    """Finds the values of an English text, and puts them into the translation."""

    def __init__(self, english: str, translation: str) -> None:
        literals = _PLACEHOLDER.split(english)
        self._pattern = re.compile("(.+?)".join(map(re.escape, literals)), re.DOTALL)
        self._order = [int(mark[1]) for mark in _PLACEHOLDER.findall(english)]
        self._translation = translation
        words = _WORD.findall(" ".join(literals))
        self._of_numbers = bool(words) and len([word for word in words if word != "of"]) <= 1
        """A single word, such as in "{0} of {1} files", says too little to take any text for a value."""
        self.first_word = literals[0].split(" ", 1)[0] if " " in literals[0] else ""
        """Empty if a placeholder stands in it."""

    def parts(self, text: str) -> Sequence[str] | None:
        """The values, if the text is made from this template; None otherwise."""
        match = self._pattern.fullmatch(text)
        if match is None or (self._of_numbers and not all(map(_NUMBER.fullmatch, match.groups()))):
            return None
        return match.groups()

    def filled(self, values: Sequence[str]) -> str:
        """The translation with these values, which are in the order of the English text."""
        by_number = dict(zip(self._order, values, strict=True))
        return _PLACEHOLDER.sub(lambda mark: by_number[int(mark[0][1])], self._translation)


def number(text: str, example: str) -> str | None:
    """A number as a language writes it, by its form of 1,234.5%; None if the text is no number."""
    signs = _EXAMPLE.fullmatch(example)
    if signs is None or not _NUMBER.fullmatch(text):
        return None
    group, decimal, percent = signs.groups()
    whole = text.removesuffix("%").translate(str.maketrans({",": group, ".": decimal}))
    return whole + percent if text.endswith("%") else whole
