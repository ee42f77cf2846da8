"""Questions whose answers are known: the first sentence of a function's docstring asks for the function.

The documentation itself is left out of what is searched (as in CodeSearchNet, Husain et al. 2019),
else the question would find its own words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from semlens.core.chunk import DocumentedDefinition
from semlens.core.files.role import Role, role_of
from semlens.types import RelativePath

FEWEST_WORDS, MOST_WORDS = 4, 30
"""Of a question: fewer say too little, and more are not typed."""

_ASKED_FOR = frozenset({"function", "method"})
_NOT_PROSE = re.compile(
    r"^\s*(?:[@:\\]\w|\w+:\s*$|[-=~#*+>|]|>>>|\$ |https?:|(?:args|arguments|parameters|params|returns?|raises"
    r"|yields|examples?|usage|notes?|see also|todo|fixme|xxx|noqa|type|eslint|pylint)\b\s*:)",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]{1,80}>")
_LINK = re.compile(r"\{@\w+\s+([^{}]*)\}|\[([^\[\]]*)\]\([^()]*\)")
_ROLE = re.compile(r":[\w:]+:(?=`)")
_QUOTES = re.compile(r"[`*]+")
_END = re.compile(r"(?<=[.!?])(?:\s|$)")
_PLAIN_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*[.,;:!?)]*$")
_PLAIN_SHARE = 0.7
"""The share of words that are words and not code."""


@dataclass(frozen=True, slots=True)
class Known:
    """A question, and the lines of the definition that answers it."""

    question: str
    path: RelativePath
    start_line: int
    end_line: int


def known_answers(path: RelativePath, found: Iterable[DocumentedDefinition]) -> list[Known]:
    """The questions that a file's documentation asks; none of a test, an example or a vendored file."""
    if role_of(path) not in {Role.SOURCE, Role.ENTRY, Role.REEXPORT}:
        return []
    known = []
    for item in found:
        symbol = item.symbol
        has_code = set(range(symbol.start_line, symbol.end_line + 1)) - set(item.lines)
        if symbol.kind not in _ASKED_FOR or not item.lines or len(has_code) < 2:
            continue
        question = as_question(item.docstring, symbol.name)
        if question is not None:
            known.append(Known(question, path, symbol.start_line, symbol.end_line))
    return known


def once(known: Sequence[Known]) -> list[Known]:
    """Those whose question only one definition answers."""
    asked = Counter(item.question.lower() for item in known)
    return [item for item in known if asked[item.question.lower()] == 1]


def as_question(docstring: str, name: str) -> str | None:
    """The first sentence of a docstring, if it says in words what the function called `name` does.

    A sentence that names the function asks for its name and not for what it does; but where the
    name comes first, as is the custom in Go, it is left out.
    """
    words = _first_sentence(docstring).split()
    if words and words[0].strip("().,:") == name:
        del words[0]
    if not FEWEST_WORDS <= len(words) <= MOST_WORDS:
        return None
    if sum(_PLAIN_WORD.match(word) is not None for word in words) < _PLAIN_SHARE * len(words):
        return None
    sentence = " ".join(words).rstrip(".")
    if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", sentence) and not _is_a_word(name):
        return None
    return sentence


def without(text: str, lines: Iterable[int]) -> str:
    """`text` with these 1-based lines blank, so that all others keep their numbers."""
    gone = set(lines)
    return "\n".join("" if number in gone else line for number, line in enumerate(text.split("\n"), 1))


def _first_sentence(docstring: str) -> str:
    prose: list[str] = []
    for line in docstring.split("\n"):
        bare = _TAG.sub(" ", line).strip()
        if _NOT_PROSE.match(bare):
            if prose:
                break
            continue
        prose.append(bare)
        if _END.search(bare):
            break
    text = _QUOTES.sub("", _ROLE.sub("", _LINK.sub(r"\1\2", " ".join(prose))))
    return _END.split(" ".join(text.split()), maxsplit=1)[0]


def _is_a_word(name: str) -> bool:
    """Whether a name is a word of plain language too: `load` may stand in any sentence."""
    return name.isalpha() and name.islower()
