"""Which definitions a piece of code uses, as far as its text tells: called names, and names of classes.

A name alone says little: `keys.extend(…)` calls a list, whatever else is called `extend` in the folder.
So the text before the name is read, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from semlens.types import RelativePath

_NAME = re.compile(r"[^\W\d][\w$]*")
_CALLED = re.compile(r"[^\W\d][\w$]*(?=\s*(?:\(|::|<[\w, ]+>\s*\())|\b[A-Z][\w$]*[a-z][\w$]*")
"""Names that are called, and names that are written as those of classes."""
_BEFORE = re.compile(r"(?P<receiver>super\(\)|[^\W\d][\w$]*|[\])\"'`])?\s*(?P<dot>\?\.|!\.|\.|::|->)\s*$")
"""What stands before a name: `cart.`, `Cart::`, `this->`, and the end of an expression."""
_LONGEST_BEFORE = 200
"""Characters that are read before a name."""

_OWN = frozenset({"self", "this", "cls", "super", "super()", "Self", "me", "base", "parent", "static"})
"""Receivers whose methods are the project's own."""
_NESTING = frozenset({"python", "javascript", "typescript", "tsx"})
"""Languages in which a function within something that is no class is local to a function."""

_BUILTINS: tuple[type, ...] = (list, dict, set, str, bytes, int, tuple)
_OF_BUILTINS = frozenset(
    name.lower() for kind in _BUILTINS for name in dir(kind) if not name.startswith("_")
) | frozenset(
    """
    push shift unshift map filter foreach reduce some every find findindex includes concat flat flatmap
    slice tostring valueof hasownproperty entries has delete then catch finally test exec match matchall
    charat substring length size empty begin end insert erase emplace front back push_back pop_back
    push_front pop_front c_str at equals hashcode compareto getclass contains containskey containsvalue put
    putall getordefault add addall remove removeall isempty iterator stream collect sort sorted of each
    select reject collect inject to_s to_i to_a unwrap expect clone iter into_iter next len as_str as_ref
    is_some is_none is_ok is_err ok_or and_then or_else read write close open flush seek readline readlines
    writelines apply call bind wait run start cancel string tolist trim trimstart trimend print println
    printf
    """.split()
)
"""Methods, in lower case, that the types of a language's own library have."""


@dataclass(frozen=True, slots=True)
class Use:
    """A name that a piece of code uses."""

    name: str
    receiver: str | None = None
    """The name before its dot; "" if the name stands alone, None if an expression is before its dot."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What a name may mean."""

    kind: str
    container: str | None
    path: RelativePath
    language: str | None


def uses_in(code: str) -> list[Use]:
    """The uses in their order, each once."""
    return list(dict.fromkeys(_uses(code)))


def _uses(code: str) -> Iterator[Use]:
    for found in _CALLED.finditer(code):
        before = _BEFORE.search(code, max(0, found.start() - _LONGEST_BEFORE), found.start())
        if before is None:
            yield Use(found[0], "")
        else:
            receiver = before["receiver"]
            yield Use(found[0], receiver if receiver in _OWN or _is_name(receiver) else None)


def _is_name(receiver: str | None) -> bool:
    return receiver is not None and _NAME.fullmatch(receiver) is not None


def may_mean(use: Use, definition: Definition, file_text: str) -> bool:
    """Whether the code may use the definition.

    :param file_text: the file that the code is in, whose imports may give a module another name
    """
    container = _last_name(definition.container or "")
    is_local = definition.kind == "function" and bool(container) and definition.language in _NESTING
    if is_local:
        return False  # one that the code can call is in its own text
    if use.receiver == "" or use.receiver in _OWN:
        return True
    if definition.kind in ("method", "declaration") or container:
        return use.receiver == container or use.name.lower() not in _OF_BUILTINS
    if definition.kind == "function":
        return use.receiver is not None and _names_module(use.receiver, definition.path, file_text)
    return True


def _last_name(container: str) -> str:
    return re.split(r"::|[.:#/]", container)[-1]


def _names_module(receiver: str, path: RelativePath, file_text: str) -> bool:
    """Whether a receiver stands for a file or its folder, by its name or by that of an import."""
    *folders, file = path.split("/")
    modules = {file.partition(".")[0].lower(), *(folder.lower() for folder in folders[-1:])}
    return receiver.lower() in modules or re.search(rf"\bas\s+{re.escape(receiver)}\b", file_text) is not None
