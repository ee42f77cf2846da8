"""Finds the structure of a file: by a grammar, by headings, or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from semlens.core.chunk.grammar import parse
from semlens.core.chunk.sections import sections
from semlens.core.chunk.tree import Structure
from semlens.core.text.languages import LANGUAGES, Language

_SCRIPT_START = re.compile(r"(?i)<script\b[^>]{0,1000}>")
_SCRIPT_END = re.compile(r"(?i)</script")
_FRONT_MATTER = re.compile(r"(?s)\A---\n(.*?)\n---(?:\n|\Z)")
_NOT_NEWLINE = re.compile(r"[^\n]")


def find_structure(text: str, language: Language) -> Structure:
    """The definitions or sections of `text`; none if the grammar finds little but errors.

    Where the grammar cannot read all of a text, the headings are taken if they name more than it found.
    """
    if language.grammar:
        found = parse(text, language)
        if not (found.has_errors and language.headings):
            return found
        by_lines = sections(text.split("\n"), language)
        return by_lines if _size(by_lines) > _size(found) else found
    if language.script:
        return parse(_scripts_only(text, language), LANGUAGES[language.script])
    return sections(text.split("\n"), language)


def _size(structure: Structure) -> int:
    """The number of definitions. A grammar finds constants too, which most headings leave out."""
    return sum(1 for one in structure.walk() if one.kind not in ("constant", "scope"))


def _scripts_only(page: str, language: Language) -> str:
    """The scripts of a page on their lines, with spaces in place of all other characters."""
    kept: list[str] = []
    at = 0
    for start, end in _scripts(page, language):
        kept += [_NOT_NEWLINE.sub(" ", page[at:start]), page[start:end]]
        at = end
    kept.append(_NOT_NEWLINE.sub(" ", page[at:]))
    return "".join(kept)


def _scripts(page: str, language: Language) -> Iterator[tuple[int, int]]:
    """(start, end) of each script in `page`, in characters."""
    at = 0
    front_matter = _FRONT_MATTER.match(page) if language.name == "astro" else None
    if front_matter:
        yield front_matter.span(1)
        at = front_matter.end()
    while start := _SCRIPT_START.search(page, at):
        end = _SCRIPT_END.search(page, start.end())
        if end is None:
            return
        yield start.end(), end.start()
        at = end.end()
