"""The sentences of a file's first comments, without what they quote and what they show as an example."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from semlens.core.files.banner_claims import HANDS_OFF, SUBJECT

_QUOTED = re.compile(
    r"(?<!\w)(?:\"[^\"]{0,300}\"|'[^'\n]{0,300}'|`[^`]{0,300}`|“[^”]{0,300}”|«[^»]{0,300}»)(?!\w)"
)
_EMPHASIS = re.compile(r"(?<![\w*])\*+(\w+)\*+(?![\w*])")
"""A word that is set off, such as "DO *NOT* EDIT"."""
_PREFIX = re.compile(
    r"(?:\([^()]*\)\s*|(?:warning|note|notice|important|attention|caution|danger|nb|n\.b\.|xxx|hey|please\s+note|beware)\b"
    r"[\s:!,.–—-]*)+",
    re.IGNORECASE,
)
"""What stands before a sentence: an aside in brackets, or a call for attention."""
_FINISHED = re.compile(r"[.!?)>\]]\s*\Z|copyright|licen[cs]e|spdx|all rights reserved", re.IGNORECASE)
_FIELD = re.compile(r"\s*(?:\S+|@?[\w ]{1,30}:.*)\Z")
"""A line of one word, such as a tag for a tool, or of a field, such as "Author: me". It does not go on."""
_ANNOUNCES = re.compile(
    r"\b(?:begins?|starts?|lines?|headers?|comments?|banners?|marks?|text|reads?|says?|like|form|with|"
    r"is|are|be|contains?|holds?|writes?|prints?|adds?|emits?)\W*\Z",
    re.IGNORECASE,
)
"""How a line ends that announces a quotation."""
_SENTENCE_END = re.compile(r"(?<=[.!?;:])\s+|\s+[-–—]+\s+|(?<=[.!?])(?=[\"'])|\Z")


Paragraph = list[tuple[int, str]]
"""The lines of a comment that follow each other, with their numbers."""


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    """Without what is quoted."""
    written: str
    line: int
    opens: bool
    """It opens a sentence, and does not go on with the line above."""
    begins_line: bool


def paragraphs_of(lines: list[tuple[int, str]]) -> list[Paragraph]:
    """Runs of lines with words."""
    found: list[Paragraph] = [[]]
    for number, words in lines:
        if words.strip():
            found[-1].append((number, words))
        elif found[-1]:
            found.append([])
    return [paragraph for paragraph in found if paragraph]


def sentences_of(paragraph: Paragraph, above: str) -> list[Sentence]:
    """The sentences of a paragraph, without what is quoted. `above` is the last line of the paragraph before.

    Lines that the line above announces, or further to the right than an unfinished one, are an example.
    """
    found: list[Sentence] = []
    goes_on = False
    for number, words in paragraph:
        written = _EMPHASIS.sub(r"\1", words.strip())
        bare = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), written)
        example = is_example(words, above)
        addresses_reader = re.match(rf"\s*(?:{SUBJECT}|do not|don't)\b", bare, re.IGNORECASE)
        above_ends = bool(_FIELD.match(above) or HANDS_OFF.fullmatch(above.strip()))
        starts = not goes_on or bool(addresses_reader) or (above_ends and bare[:1].isupper())
        begins_line = True
        for part, whole in _parts(bare, written):
            prefix = _PREFIX.match(part)
            start = prefix.end() if prefix else 0
            text, shown = part[start:], whole[start:]
            found.append(Sentence(text, shown, number, starts and not example, begins_line))
            starts, begins_line = True, begins_line and (not text or bool(HANDS_OFF.match(text)))
        goes_on = not (_FINISHED.search(words) or not bare.strip() or bare.isupper())
        above = words
    return found


def _parts(bare: str, written: str) -> Iterator[tuple[str, str]]:
    """The sentences of a line, without what is quoted and as they are written."""
    start = 0
    for end in _SENTENCE_END.finditer(bare):
        part = bare[start : end.start()]
        if part.strip():
            begin = start + len(part) - len(part.lstrip())
            yield part.strip(), written[begin : end.end()].rstrip(" \t-–—")
        start = end.end()


def is_example(words: str, above: str) -> bool:
    """Whether a line is quoted by the line above."""
    if above.rstrip().endswith(":"):
        return not _PREFIX.fullmatch(above.strip())
    return is_unfinished(above) and (_indent(words) > _indent(above) or bool(_ANNOUNCES.search(above)))


def is_unfinished(line: str) -> bool:
    """Whether a line is prose that goes on."""
    return bool(line) and not (_FINISHED.search(line) or _FIELD.match(line))


def _indent(words: str) -> int:
    return len(words) - len(words.lstrip())
