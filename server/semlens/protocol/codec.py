"""Decode and encode the protocol's values, strictly: a wrong type is one sentence, never a guess.

A language server's own converter turns the text "12" into the number 12 and a text into a list of
its letters; what a client gets wrong is better said than guessed.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Literal, TypeVar, Union

import attrs

from semlens.errors import UsageError
from semlens.settings import camel

T = TypeVar("T")

_SCALARS: dict[type, str] = {str: "a text", bool: "true or false", int: "a whole number", float: "a number"}


def decode(kind: type[T], raw: object, name: Callable[[str], str] = camel) -> T:
    """`raw` as a `kind`; `name` gives the JSON key of an attribute. Raises `UsageError`."""
    value: T = _decode(kind, raw, "", name)
    return value


def encode(value: Any) -> dict[str, Any]:
    """One of the protocol's values as a JSON object with camelCase keys; what is None is left out.

    What is in it is as it was. Raises TypeError for what is no such value.
    """
    kind: Any = type(value)
    keys = _keys(kind)
    if keys is None:
        raise TypeError(f"{type(value).__name__} cannot be sent")
    pairs = ((key, getattr(value, name)) for name, key in keys)
    return {key: item for key, item in pairs if item is not None}


@cache
def _keys(kind: Any) -> list[tuple[str, str]] | None:
    """Each attribute with its key in JSON; None of what has no attributes."""
    if not attrs.has(kind):
        return None
    return [(field.name, camel(field.name)) for field in attrs.fields(kind)]


def _decode(kind: Any, raw: object, at: str, name: Callable[[str], str]) -> Any:
    if attrs.has(kind):
        return _decode_object(kind, raw, at, name)
    origin = typing.get_origin(kind)
    if origin in (Union, types.UnionType):
        return _decode_union(typing.get_args(kind), raw, at, name)
    if origin is list:
        if not isinstance(raw, list):
            raise _wrong(at, "a list")
        (item,) = typing.get_args(kind)
        return [_decode(item, value, f"{at}[{i}]", name) for i, value in enumerate(raw)]
    if origin is Literal:
        choices = typing.get_args(kind)
        if raw not in choices:
            raise _wrong(at, "one of " + ", ".join(map(str, choices)))
        return raw
    return _decode_scalar(kind, raw, at)


def _decode_object(kind: type, raw: object, at: str, name: Callable[[str], str]) -> object:
    if not isinstance(raw, Mapping):
        raise _wrong(at, "an object")
    values = {}
    for attribute, attribute_type in _attributes(kind):
        key = name(attribute.name)
        where = f"{at}.{key}" if at else key
        if raw.get(key) is not None:
            values[attribute.name] = _decode(attribute_type, raw[key], where, name)
        elif attribute.default is attrs.NOTHING:
            raise UsageError(f"`{where}` is missing.")
    return kind(**values)


@cache
def _attributes(kind: Any) -> list[tuple[Any, Any]]:
    resolved = typing.get_type_hints(kind)
    return [(attribute, resolved[attribute.name]) for attribute in attrs.fields(kind)]


def _decode_union(kinds: tuple[Any, ...], raw: object, at: str, name: Callable[[str], str]) -> Any:
    choices = [kind for kind in kinds if kind is not type(None)]
    for kind in choices[:-1]:
        try:
            return _decode(kind, raw, at, name)
        except UsageError:
            continue
    return _decode(choices[-1], raw, at, name)


def _decode_scalar(kind: type, raw: object, at: str) -> object:
    accepted = (int, float) if kind is float else (kind,)
    if not isinstance(raw, accepted) or (isinstance(raw, bool) and kind is not bool):
        raise _wrong(at, _SCALARS[kind])
    return raw


def _wrong(at: str, expected: str) -> UsageError:
    return UsageError(f"`{at}` must be {expected}." if at else f"The parameters must be {expected}.")
