"""Names of definitions that a macro of C or C++ makes: they stand in its arguments.

`SYSCALL_DEFINE2(nice_add, …) {` defines `nice_add`, `TEST_F(Foo, Bar) {` defines `Bar` of `Foo`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

MACRO_GRAMMARS = frozenset({"c", "cpp", "objc", "cuda", "arduino", "glsl", "hlsl"})

_CALL = re.compile(r"\s*(?:\w+\s+){0,4}?(?P<macro>[A-Za-z_]\w*)\s*\(")
_UPPER = re.compile(r"[A-Z][A-Z0-9_]+$")
_PLAIN = re.compile(r"(?:[A-Za-z_]\w*(?:::\w+)*|L?\"(?:[^\"\\]|\\.)+\")$")
_OWNER_FIRST = re.compile(r"TEST|METHOD|BENCHMARK|MEMBER|Test|Ensure")
"""Macros whose two plain arguments are an owner and its member, unless their name says what comes first."""
_NAME_FIRST = re.compile(r"TEST_CASE$|MODULE|DATA_TEST|FIXTURE_TEST|^DEFINE")
_TYPES = frozenset(
    "void int char short long float double bool unsigned signed const struct enum union auto".split()
)
_LONGEST = 1000
"""Characters of a call that are read for its first arguments."""


def is_macro(name: str) -> bool:
    """Whether a name looks like a macro's: in capitals."""
    return _UPPER.match(name) is not None


def name_by_arguments(call: str) -> tuple[list[str], str] | None:
    """The container's names and the name that a macro with its arguments defines; None if it has none."""
    found = _CALL.match(call)
    if not found:
        return None
    first, second = [*_arguments(call[found.end() : found.end() + _LONGEST]), "", ""][:2]
    if not _is_name(first):
        return None
    macro = found["macro"]
    if _is_name(second):
        titled = second[0] == '"' or second.startswith('L"')
        if first[0] != '"' and (titled or (_OWNER_FIRST.search(macro) and not _NAME_FIRST.search(macro))):
            return [first], _bare(second)
    return [], _bare(first)


def is_macro_definition(macro: str, arguments: str, has_type: bool) -> bool:
    """Whether `macro` with `arguments`, before a body, is a macro rather than the function that is defined.

    With a return type, as in `int BPF_PROG(name, int x)`, the other arguments must be typed: those of an old
    C function are all plain.
    """
    parts = _arguments(arguments.strip()[1 : 1 + _LONGEST])
    if not is_macro(macro) or not parts or not _is_name(parts[0]):
        return False
    return not has_type or ("_" in macro and not any(_PLAIN.match(part) for part in parts[1:]))


def _is_name(argument: str) -> bool:
    return _PLAIN.match(argument) is not None and argument not in _TYPES


def _bare(argument: str) -> str:
    return argument.removeprefix("L").strip('"') if '"' in argument else argument


def _arguments(text: str) -> Sequence[str]:
    """The arguments at the start of `text`, which is behind an opening bracket."""
    found: list[str] = []
    depth, start, quoted, escaped = 0, 0, False, False
    for at, character in enumerate(text):
        if escaped or character == "\\":
            escaped = not escaped
        elif character == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif character in "([{":
            depth += 1
        elif character in ")]}" and depth:
            depth -= 1
        elif (character == "," and not depth) or character == ")":
            found.append(" ".join(text[start:at].split()))
            start = at + 1
            if character == ")":
                break
    return [argument for argument in found if argument]
