"""Edit JSON with comments and trailing commas as text: all else stays as its owner wrote it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_SKIPPED = re.compile(r"(?:[\s\ufeff]|//[^\n]*|/\*.*?\*/)*", re.S)
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_SCALAR = re.compile(r"[^\s,\]}/\"{\[]+")

MAX_DEPTH = 200


class NotJson(ValueError):
    """The text is no JSON, or not of the expected shape."""


@dataclass(frozen=True, slots=True)
class _Member:
    """A member of an object: where its name begins, and where its value stands."""

    name: str
    start: int
    value: int
    end: int


@dataclass(frozen=True, slots=True)
class _Object:
    """An object from its opening to its closing brace, with its members."""

    start: int
    end: int
    members: tuple[_Member, ...]

    def find(self, name: str) -> _Member | None:
        return next((member for member in reversed(self.members) if member.name == name), None)


def with_member(text: str, path: Sequence[str], value: Any) -> str:
    """`text` with `value` at `path`; missing objects on the way are made. Raises `NotJson`."""
    if not text.strip("\ufeff \t\r\n"):
        text = text + "{}\n"
    found = _object(text, _skip(text, 0), 0)
    for depth, name in enumerate(path):
        member = found.find(name)
        nested = value
        for below in reversed(path[depth + 1 :]):
            nested = {below: nested}
        if member is None:
            return _inserted(text, found, name, nested, depth)
        if depth == len(path) - 1:
            return text[: member.value] + _written(value, text, depth + 1) + text[member.end :]
        if text[member.value] != "{":
            raise NotJson(f"{name} is not an object")
        found = _object(text, member.value, 0)
    return text


def without_member(text: str, path: Sequence[str]) -> str:
    """`text` without the member at `path`, if it is there. Raises `NotJson`."""
    found = _holder(text, path)
    member = found.find(path[-1]) if found else None
    return text if found is None or member is None else _removed(text, found, member)


def has_member(text: str, path: Sequence[str]) -> bool:
    """Whether there is a member at `path`. Raises `NotJson`."""
    return without_member(text, path) != text


def is_empty(text: str, path: Sequence[str] = ()) -> bool:
    """Whether the value at `path`, or the whole text, is an object with nothing in it, not even a comment.

    Raises `NotJson`.
    """
    if not path:
        return re.fullmatch(r"[\s\ufeff]*\{\s*\}\s*", text) is not None
    found = _holder(text, path)
    member = found.find(path[-1]) if found else None
    return member is not None and is_empty(text[member.value : member.end])


def _holder(text: str, path: Sequence[str]) -> _Object | None:
    """The object around the member at `path`, if there is one. Raises `NotJson`."""
    if not text.strip("\ufeff \t\r\n"):
        return None
    found = _object(text, _skip(text, 0), 0)
    for name in path[:-1]:
        member = found.find(name)
        if member is None or text[member.value] != "{":
            return None
        found = _object(text, member.value, 0)
    return found


def _inserted(text: str, found: _Object, name: str, value: Any, depth: int) -> str:
    indent, newline = _indent(text), _newline(text)
    entry = f"{newline}{indent * (depth + 1)}{json.dumps(name)}: {_written(value, text, depth + 1)}"
    end = newline + indent * depth + text[found.end :]
    last = found.members[-1].end if found.members else found.start + 1
    rest = text[last : found.end].rstrip(" \t\r\n")  # comments, or a trailing comma
    comma = "," if found.members and text[_skip(text, last)] != "," else ""
    return text[:last] + comma + rest + entry + end


def _removed(text: str, found: _Object, member: _Member) -> str:
    at = found.members.index(member)
    after = _skip(text, member.end)
    if text[after] == ",":  # it goes with its own comma
        begin = found.members[at - 1].end if at else found.start + 1
        begin = text.rindex("\n", begin, member.start) if "\n" in text[begin : member.start] else member.start
        return text[:begin] + text[after + 1 :]
    if at:  # the last one goes with the comma before it
        comma = _skip(text, found.members[at - 1].end)
        return text[:comma] + text[comma + 1 : member.start].rstrip(" \t\r\n") + text[member.end :]
    return text[: member.start].rstrip(" \t\r\n") + text[after:].lstrip(" \t\r\n")


def _object(text: str, start: int, depth: int) -> _Object:
    if depth > MAX_DEPTH or start >= len(text) or text[start] != "{":
        raise NotJson("there is no object")
    members: list[_Member] = []
    at = _skip(text, start + 1)
    while at < len(text) and text[at] != "}":
        name = _STRING.match(text, at)
        if name is None:
            raise NotJson("a name is missing")
        colon = _skip(text, name.end())
        if text[colon : colon + 1] != ":":
            raise NotJson("a colon is missing")
        value = _skip(text, colon + 1)
        end = _end_of_value(text, value, depth + 1)
        members.append(_Member(json.loads(name[0]), at, value, end))
        at = _next(text, end, "}")
    if at >= len(text):
        raise NotJson("an object does not end")
    return _Object(start, at, tuple(members))


def _end_of_value(text: str, at: int, depth: int) -> int:
    mark = text[at : at + 1]
    if mark == "{":
        return _object(text, at, depth).end + 1
    if mark == "[":
        return _end_of_array(text, at, depth)
    found = _STRING.match(text, at) if mark == '"' else _SCALAR.match(text, at)
    if found is None:
        raise NotJson("a value is missing")
    return found.end()


def _end_of_array(text: str, start: int, depth: int) -> int:
    if depth > MAX_DEPTH:
        raise NotJson("it is nested too deeply")
    at = _skip(text, start + 1)
    while at < len(text) and text[at] != "]":
        at = _next(text, _end_of_value(text, at, depth + 1), "]")
    if at >= len(text):
        raise NotJson("a list does not end")
    return at + 1


def _next(text: str, end: int, closing: str) -> int:
    """The start of the next member or item, or the closing mark."""
    at = _skip(text, end)
    if text[at : at + 1] == ",":
        return _skip(text, at + 1)
    if text[at : at + 1] == closing:
        return at
    raise NotJson("a comma is missing")


def _skip(text: str, at: int) -> int:
    """The next sign that is neither blank nor in a comment."""
    found = _SKIPPED.match(text, at)
    return found.end() if found else at


def _written(value: Any, text: str, depth: int) -> str:
    indent = _indent(text)
    lines = json.dumps(value, indent=indent, ensure_ascii=False).split("\n")
    return (_newline(text) + indent * depth).join(lines)


def _indent(text: str) -> str:
    found = re.search(r'\n([ \t]+)"', text)
    return found[1] if found else "  "


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
