"""Sentences of the engine in the language of the editor, from a table of English templates.

The engine serves several programs at once, each of which may speak another language, and the terminal and
agents speak English. So its sentences are translated here, where they leave for an editor: a template's
placeholders are found in the sentence, and what stands in them is translated in its turn. What no template
fits stays English.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from semlens.lsp.words.shown import shown
from semlens.lsp.words.template import Template, number

LANGUAGES: Final = ("de", "zh-cn")
"""The names of the tables beside this module."""

NUMBERS: Final = "1,234.5%"
"""The entry of a table that shows how the language writes numbers."""
SENTENCES: Final = "{0} {1}"
END: Final = "{0}."
BRACKETS: Final = "{0} ({1})"
LIST: Final = "{0} and {1}"
SEPARATORS: Final = ("; ", ": ", ", ")
JOINS: Final = (SENTENCES, END, BRACKETS, LIST, *(f"{{0}}{sign}{{1}}" for sign in SEPARATORS))
"""Entries without words of their own: how a language joins texts."""

_BOUNDARY = re.compile(r"(?<=[.!?]) (?=[^\W_a-z]|`|“)")
_BRACKETS = re.compile(r"([^()]+) \(([^()]+)\)")
_LIST = re.compile(r"((?:“[^”]*”|[^\s,“]+)(?:, (?:“[^”]*”|[^\s,“]+))*) and (“[^”]*”|[^\s,“]+)")
_MOST_NESTED: Final = 6
_REMEMBERED: Final = 4_096
_LONGEST: Final = 2_000
"""Characters. A longer text is no sentence."""


class Words:
    """The texts of one language. English until a language is chosen."""

    def __init__(self) -> None:
        self._table: Mapping[str, str] = {}
        self._templates: Mapping[str, Sequence[Template]] = {}
        self._remembered = lru_cache(_REMEMBERED)(self._translated)

    def choose(self, locale: str | None) -> None:
        """Speak the language of a locale such as `de-AT`; English if there is no table for it."""
        name = language_of(locale)
        self._table = table(name) if name else {}
        templates: dict[str, list[Template]] = defaultdict(list)
        for english in sorted(self._table, key=len, reverse=True):
            if "{0}" in english and english not in JOINS:
                one = Template(english, self._table[english])
                templates[one.first_word].append(one)
        self._templates = templates
        self._remembered.cache_clear()

    def say(self, text: str) -> str:
        """A text of the engine in the language of the editor; as it is if no template fits."""
        return self._remembered(text) if self._table and text and len(text) <= _LONGEST else text

    def shown(self, value: Any) -> Any:
        """An answer with all texts that people read in the language of the editor."""
        return shown(value, self.say) if self._table else value

    def _translated(self, text: str, depth: int = 0) -> str:
        known = self._table.get(text) or number(text, self._table[NUMBERS])
        if known is not None or depth > _MOST_NESTED:
            return text if known is None else known
        if depth and (listed := _LIST.fullmatch(text)):
            return self._filled(LIST, [self._translated(one, depth + 1) for one in listed.groups()])
        for template in self._fitting(text):
            parts = template.parts(text)
            if parts is not None and not any(map(_BOUNDARY.search, parts)):
                return template.filled([self._translated(part, depth + 1) for part in parts])
        sentences = _BOUNDARY.split(text, maxsplit=1)
        if sentences[1:]:
            said = [self._translated(one, depth + 1) for one in sentences]
            return text if said == sentences else self._filled(SENTENCES, said)
        return self._from_parts(text, depth)

    def _fitting(self, text: str) -> Iterator[Template]:
        """The templates that may fit, the longest first; those that begin with a placeholder are last."""
        yield from self._templates.get(text.split(" ", 1)[0], ())
        yield from self._templates.get("", ())

    def _from_parts(self, text: str, depth: int) -> str:
        """A text that joins others: translated if at least one of them is, best where all are."""
        partly = text
        for join, parts in _ways_to_part(text):
            said = [self._translated(part, depth + 1) for part in parts]
            worded = [pair for pair in zip(said, parts, strict=True) if any(map(str.isalpha, pair[1]))]
            known = sum(now != before for now, before in worded)
            if worded and known == len(worded):
                return self._filled(join, said)
            if known and partly is text:
                partly = self._filled(join, said)
        return partly

    def _filled(self, join: str, parts: Sequence[str]) -> str:
        return Template(join, self._table[join]).filled(parts)


def _ways_to_part(text: str) -> Iterator[tuple[str, Sequence[str]]]:
    """The ways to take a text for a join of others, each with its entry and the parts."""
    if text.endswith(".") and len(text) > 1:
        yield END, (text[:-1],)
    for sign in SEPARATORS:
        for place in re.finditer(re.escape(sign), text):
            yield f"{{0}}{sign}{{1}}", (text[: place.start()], text[place.end() :])
    if bracketed := _BRACKETS.fullmatch(text):
        yield BRACKETS, bracketed.groups()


def language_of(locale: str | None) -> str | None:
    """The table for a locale, or None."""
    name = (locale or "").lower().replace("_", "-")
    if name in ("zh", "zh-sg") or name.startswith("zh-hans"):
        return "zh-cn"
    return next((one for one in LANGUAGES if name == one or name.startswith(f"{one}-")), None)


def table(language: str) -> Mapping[str, str]:
    """English template → translation."""
    text = files("semlens.lsp.words").joinpath(f"{language}.json").read_text("utf-8")
    loaded: dict[str, str] = json.loads(text)
    return loaded
