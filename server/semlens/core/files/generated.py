"""Finds the banner by which a generated file says so: a sentence about this file, in its first comment.

A comment that says that something else is generated, or that this is not, is no banner; nor is a banner in
quotes. If in doubt, the file was written by hand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from semlens.core.files.comments import first_comments

_QUOTED = re.compile(
    r"(?<!\w)(?:\"[^\"]{0,300}\"|'[^'\n]{0,300}'|`[^`]{0,300}`|“[^”]{0,300}”|«[^»]{0,300}»)(?!\w)"
)
_MARK = re.compile(r"\s*(?:@generated(?![\w-])|</?auto-?generated\b)", re.IGNORECASE)

_ADVERB = r"(?:(?:auto|automatically|automagically|machine|tool|script|computer|programmatically)[\s-]*)"
_SUBJECT = (
    r"(?:this|the\s+current)\s+(?:\w+[\s-]+){0,3}?"
    r"(?:file|code|class|source|module|header|script|document|page|program|package|parser|lexer|client|stub|"
    r"schema|makefile|workflow|list|table|data|content|contents|documentation|readme|manifest|unit|interface|"
    r"template|configuration|config|grammar|map|index|bindings?|api|library|test|migration|query|queries|types?)"
)
_MADE = rf"(?:{_ADVERB}?@?generated(?:\s+(?:automatically|programmatically))?|auto-?@?generated)"
_IS = r"(?:is|was|are|were|has\s+been|have\s+been|gets|being)\s+(?:now\s+|currently\s+)?"
_BY = r"(?=\s+(?:by|from|with|using|via|on|at|in|out\s+of|and|do|please|through)\b|\s*[-–—,;:(<\[.!]|\s*\Z)"
_CLAIM = re.compile(
    rf"(?:{_SUBJECT}\s+{_IS}{_MADE}\b"
    rf"|(?:code|file|source|content|documentation|output|it|this)\s+(?:{_IS})?{_MADE}\b{_BY}"
    rf"|(?:(?:this\s+is\s+)?(?:a|an|the)\s+)?{_MADE}\s+(?:file|code|source|source\s+file|header|content|documentation|document)\b{_BY}"
    rf"|{_MADE}{_BY})",
    re.IGNORECASE,
)
_OBJECT = (
    r"(?:\s+(?:it|this|(?:this|the)(?:\s+(?:generated|auto-?generated|source|header|above|following))?\s+"
    r"(?:file|code|class|document|source|module|script|page|content|contents|section|documentation)))?"
)
_HOW = r"(?:\s+(?:by\s+hand|manually|directly|here|anymore|yourself|unless\s+you\s+know\b.*))*"
_CHANGE = r"(?:edit|modify|change|touch|alter|update)"
_HANDS_OFF = re.compile(
    rf"(?:please[\s,]+)?(?:do\s+not|don'?t|never)\s+(?:manually\s+|ever\s+|directly\s+|hand-?)?"
    rf"{_CHANGE}(?:(?:\s+or\s+|\s*/\s*){_CHANGE})?{_OBJECT}{_HOW}\s*(?=[-–—,;:(!.]|and\b|as\b|because\b|it\b|this\b|"
    rf"instead\b|\Z)"
    r"|(?:any\s+|your\s+|manual\s+|all\s+)*(?:changes|edits|modifications)\b[^.!?]{0,120}\b(?:lost|overwritten|"
    r"discarded|clobbered|incorrect\s+behaviou?r)\b"
    r"|(?:should|must|may|can)\s*not\s+be\s+(?:manually\s+)?(?:edited|modified|changed|touched)\b",
    re.IGNORECASE,
)
_PREFIX = re.compile(
    r"(?:(?:warning|note|notice|important|attention|caution|danger|nb|n\.b\.|hey|please\s+note|beware)\b[\s:!,.–—-]*)+",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:not|never|no longer|isn't|wasn't|aren't|weren't|instead of being)\b", re.IGNORECASE)
_FINISHED = re.compile(r"[.!?)>\]]\s*\Z|copyright|licen[cs]e|spdx|all rights reserved", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?;:])\s+|\s+[-–—]+\s+|(?<=[.!?])(?=[\"'])")


@dataclass(frozen=True, slots=True)
class Banner:
    """The sentence by which a file says that it is generated, and its line, from 1."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    line: int
    opens: bool
    """It opens a sentence, and does not go on with the line above."""


def generated_banner(path: str, text: str) -> Banner | None:
    """The banner of a generated file, or None."""
    if "generated" not in text[:4_000].lower():
        return None
    own_name = re.escape(path.rpartition("/")[2])
    made_from_this = re.compile(rf"\b(?:from|by|with|using)\s+(?:\S*/)?{own_name}(?![\w-]|\.\w)")
    own = re.compile(rf"{own_name}\s*[:,–—-]?\s+(?:{_IS})?{_MADE}\b", re.IGNORECASE)
    above = ""
    for paragraph in _paragraphs(first_comments(path, text)):
        sentences = _sentences(paragraph, above)
        above = paragraph[-1][1]
        for at, sentence in enumerate(sentences):
            if _MARK.match(sentence.text):
                return Banner(sentence.text, sentence.line)
            if not sentence.opens:
                continue
            claim = own.match(sentence.text) or _CLAIM.match(sentence.text)
            if claim is None or _NOT.search(claim[0]) or made_from_this.search(_whole(sentences, at)):
                continue
            if "@generated" in claim[0].lower() or _says_hands_off(sentences, at, claim.end()):
                return Banner(sentence.text, sentence.line)
    return None


def _whole(sentences: list[_Sentence], at: int) -> str:
    """The sentence with the lines that go on with it."""
    end = next((n for n in range(at + 1, len(sentences)) if sentences[n].opens), len(sentences))
    return " ".join(sentence.text for sentence in sentences[at:end])


def _says_hands_off(sentences: list[_Sentence], at: int, claim_end: int) -> bool:
    """Whether the sentence of the claim, or one beside it, says not to edit this file."""
    rest = sentences[at].text[claim_end:]
    if _HANDS_OFF.search(rest):
        return True
    before = sentences[at - 1].text if at else ""
    after = [sentence.text for sentence in sentences[at + 1 : at + 3]]
    return any(_HANDS_OFF.match(_PREFIX.sub("", text, count=1)) for text in (before, *after))


def _paragraphs(lines: list[tuple[int, str]]) -> list[list[tuple[int, str]]]:
    """Runs of lines with words."""
    found: list[list[tuple[int, str]]] = [[]]
    for number, words in lines:
        if words.strip():
            found[-1].append((number, words))
        elif found[-1]:
            found.append([])
    return [paragraph for paragraph in found if paragraph]


def _sentences(paragraph: list[tuple[int, str]], above: str) -> list[_Sentence]:
    """The sentences of a paragraph, without what is quoted. `above` is the last line of the paragraph before.

    Lines further to the right than an unfinished line above them, or below a colon, are an example.
    """
    found: list[_Sentence] = []
    opens = True
    for number, words in paragraph:
        unfinished = bool(above) and not _FINISHED.search(above)
        quoted = unfinished and _indent(words) > _indent(above)
        announced = above.rstrip().endswith(":") and not _PREFIX.fullmatch(above.strip())
        bare = _QUOTED.sub(" ", words.strip())
        deictic = re.match(rf"\s*(?:{_SUBJECT}|do not|don't)\b", bare, re.IGNORECASE)
        starts = opens or (bool(deictic) and not quoted)
        for part in filter(None, map(str.strip, _SENTENCE_END.split(bare))):
            found.append(
                _Sentence(_PREFIX.sub("", part, count=1), number, starts and not (announced or quoted))
            )
            starts = True
        opens = bool(_FINISHED.search(words)) or not bare.strip() or bare.isupper()
        above = words
    return found


def _indent(words: str) -> int:
    return len(words) - len(words.lstrip())
