"""Read a long text by its parts."""

from __future__ import annotations

import re
from typing import Final

from semlens.core.query.report.lines import (
    LineKind,
    is_code,
    is_sentence,
    is_trace,
    sorted_lines,
    with_frames_apart,
    without_hidden,
)
from semlens.core.query.report.mentions import mentioned_places, weighted_names
from semlens.core.query.report.types import Report

MAX_CHARACTERS: Final = 200_000
"""Of a text that are read: some 30,000 words."""

_LONG_WORDS = 40
_LINES_WORDS = 15
"""A text of one line is a report from so many words on, and one of several lines."""

_TITLE_CHARACTERS = 200
_GIST_CHARACTERS = 700
"""The models and the words of ranking tell topics apart by the first hundred words; more of them blur."""

_MOST_MESSAGES = 3

_ERROR = re.compile(r"\w*(?:Error|Exception|Failure|Fault|panic(?:ked)?)\b[^:\n]{0,100}: *\S.{0,200}")
_SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s")
_HEADING = re.compile(r"^(?:#{1,6}|\*{1,2}|>)\s*|\*{1,2}$")
_TAGS = re.compile(
    r"^(?:\[[^\]]{1,30}\]\s*|(?:bug|issue|error|question|feature(?: request)?)\s*:\s*)+", re.IGNORECASE
)


def read_report(text: str) -> Report | None:
    """The parts of a long text; None for a short one, and for code."""
    words = len(text.split(None, _LONG_WORDS))
    if "\n" not in text.strip():
        text = with_frames_apart(text[:MAX_CHARACTERS])
    if "\n" not in text.strip() and words < _LONG_WORDS:
        return None
    text = without_hidden(text[:MAX_CHARACTERS])
    lines = list(sorted_lines(text))
    is_output = any(is_trace(line) for _, line in lines)
    prose = [line for kind, line in lines if kind is LineKind.PROSE]
    if not is_output and (words < _LINES_WORDS or not _has_sentences(prose)):
        return None
    code = [line for kind, line in lines if kind is LineKind.CODE]
    title, rest = _title(prose or _messages(lines) or code)
    beginning = _beginning(rest)
    if not title:
        return None
    return Report(
        title,
        f"{title}\n{beginning}" if beginning else title,
        weighted_names(title, [*rest, *(line for kind, line in lines if kind is LineKind.NOISE)], code, text),
        mentioned_places(text),
    )


def _has_sentences(lines: list[str]) -> bool:
    """Whether lines are sentences with perhaps some code between them, rather than code."""
    sentences = sum(map(is_sentence, lines))
    code = sum(is_code(line) and not is_sentence(line) for line in lines)
    return sentences > 0 and sentences >= code


def _messages(lines: list[tuple[LineKind, str]]) -> list[str]:
    """The messages of errors, in a text without a sentence."""
    found = (_ERROR.search(line) for kind, line in lines if kind is not LineKind.NOISE)
    return list(dict.fromkeys(match[0] for match in found if match))[:_MOST_MESSAGES]


def _title(prose: list[str]) -> tuple[str, list[str]]:
    """The first sentence, and the lines behind it."""
    if not prose:
        return "", []
    first, *others = prose
    bare = _TAGS.sub("", _HEADING.sub("", first)).strip() or first
    if len(bare) <= _TITLE_CHARACTERS:
        return bare, others
    end = _SENTENCE_END.search(bare)
    at = min(end.end() if end else _TITLE_CHARACTERS, _TITLE_CHARACTERS)
    return bare[:at].strip(), [bare[at:].strip(), *others]


def _beginning(lines: list[str]) -> str:
    """The first lines, cut where a word ends."""
    text = " ".join(lines)
    return text if len(text) <= _GIST_CHARACTERS else text[:_GIST_CHARACTERS].rpartition(" ")[0]
