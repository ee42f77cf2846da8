"""The names and words in a query's text. Pure functions."""

from __future__ import annotations

import re
from itertools import pairwise

from semlens.core.text.analyzer import code_terms

_STOP_WORDS = frozenset(
    "a an and are as at be by can do does for from has have how i if in into is it its not of on or that the"
    " their this to was what when where which who why will with code function method class file".split()
)
_WORD = re.compile(r"[A-Za-z_]\w+")
_NAME = re.compile(r"[A-Za-z_$@][\w$]*[?!]?")
_SELECTOR = re.compile(r"[.#%][\w-]*-[\w-]*")
_QUOTED_PART = re.compile(r"\[[^\]\n]+\]|\"[^\"\n]+\"|`[^`\n]+`|[\w$#@]+")
_QUOTED_NAME = re.compile(
    rf"(?=.*[\[`]|.*\"\s*\.|.*\.\s*\")(?:{_QUOTED_PART.pattern})(?:\s*\.\s*(?:{_QUOTED_PART.pattern})){{0,4}}"
)
_LONGEST_TITLE = 100
_ALPHANUMERIC = re.compile(r"[A-Za-z0-9]+")

_PHRASE_WORDS = 3
_QUOTES = "\"'`“”„‘’"

_JOINED_WEIGHT = 0.25
"""The BM25 weight of two neighbouring words joined to one; each word alone has 1."""


def requested_names(text: str) -> tuple[str, ...]:
    """The names in a symbol query: the last part of a qualified name first, then its qualifiers."""
    names = quoted_parts(text) or _NAME.findall(text)
    return tuple(dict.fromkeys([names[-1], *names[:-1]])) if names else ()


def quoted_parts(text: str) -> list[str]:
    """The parts of a name with quotes, without them: `[dbo].[Order Line]` has two. Empty for any other text.

    A text in double quotes alone is no name but a phrase.
    """
    if _QUOTED_NAME.fullmatch(text) is None:
        return []
    parts = [part if part[0] not in '["`' else part[1:-1] for part in _QUOTED_PART.findall(text)]
    return [part.strip() for part in parts if part.strip()]


def title(text: str) -> str | None:
    """The whole text as the name of a definition, if it is no identifier: `Order Line`, `make-thing`.

    A class or an id of a style sheet is defined without its sign: `.btn-primary` is `btn-primary`.
    """
    whole = text.strip().strip("\"'`").strip()
    if not whole or is_name(whole) or len(whole) > _LONGEST_TITLE or "\n" in whole:
        return None
    return whole[1:] if _SELECTOR.fullmatch(whole) else whole


def mentioned_names(text: str) -> tuple[str, ...]:
    """The identifiers in prose: words with an inner capital or underscore. A text of one word is one too."""
    if is_name(text):
        return requested_names(text)
    return tuple(w for w in _WORD.findall(text) if "_" in w.strip("_") or re.search(r"[a-z][A-Z]", w))


def is_name(text: str) -> bool:
    """Whether the text is a single identifier."""
    return _NAME.fullmatch(text) is not None


def content_words(text: str) -> tuple[str, ...]:
    """The distinct words that carry meaning, as the lexical index spells them."""
    words = (token for word in _WORD.findall(text) for token in code_terms(word))
    return tuple(dict.fromkeys(word for word in words if word not in _STOP_WORDS and len(word) > 2))


def telling_words(text: str) -> frozenset[str]:
    """The words that carry meaning, and the numbers. If the text has none: all its terms."""
    all_terms = code_terms(text)
    telling = {*content_words(text), *(term for term in all_terms if term[0].isdigit())}
    return frozenset(telling or all_terms)


def phrase(text: str) -> str:
    """The text in lower case, without quotes around it and with single spaces.

    "" if it would stand in a line by chance, having neither three words nor a number, or in no line at all.
    """
    if "\n" in text:
        return ""
    bare = " ".join(text.strip(_QUOTES + " ").lower().split())
    is_specific = len(_WORD.findall(bare)) >= _PHRASE_WORDS or any(map(str.isdigit, bare))
    return bare if is_specific else ""


def is_quoted(text: str) -> bool:
    """Whether all of the text stands in quotes."""
    bare = text.strip()
    return len(bare) > 1 and bare[0] in _QUOTES and bare[-1] in _QUOTES


def meaning_terms(text: str) -> tuple[str, ...]:
    """The distinct terms of any script that carry meaning, parts of names and numbers among them."""
    found = (term for term in code_terms(text) if len(term) > 1 or not term.isascii() or term.isdigit())
    return tuple(dict.fromkeys(term for term in found if term not in _STOP_WORDS))


def bm25_terms(text: str) -> dict[str, float]:
    """Terms for BM25, with weights. Neighbours are joined too: code writes `error handler` as one name."""
    weights: dict[str, float] = {}
    for first, second in pairwise(alphanumeric_runs(text.lower())):
        for joined in (first + second, f"{first}_{second}"):
            weights.update(dict.fromkeys(code_terms(joined)[:1], _JOINED_WEIGHT))  # none if it is too long
    weights.update(dict.fromkeys(code_terms(text), 1.0))
    return weights


def alphanumeric_runs(text: str) -> list[str]:
    """The runs of ASCII letters and digits."""
    return _ALPHANUMERIC.findall(text)
