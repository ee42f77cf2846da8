"""Git's `wildmatch`: ignore rules match exactly the paths that they match in git.

`pathspec` is close but not exact: of 400 generated rules, version 1.1.1 decided 32 otherwise
than git 2.39 and raised on 41 (POSIX classes, escapes and reversed ranges in brackets,
unclosed brackets, trailing tabs and backslashes, names that are not ASCII). Hence this
translation of git's `wildmatch.c`. A pattern becomes tokens. Tokens with few wildcards become a
regular expression; others a bit-parallel automaton, which no hostile pattern can slow down.

Git matches bytes. Patterns and texts are therefore *byte text*: strings whose characters
are the bytes of the UTF-8 form (see `byte_text`); for ASCII they are the string itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

Matcher = Callable[[str], bool]

SPECIAL = frozenset("*?[\\")
"""The characters that make a pattern more than literal text."""

_ALL = (1 << 256) - 2
_SLASH = 1 << ord("/")
_STAR = "*"
"""Anything within one path component."""
_GLOBSTAR = "**"
"""Anything."""
_FOLDERS = "**/"
"""Any number of whole folders, none included."""

Token = int | str
"""The bytes that match one byte of the text, as bits of an integer; or one of the three wildcards above."""

MOST_CHARACTERS = 4096
"""Of a pattern. No path is longer (`PATH_MAX` on Linux)."""

_MOST_WILDCARDS_IN_REGEX = 2
"""Backtracking over a 255-byte name stays under a millisecond up to here."""

_MOST_TOKENS_IN_REGEX = 128
"""Longer expressions take longer to compile than automata take to run."""


def _bits(members: Iterable[int]) -> int:
    return sum(1 << member for member in set(members))


_CLASSES = {
    "alnum": _bits(c for c in range(128) if chr(c).isalnum()),
    "alpha": _bits(c for c in range(128) if chr(c).isalpha()),
    "blank": _bits(b" \t"),
    "cntrl": _bits([*range(32), 127]),
    "digit": _bits(b"0123456789"),
    "graph": _bits(range(33, 127)),
    "lower": _bits(range(97, 123)),
    "print": _bits(range(32, 127)),
    "punct": _bits(c for c in range(33, 127) if not chr(c).isalnum()),
    "space": _bits(b" \t\n\r"),
    "upper": _bits(range(65, 91)),
    "xdigit": _bits(b"0123456789abcdefABCDEF"),
}
"""As git's own ctype tables have them: ASCII only, and no vertical tab among the spaces."""


def byte_text(text: str) -> str:
    """`text` with one character for each byte of its UTF-8 form."""
    if text.isascii():
        return text
    try:
        return text.encode("utf-8", "surrogateescape").decode("latin-1")
    except UnicodeEncodeError:  # Halves of characters that stand for no byte: Windows has such names.
        return text.encode("utf-8", "surrogatepass").decode("latin-1")


def fold_case(text: str) -> str:
    """Lower case as git folds it: ASCII letters only."""
    return text.translate(_TO_LOWER)


def compile_pattern(pattern: str, *, pathname: bool, fold: bool = False) -> Matcher | None:
    """A function that tells whether a whole byte text matches, or None if `pattern` is malformed.

    With `pathname`, `*`, `?` and brackets do not match slashes. With `fold`, pass texts through
    `fold_case`. A pattern of more than `MOST_CHARACTERS` counts as malformed.
    """
    if len(pattern) > MOST_CHARACTERS:
        return None
    tokens = tokenize(pattern, pathname=pathname, fold=fold)
    if tokens is None:
        return None
    source = regex_source(tokens)
    return automaton(tokens) if source is None else regex(source)


def regex_source(tokens: list[Token], *, most_wildcards: int = _MOST_WILDCARDS_IN_REGEX) -> str | None:
    """The tokens as a regular expression, or None if it could be slow to compile or to match."""
    wildcards = sum(isinstance(token, str) for token in tokens)
    if wildcards > most_wildcards or len(tokens) > _MOST_TOKENS_IN_REGEX:
        return None
    return "".join(map(_regex_of, tokens))


def regex(source: str) -> Matcher:
    """A matcher for a regular expression from `regex_source`, which is compiled for the first text."""
    compiled = cache(lambda: re.compile(source, re.DOTALL))
    return lambda text: compiled().fullmatch(text) is not None


def automaton(tokens: list[Token]) -> Matcher:
    """A matcher in time linear in the text: an automaton whose active states are bits of an integer.

    Its memory is linear in the pattern, and is taken when the first text comes that is long enough.
    """
    shortest = sum(isinstance(token, int) for token in tokens)
    literals = list(_literals(tokens))
    made = cache(lambda: _Automaton(tokens))
    return lambda text: len(text) >= shortest and _holds_in_order(text, literals) and made().matches(text)


def _literals(tokens: list[Token]) -> Iterator[str]:
    """The literal parts of a pattern, in order."""
    part = ""
    for token in tokens:
        if isinstance(token, int) and not token & (token - 1) and token:
            part += chr(token.bit_length() - 1)
        elif part:
            yield part
            part = ""
    if part:
        yield part


def _holds_in_order(text: str, literals: list[str]) -> bool:
    """Whether `text` has these parts one after the other: far quicker to say than whether it matches."""
    at = 0
    for literal in literals:
        at = text.find(literal, at)
        if at < 0:
            return False
        at += len(literal)
    return True


_TO_LOWER = {upper: upper + 32 for upper in range(65, 91)}


class _Automaton:
    """The states of a pattern: one a token, two for `**/`. The bits of an integer are a set of states."""

    def __init__(self, tokens: list[Token]) -> None:
        self._members: dict[int, int] = {}
        """The states that any of some bytes leads on from, by the bits of these bytes."""
        self._stay = self._stay_before_slash = 0
        """The states that every byte keeps; those that every byte but a slash keeps."""
        self._skip_one = self._skip_two = 0
        """The states that need no byte to move on by one state, or by two."""
        self._advance: dict[str, int] = {}
        at = 0
        for token, previous in zip(tokens, [None, *tokens], strict=False):
            state = 1 << at
            if isinstance(token, int):
                self._members[token] = self._members.get(token, 0) | state
            elif token == _FOLDERS:
                if previous == _FOLDERS:
                    continue
                # The first state decides once: skip both, or loop in the second until a slash.
                self._skip_one |= state
                self._skip_two |= state
                self._stay |= state << 1
                self._members[_SLASH] = self._members.get(_SLASH, 0) | state << 1
                at += 1
            else:
                self._skip_one |= state
                if token == _STAR:
                    self._stay_before_slash |= state
                else:
                    self._stay |= state
            at += 1
        self._accept = 1 << at

    def matches(self, text: str) -> bool:
        active = self._closed(1)
        for character in text:
            advance = self._advance.get(character)
            if advance is None:
                advance = self._advance[character] = self._advance_of(ord(character))
            stay = self._stay if character == "/" else self._stay | self._stay_before_slash
            active = self._closed(((active & advance) << 1) | (active & stay))
            if not active:
                return False
        return bool(active & self._accept)

    def _advance_of(self, byte: int) -> int:
        states = 0
        for members, leading in self._members.items():
            if members >> byte & 1:
                states |= leading
        return states

    def _closed(self, active: int) -> int:
        """`active` with the states that no byte is needed for."""
        while True:
            more = active | (active & self._skip_one) << 1 | (active & self._skip_two) << 2
            if more == active:
                return active
            active = more


def _regex_of(token: Token) -> str:
    if isinstance(token, str):
        return {_STAR: "[^/]*", _GLOBSTAR: ".*", _FOLDERS: "(?:.*/)?"}[token]
    if not token:
        return "(?!)"
    members = [byte for byte in range(256) if token >> byte & 1]
    return re.escape(chr(members[0])) if len(members) == 1 else _regex_class(members)


def _regex_class(members: list[int]) -> str:
    return "[" + "".join(f"\\x{byte:02x}" for byte in members) + "]"


def tokenize(pattern: str, *, pathname: bool, fold: bool = False) -> list[Token] | None:
    """The pattern's tokens; None if it is malformed and so matches nothing."""
    tokens: list[Token] = []
    at, end = 0, len(pattern)
    while at < end:
        character = pattern[at]
        if character == "*":
            token, at = _stars(pattern, at, pathname)
            tokens.append(token)
            continue
        if character == "\\":
            at += 1
            if at == end:
                return None
            tokens.append(1 << ord(pattern[at]))
        elif character == "?":
            tokens.append(_ALL & ~_SLASH if pathname else _ALL)
        elif character == "[":
            found = _bracket(pattern, at, fold)
            if found is None:
                return None
            members, at = found
            tokens.append(members & ~_SLASH if pathname else members)
        else:
            tokens.append(1 << ord(fold_case(character) if fold else character))
        at += 1
    return tokens


def _stars(pattern: str, at: int, pathname: bool) -> tuple[str, int]:
    """The token for a run of stars, and the offset after it."""
    after = at
    while pattern[after : after + 1] == "*":
        after += 1
    if not pathname:
        return _GLOBSTAR, after
    following = pattern[after : after + 2]
    stands_alone = at == 0 or pattern[at - 1] == "/"
    if after - at < 2 or not stands_alone or not (following[:1] in ("", "/") or following == "\\/"):
        return _STAR, after
    return (_FOLDERS, after + 1) if following[:1] == "/" else (_GLOBSTAR, after)


def _bracket(pattern: str, at: int, fold: bool) -> tuple[int, int] | None:
    """The bytes that a bracket expression matches and the offset of its `]`; None if it is malformed."""
    at += 1
    negated = pattern[at : at + 1] in ("!", "^")
    at += negated
    members = previous = 0
    while True:
        character = pattern[at : at + 1]
        if character == "[" and pattern[at + 1 : at + 2] == ":":
            found = _named_class(pattern, at, fold)
            if found is None:
                return None
            added, at, previous = found
            members |= added
        elif character == "-" and previous and pattern[at + 1 : at + 2] not in ("", "]"):
            escaped = pattern[at + 1] == "\\"
            at += 1 + escaped
            if at >= len(pattern):
                return None
            members |= _byte_range(previous, ord(pattern[at]), fold)
            previous = 0
        else:
            at += character == "\\"
            if at >= len(pattern):
                return None
            previous = ord(pattern[at])
            members |= 1 << previous
        at += 1
        if pattern[at : at + 1] == "]":
            return (_ALL & ~members if negated else members), at


def _named_class(pattern: str, at: int, fold: bool) -> tuple[int, int, int] | None:
    """The class that begins with `[:`: (its bytes, the offset of its end, the byte that starts a range)."""
    close = pattern.find("]", at + 2)
    if close < 0:
        return None
    if close < at + 3 or pattern[close - 1] != ":":
        return 1 << ord("["), at, ord("[")
    name = pattern[at + 2 : close - 1]
    if name not in _CLASSES:
        return None
    members = _CLASSES[name]
    if fold and name == "upper":
        members = members | _CLASSES["lower"]
    return members, close, 0


def _byte_range(low: int, high: int, fold: bool) -> int:
    members = _bits(range(low, high + 1))
    return members | (members & _CLASSES["upper"]) << 32 if fold else members
