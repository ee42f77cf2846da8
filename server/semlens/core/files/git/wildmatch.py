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
from collections.abc import Callable, Iterator

Matcher = Callable[[str], bool]

SPECIAL = frozenset("*?[\\")
"""The characters that make a pattern more than literal text."""

_ALL = frozenset(range(1, 256))
_SLASH = ord("/")
_STAR = "*"
"""Anything within one path component."""
_GLOBSTAR = "**"
"""Anything."""
_FOLDERS = "**/"
"""Any number of whole folders, none included."""

Token = frozenset[int] | str
"""The bytes that match one byte of the text, or one of the three wildcards above."""

_MOST_WILDCARDS_IN_REGEX = 2
"""Backtracking over a 255-byte name stays under a millisecond up to here."""

_PUNCTUATION = frozenset(c for c in range(33, 127) if not chr(c).isalnum())
_CLASSES = {
    "alnum": frozenset(c for c in range(128) if chr(c).isalnum()),
    "alpha": frozenset(c for c in range(128) if chr(c).isalpha()),
    "blank": frozenset(b" \t"),
    "cntrl": frozenset(range(32)) | {127},
    "digit": frozenset(b"0123456789"),
    "graph": frozenset(range(33, 127)),
    "lower": frozenset(range(97, 123)),
    "print": frozenset(range(32, 127)),
    "punct": _PUNCTUATION,
    "space": frozenset(b" \t\n\r"),
    "upper": frozenset(range(65, 91)),
    "xdigit": frozenset(b"0123456789abcdefABCDEF"),
}
"""As git's own ctype tables have them: ASCII only, and no vertical tab among the spaces."""


def byte_text(text: str) -> str:
    """`text` with one character for each byte of its UTF-8 form."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("latin-1")


def fold_case(text: str) -> str:
    """Lower case as git folds it: ASCII letters only."""
    return text.translate(_TO_LOWER)


def compile_pattern(pattern: str, *, pathname: bool, fold: bool = False) -> Matcher | None:
    """A function that tells whether a whole byte text matches, or None if `pattern` is malformed.

    With `pathname`, `*`, `?` and brackets do not match slashes. With `fold`, pass texts through
    `fold_case`.
    """
    tokens = tokenize(pattern, pathname=pathname, fold=fold)
    if tokens is None:
        return None
    source = regex_source(tokens)
    return automaton(tokens) if source is None else regex(source)


def regex_source(tokens: list[Token], *, most_wildcards: int = _MOST_WILDCARDS_IN_REGEX) -> str | None:
    """The tokens as a regular expression, or None if it could be slow to match."""
    if sum(isinstance(token, str) for token in tokens) > most_wildcards:
        return None
    return "".join(map(_regex_of, tokens))


def regex(source: str) -> Matcher:
    """A matcher for a regular expression from `regex_source`."""
    compiled = re.compile(source, re.DOTALL).fullmatch
    return lambda text: compiled(text) is not None


def automaton(tokens: list[Token]) -> Matcher:
    """A matcher in time linear in the text: an automaton whose active states are bits of an integer."""
    states = list(_states(tokens))
    advance = [0] * 256
    stay = [0] * 256
    skip = [(1 << at, 1 << (at + length)) for at, (_, _, lengths) in enumerate(states) for length in lengths]
    for at, (moves, stays, _) in enumerate(states):
        for byte in moves:
            advance[byte] |= 1 << at
        for byte in stays:
            stay[byte] |= 1 << at
    accept = 1 << len(states)

    def close(active: int) -> int:
        for source, target in skip:
            if active & source:
                active |= target
        return active

    def matches(text: str) -> bool:
        active = close(1)
        for character in text:
            byte = ord(character)
            active = close(((active & advance[byte]) << 1) | (active & stay[byte]))
            if not active:
                return False
        return bool(active & accept)

    return matches


_TO_LOWER = {upper: upper + 32 for upper in range(65, 91)}
_NONE: frozenset[int] = frozenset()


def _states(tokens: list[Token]) -> Iterator[tuple[frozenset[int], frozenset[int], tuple[int, ...]]]:
    """(bytes that lead to the next state, bytes that keep the state, lengths of moves without a byte)."""
    for token in tokens:
        if token == _STAR:
            yield _NONE, _ALL - {_SLASH}, (1,)
        elif token == _GLOBSTAR:
            yield _NONE, _ALL, (1,)
        elif token == _FOLDERS:
            # The first state decides once: skip both, or loop in the second until a slash.
            yield _NONE, _NONE, (1, 2)
            yield frozenset((_SLASH,)), _ALL, ()
        else:
            assert isinstance(token, frozenset)
            yield token, _NONE, ()


def _regex_of(token: Token) -> str:
    if isinstance(token, str):
        return {_STAR: "[^/]*", _GLOBSTAR: ".*", _FOLDERS: "(?:.*/)?"}[token]
    if len(token) == 1:
        return re.escape(chr(next(iter(token))))
    if not token:
        return "(?!)"
    return "[" + "".join(f"\\x{byte:02x}" for byte in sorted(token)) + "]"


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
            tokens.append(frozenset((ord(pattern[at]),)))
        elif character == "?":
            tokens.append(_ALL - {_SLASH} if pathname else _ALL)
        elif character == "[":
            found = _bracket(pattern, at, fold)
            if found is None:
                return None
            members, at = found
            tokens.append(members - {_SLASH} if pathname else members)
        else:
            tokens.append(frozenset((ord(fold_case(character) if fold else character),)))
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


def _bracket(pattern: str, at: int, fold: bool) -> tuple[frozenset[int], int] | None:
    """The bytes that a bracket expression matches and the offset of its `]`; None if it is malformed."""
    at += 1
    negated = pattern[at : at + 1] in ("!", "^")
    at += negated
    members: set[int] = set()
    previous = 0
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
            members.add(previous)
        at += 1
        if pattern[at : at + 1] == "]":
            return (_ALL - members if negated else frozenset(members)), at


def _named_class(pattern: str, at: int, fold: bool) -> tuple[frozenset[int], int, int] | None:
    """The class that begins with `[:`: (its bytes, the offset of its end, the byte that starts a range)."""
    close = pattern.find("]", at + 2)
    if close < 0:
        return None
    if close < at + 3 or pattern[close - 1] != ":":
        return frozenset(b"["), at, ord("[")
    name = pattern[at + 2 : close - 1]
    if name not in _CLASSES:
        return None
    members = _CLASSES[name]
    if fold and name == "upper":
        members = members | _CLASSES["lower"]
    return members, close, 0


def _byte_range(low: int, high: int, fold: bool) -> set[int]:
    members = set(range(low, high + 1))
    if fold:
        members |= {byte + 32 for byte in members if 65 <= byte <= 90}
    return members
