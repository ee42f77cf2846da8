"""Git's ignore files: how to parse them, and which of their rules decides on a path.

A translation of git's `dir.c` (`parse_path_pattern`, `match_basename`, `match_pathname`).
Most rules are a plain name, a plain path or `*` and a plain suffix. Tables find these, so
that a file with hundreds of rules costs little more than one with ten.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice

from semlens.core.files.git.wildmatch import (
    MOST_CHARACTERS,
    SPECIAL,
    Matcher,
    byte_text,
    compile_pattern,
    fold_case,
)

RULE_FILE_LIMIT = 4 * 1024 * 1024
"""Bytes. A longer file is not a list of rules, and is not read."""

MOST_RULES = 50_000
"""Of one file. The rules after them are ignored; the largest public lists have a tenth."""

MOST_PATTERNS = 2_000
"""Of one file: rules with wildcards that no table finds, so that each takes time for each path."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of an ignore file."""

    text: str
    line: int
    negated: bool
    folders_only: bool


@dataclass(frozen=True, slots=True)
class RuleList:
    """The rules of one ignore file, indexed for `last_match`."""

    source: str
    """The file's path, as shown to the user."""
    base: str
    """Byte text: the folder that the rules apply to, relative to the root of all paths; "" is the root."""
    above: str
    """Byte text: if the rules apply to a folder above the root, the path from there to the root ("src/")."""
    fold: bool
    rules: tuple[Rule, ...]
    problem: str | None = None
    """A sentence about the first rule that is ignored, because it or the file is too large."""
    _names: dict[str, list[int]] = field(default_factory=dict)
    _paths: dict[str, list[int]] = field(default_factory=dict)
    _suffixes: dict[int, dict[str, list[int]]] = field(default_factory=dict)
    _let_in: list[str] = field(default_factory=list)
    """The patterns of negated rules that begin with a folder's name."""
    _patterns: list[tuple[int, bool, str, Matcher]] = field(default_factory=list)
    """(rule, whether it matches the whole path, literal start, matcher of the rest), last rule first."""

    def last_match(self, path: str, name: str, is_dir: bool) -> Rule | None:
        """The last rule that matches, or None. `path`, and `name`, its last part, are byte text."""
        if self.fold:
            path, name = fold_case(path), fold_case(name)
        below = self.above + path if self.above else path[len(self.base) + 1 :] if self.base else path
        best = self._later(self._names.get(name), -1, is_dir)
        best = self._later(self._paths.get(below), best, is_dir)
        for length, suffixes in self._suffixes.items():
            if length <= len(name):
                best = self._later(suffixes.get(name[len(name) - length :]), best, is_dir)
        for index, whole_path, start, matches in self._patterns:
            if index < best:
                break
            if not whole_path:
                matched = matches(name)
            else:
                matched = below.startswith(start) and matches(below[len(start) :])
            if matched and (is_dir or not self.rules[index].folders_only):
                best = index
                break
        return self.rules[best] if best >= 0 else None

    def names_below(self, folder: str) -> bool:
        """Whether a negated rule spells out `folder`, byte text, and a path in it."""
        below = self.above + folder if self.above else folder[len(self.base) + 1 :] if self.base else folder
        start = fold_if(self.fold, below) + "/"
        return any(pattern.startswith(start) and len(pattern) > len(start) for pattern in self._let_in)

    def _later(self, indices: list[int] | None, best: int, is_dir: bool) -> int:
        if indices:
            for index in reversed(indices):
                if index <= best:
                    break
                if is_dir or not self.rules[index].folders_only:
                    return index
        return best


def read_small_file(file: str, *, follow_links: bool) -> bytes | None:
    """The bytes of a small regular file, such as an ignore file; None if it cannot be read.

    Without `follow_links` a link is not read: git follows none for an ignore file inside the work tree.
    Only a regular file is opened, without blocking.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if not follow_links:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    try:
        if not follow_links and not stat.S_ISREG(os.lstat(file).st_mode):
            return None
        descriptor = os.open(file, flags)
    except (OSError, ValueError):
        return None
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_size > RULE_FILE_LIMIT:
            return None
        try:
            return stream.read(RULE_FILE_LIMIT)
        except OSError:
            return None


def is_too_large(file: str) -> bool:
    """Whether `read_small_file` does not read a file because of its size."""
    with suppress(OSError, ValueError):
        status = os.lstat(file)
        return stat.S_ISREG(status.st_mode) and status.st_size > RULE_FILE_LIMIT
    return False


def parse_rules(
    content: bytes, source: str, *, base: str = "", above: str = "", fold: bool = False
) -> RuleList:
    """The rules in `content`, the bytes of the ignore file `source`. For the paths `base` and `above` see
    `RuleList`."""
    lines = list(islice(_lines(content.removeprefix(b"\xef\xbb\xbf")), MOST_RULES + 1))
    problem = None
    if len(lines) > MOST_RULES:
        problem = f"{source}:{lines.pop()[0]}: only the first {MOST_RULES:,} rules of a file count."
    rules = tuple(_rule(number, text) for number, text in lines)
    found = RuleList(source, byte_text(base), fold_if(fold, byte_text(above)), fold, rules)
    for index, (number, text) in enumerate(lines):
        ignored = _index_rule(found, index, text)
        problem = problem or (f"{source}:{number}: {ignored}" if ignored else None)
    found._patterns.reverse()
    return replace(found, problem=problem)


def fold_if(fold: bool, text: str) -> str:
    """`text` in lower case if `fold` is set."""
    return fold_case(text) if fold else text


def _lines(content: bytes) -> Iterator[tuple[int, str]]:
    """Line number (from 1) and byte text of every rule, as git reads them."""
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line or line.startswith(b"#"):
            continue
        line = line.removesuffix(b"\r").split(b"\0", 1)[0]
        text = _without_trailing_spaces(line.decode("latin-1"))
        if text:
            yield number, text


def _without_trailing_spaces(text: str) -> str:
    """`text` without trailing spaces, but with one after a backslash. Trailing tabs stay."""
    end = len(text.rstrip(" "))
    kept = text[:end]
    backslashes = len(kept) - len(kept.rstrip("\\"))
    return text[: end + 1] if backslashes % 2 and end < len(text) else kept


def _rule(number: int, text: str) -> Rule:
    shown = text.encode("latin-1").decode("utf-8", "replace")
    return Rule(shown, number, text.startswith("!"), text.removeprefix("!").endswith("/"))


def _index_rule(found: RuleList, index: int, text: str) -> str | None:
    """Add one rule to the table in which `last_match` finds it; why it is ignored, if it is too large."""
    pattern = text.removeprefix("!").removesuffix("/")
    if len(pattern) > MOST_CHARACTERS:
        return f"a rule of more than {MOST_CHARACTERS:,} characters is ignored."
    pattern = fold_if(found.fold, pattern) if not SPECIAL & set(pattern) else pattern
    if text.startswith("!") and "/" in pattern.strip("/"):
        found._let_in.append(fold_if(found.fold, pattern.lstrip("/")))
    plain = next((at for at, character in enumerate(pattern) if character in SPECIAL), len(pattern))
    in_path = "/" in pattern
    if pattern.startswith("/"):
        pattern, plain = pattern[1:], plain - 1
    if plain == len(pattern):
        (found._paths if in_path else found._names).setdefault(pattern, []).append(index)
    elif not in_path and pattern[0] == "*" and not SPECIAL & set(pattern[1:]):
        suffix = fold_if(found.fold, pattern[1:])
        found._suffixes.setdefault(len(suffix), {}).setdefault(suffix, []).append(index)
    elif len(found._patterns) >= MOST_PATTERNS:
        return f"only the first {MOST_PATTERNS:,} rules with wildcards count."
    else:
        # Git cuts off the literal start of a path before it matches the rest, so `a**/b` matches `ab`.
        start = pattern[:plain] if in_path else ""
        matcher = compile_pattern(pattern[len(start) :], pathname=in_path, fold=found.fold)
        if matcher:
            found._patterns.append((index, in_path, fold_if(found.fold, start), matcher))
    return None
