"""Finds the banner by which a generated file says so: a sentence about this file, in its first comment.

A comment that says that something else is generated, or that this is not, is no banner; nor is a banner in
quotes. If in doubt, the file was written by hand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from semlens.core.files.banner_claims import (
    CLAIM,
    CLAIM_OF_IT,
    HANDS_OFF,
    IS,
    KEPT,
    LOSS,
    MADE,
    MAKER,
    NOT,
    OTHERWISE,
    SHORT_CLAIM,
)
from semlens.core.files.banner_sentences import (
    Paragraph,
    Sentence,
    is_example,
    is_unfinished,
    paragraphs_of,
    sentences_of,
)
from semlens.core.files.comments import first_comments
from semlens.core.files.generators import is_known_form, is_yours, names_tool

_MARK = re.compile(r"</?auto-?generated\b|@generated(?![\w-])", re.IGNORECASE)

_TEMPLATE = re.compile(
    r"\.(?:in|tmpl|tpl|template|gotmpl|gotpl|j2|jinja2?|erb|ejs|eex|mustache|hbs|handlebars|tera|liquid|mako|ftl|"
    r"vm|twig|njk|tt|t4|stg|epp|ecr)\Z",
    re.IGNORECASE,
)
"""Endings of templates: a banner in them is for the files that are made of them."""
_GAP = re.compile(r"\{\{|\$\{|<%|\{%|%[sd]\b|@\w+@|\$\w+\$")
"""What a template fills in."""
_LINKS = re.compile(r"[\s,;:(–—-]*(?:(?:and|as|because|since)\s+)?")
"""Joins two clauses of a sentence."""
_IT = re.compile(r"\bit\b", re.IGNORECASE)
_MAKES = re.compile(r"(?:by|from|with|via|using|signedsource)\b|\W|\Z", re.IGNORECASE)
"""What a mark goes on with that names a maker or a signature."""
_STATES = re.compile(r"not\b|.*\b(?:are|is|was|were|will|must|should|may|can|has|have)\b", re.IGNORECASE)
_TELLING = re.compile(
    r"generated|produced by|translated by|GNU Bison|\$ANTLR|doctrine"
    r"|\b(?:lost|overwritten|discarded|clobbered)\b",
    re.IGNORECASE,
)
"""Stands in every banner."""


@dataclass(frozen=True, slots=True)
class Banner:
    """The sentence by which a file says that it is generated, and its line, from 1."""

    text: str
    line: int


def generated_banner(path: str, text: str) -> Banner | None:
    """The banner of a generated file, or None."""
    if not _TELLING.search(text[:4_000]):
        return None
    paragraphs = paragraphs_of(first_comments(path, text))
    known = _known_form(paragraphs)
    if known or _TEMPLATE.search(path):
        return known
    lines = text[:4_000].split("\n")
    aboves = ["", *(paragraph[-1][1] for paragraph in paragraphs)]
    read = [[], *map(sentences_of, paragraphs, aboves), []]
    for above, before, sentences, after in zip(aboves, read, read[1:], read[2:], strict=False):
        if is_unfinished(above) and after and after[0].text[:1].islower():
            continue  # A quotation stands in the midst of a sentence.
        found = _banner_in(sentences, before[-2:], after[:1], path.rpartition("/")[2])
        if found:
            return None if _GAP.search(lines[found.line - 1]) else found
    return None


def _known_form(paragraphs: list[Paragraph]) -> Banner | None:
    """The first line by which a known tool marks what it makes."""
    above = ""
    for number, words in (line for paragraph in paragraphs for line in paragraph):
        if is_known_form(words.strip()) and not is_example(words, above) and not _GAP.search(words):
            return Banner(words.strip(), number)
        above = words
    return None


def _banner_in(
    sentences: list[Sentence], before: list[Sentence], after: list[Sentence], name: str
) -> Banner | None:
    """The banner in the sentences of a paragraph, between others; `name` is the file's."""
    made_from_this = re.compile(rf"\b(?:from|by|with|using)\s+(?:\S*/)?{re.escape(name)}(?![\w-]|\.\w)")
    for at, sentence in enumerate(sentences):
        mark = _MARK.match(sentence.text)
        if _is_mark(sentence, mark) if mark else sentence.opens and _is_loss(sentences, at, before):
            return Banner(sentence.written, sentence.line)
        claim = _claim(sentences, at, name) if sentence.opens and not mark else None
        whole = _whole(sentences, at)
        if claim is None or NOT.search(claim[0]) or made_from_this.search(whole) or OTHERWISE.search(whole):
            continue
        if any(KEPT.search(one.text) for one in (*sentences[at:], *after)):
            continue
        near = [*before, *sentences[max(0, at - 4) : at + 5], *after]
        by_tool = names_tool(whole, claim.end()) and not is_yours(" ".join(one.text for one in near))
        if (
            "@generated" in claim[0].lower()
            or by_tool
            or _says_hands_off(sentences, at, claim, before, after)
        ):
            return Banner(sentence.written, sentence.line)
    return None


def _is_mark(sentence: Sentence, mark: re.Match[str]) -> bool:
    """Whether a sentence marks this file, and does not speak of files that are marked so."""
    if mark[0].startswith("<"):
        return True
    rest = sentence.text[mark.end() :].strip(" :")
    if CLAIM.match(rest) or HANDS_OFF.match(rest):
        return True
    return not _STATES.match(rest) and (sentence.opens or bool(_MAKES.match(rest)))


def _is_loss(sentences: list[Sentence], at: int, before: list[Sentence]) -> bool:
    """Whether a sentence says that changes to this file are lost, below one that names a maker."""
    if not LOSS.match(_whole(sentences, at)):
        return False
    return any(MAKER.search(sentence.text) for sentence in [*before, *sentences[:at]])


def _claim(sentences: list[Sentence], at: int, name: str) -> re.Match[str] | None:
    """What a sentence says of this file's being generated, or None."""
    before = sentences[at - 1].text if at else ""
    of_it = HANDS_OFF.match(before) and not _IT.search(before)
    own = re.compile(
        rf"(?:the\s+)?(?:\S*/)?{re.escape(name)}(?:\s+file)?\s*[:,–—-]?\s+(?:{IS})?{MADE}\b", re.I
    )
    for text in (sentences[at].text, _whole(sentences, at)):
        found = own.match(text) or CLAIM.match(text)
        if found is None and sentences[at].begins_line:
            found = SHORT_CLAIM.match(text)
        if found is None and (hands_off := HANDS_OFF.match(text)):
            found = _claim_behind(text, hands_off)
        if found is None and of_it:
            found = CLAIM_OF_IT.match(text)
        if found:
            return found
    return None


def _claim_behind(text: str, hands_off: re.Match[str]) -> re.Match[str] | None:
    """The claim in a sentence that first says not to edit the file: "Do not edit, this file is generated"."""
    link = _LINKS.match(text, hands_off.end())
    start = link.end() if link else hands_off.end()
    claims = (CLAIM, SHORT_CLAIM) if _IT.search(hands_off[0]) else (CLAIM, SHORT_CLAIM, CLAIM_OF_IT)
    return next((found for claim in claims if (found := claim.match(text, start))), None)


def _whole(sentences: list[Sentence], at: int) -> str:
    """The sentence with the lines that go on with it."""
    end = next((n for n in range(at + 1, len(sentences)) if sentences[n].opens), len(sentences))
    return " ".join(sentence.text for sentence in sentences[at:end])


def _says_hands_off(
    sentences: list[Sentence],
    at: int,
    claim: re.Match[str],
    before: list[Sentence],
    after: list[Sentence],
) -> bool:
    """Whether the sentence of the claim, or one beside it, says not to edit this file."""
    line, whole = sentences[at].text, _whole(sentences, at)
    if claim.start() or HANDS_OFF.search(line, claim.end()) or HANDS_OFF.search(whole, claim.end()):
        return True  # A claim that does not begin its sentence stands behind the words not to edit.
    last = at + 2 if sentences[at].text.endswith(":") else at + 4
    near = [*(sentences[at - 1 : at] if at else before), *sentences[at + 1 : last]]
    if len(sentences) - at <= 2:
        near += after
    texts = [_whole(sentences, n) for n in range(at + 1, min(last, len(sentences))) if sentences[n].opens]
    return any(map(HANDS_OFF.match, (*(sentence.text for sentence in near), *texts)))
