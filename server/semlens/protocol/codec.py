"""Decode and encode the values of both protocols, strictly: a wrong type is one sentence, never a guess.

A language server's own converter turns the text "12" into the number 12 and a text into a list of its
letters. Here a wrong value is refused, and the sentence names the field.

The decoder of a class is made once, as nested closures, because an answer of twenty hits is decoded on every
keystroke.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from typing import Any, Literal, TypeVar, Union

import attrs

from semlens import settings
from semlens.errors import UsageError
from semlens.settings import Settings, camel

T = TypeVar("T")

Decoder = Callable[[Any], Any]
"""JSON → value. Raises `_Wrong`."""

_SCALARS: dict[type, str] = {str: "a text", bool: "true or false", int: "a whole number", float: "a number"}
_NONE = type(None)


def decode(
    kind: type[T], raw: object, name: Callable[[str], str] = camel, whole: str = "The parameters"
) -> T:
    """`raw`, a value of parsed JSON, as a `kind`. Raises `UsageError`.

    `kind` is an attrs class, a dataclass, or a type that their fields may have: a list, a tuple or a mapping
    with one type of item, a union, a literal, an enum of texts, a scalar. `name` gives a field's JSON key,
    `whole` is the subject of the sentence if `raw` itself is wrong. Unknown keys are ignored.
    """
    compiled: Any = kind
    try:
        value: T = _decoder(compiled, name)(raw)
    except _Wrong as wrong:
        raise UsageError(wrong.sentence(whole)) from None
    return value


def encode(value: Any) -> dict[str, Any]:
    """An attrs value as a JSON object with camelCase keys, without the fields that are None.

    The fields' own values are left as they are. Raises TypeError if `value` is no attrs value.
    """
    kind: Any = type(value)
    if not attrs.has(kind):
        raise TypeError(f"{kind.__name__} cannot be sent")
    pairs = ((camel(name), getattr(value, name)) for name in field_names(kind))
    return {key: item for key, item in pairs if item is not None}


def has_fields(value: object) -> bool:
    """Whether `value` is an attrs value or a dataclass."""
    kind: Any = type(value)
    return attrs.has(kind) or dataclasses.is_dataclass(kind)


def encode_all(value: Any) -> dict[str, Any]:
    """An attrs value or a dataclass as a JSON object with its fields' own names, those that are None too.

    The fields' own values are left as they are. Raises TypeError if `value` is neither.
    """
    kind: Any = type(value)
    return {name: getattr(value, name) for name in field_names(kind)}


@cache
def field_names(kind: Any) -> tuple[str, ...]:
    """The fields of an attrs class or a dataclass, in order. Raises TypeError for any other class."""
    if attrs.has(kind):
        return tuple(field.name for field in attrs.fields(kind))
    if dataclasses.is_dataclass(kind):
        return tuple(field.name for field in dataclasses.fields(kind))
    raise TypeError(f"{kind.__name__} cannot be sent")


class _Wrong(Exception):
    """What is wrong with a value; the place is put together on the way up, as it is rarely needed."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        self.place = ""

    def within(self, key: str) -> _Wrong:
        self.place = f"{key}{'' if self.place[:1] in {'', '['} else '.'}{self.place}"
        return self

    def sentence(self, whole: str) -> str:
        return f"`{self.place}` {self.problem}." if self.place else f"{whole} {self.problem}."


def _must_be(expected: str) -> _Wrong:
    return _Wrong(f"must be {expected}")


@cache
def _decoder(kind: Any, name: Callable[[str], str]) -> Decoder:
    if kind is Settings:
        return lambda raw: settings.parse(raw)[0]  # A wrong setting means its default.
    if attrs.has(kind) or dataclasses.is_dataclass(kind):
        return _object_decoder(kind, name)
    if hasattr(kind, "__supertype__"):
        return _decoder(kind.__supertype__, name)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (Union, types.UnionType):
        return _union_decoder(arguments, name)
    if origin in (list, tuple):
        return _list_decoder(origin, _decoder(arguments[0], name))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping_decoder(_decoder(arguments[1], name))
    if origin is Literal:
        return _choice_decoder({choice: choice for choice in arguments})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _choice_decoder({choice.value: choice for choice in kind})
    if kind in (object, Any):
        return lambda raw: raw
    return _scalar_decoder(kind)


def _object_decoder(kind: Any, name: Callable[[str], str]) -> Decoder:
    hints = typing.get_type_hints(kind)
    required = _required(kind)
    nullable = {field for field in required if _NONE in typing.get_args(hints[field])}
    fields = [
        (field, name(field), _decoder(hints[field], name), field in required - nullable)
        for field in field_names(kind)
    ]

    def decode_object(raw: Any) -> Any:
        if not isinstance(raw, (dict, Mapping)):
            raise _must_be("an object")
        values: dict[str, Any] = dict.fromkeys(nullable)
        for field, key, decode_value, is_required in fields:
            value = raw.get(key)
            if value is not None:
                try:
                    values[field] = decode_value(value)
                except _Wrong as wrong:
                    raise wrong.within(key) from None
            elif is_required:
                raise _Wrong("is missing").within(key)
        return kind(**values)

    return decode_object


def _required(kind: Any) -> frozenset[str]:
    """The fields without a default."""
    if attrs.has(kind):
        return frozenset(field.name for field in attrs.fields(kind) if field.default is attrs.NOTHING)
    missing = dataclasses.MISSING
    fields = dataclasses.fields(kind)
    return frozenset(one.name for one in fields if one.default is one.default_factory is missing)


def _list_decoder(sequence: Any, decode_item: Decoder) -> Decoder:
    def decode_list(raw: Any) -> Any:
        if not isinstance(raw, list):
            raise _must_be("a list")
        items: list[Any] = []
        try:
            for item in raw:
                items.append(decode_item(item))
        except _Wrong as wrong:
            raise wrong.within(f"[{len(items)}]") from None
        return items if sequence is list else sequence(items)

    return decode_list


def _mapping_decoder(decode_item: Decoder) -> Decoder:
    def decode_mapping(raw: Any) -> Any:
        if not isinstance(raw, Mapping):
            raise _must_be("an object")
        items = {}
        for key, item in raw.items():
            try:
                items[key] = decode_item(item)
            except _Wrong as wrong:
                raise wrong.within(key) from None
        return items

    return decode_mapping


def _union_decoder(kinds: tuple[Any, ...], name: Callable[[str], str]) -> Decoder:
    *others, last = [_decoder(kind, name) for kind in kinds if kind is not _NONE]
    if not others and _NONE in kinds:
        return lambda raw: None if raw is None else last(raw)

    def decode_union(raw: Any) -> Any:
        if raw is None and _NONE in kinds:
            return None
        for decode_one in others:
            try:
                return decode_one(raw)
            except _Wrong:
                continue
        return last(raw)

    return decode_union


def _choice_decoder(choices: Mapping[Any, Any]) -> Decoder:
    expected = "one of " + ", ".join(map(str, choices))

    def decode_choice(raw: Any) -> Any:
        try:
            return choices[raw]
        except (KeyError, TypeError):
            raise _must_be(expected) from None

    return decode_choice


def _scalar_decoder(kind: Any) -> Decoder:
    accepted = (int, float) if kind is float else (kind,)
    expected = _SCALARS[kind]

    def decode_scalar(raw: Any) -> Any:
        if type(raw) is kind or (isinstance(raw, accepted) and not isinstance(raw, bool)):
            return raw
        raise _must_be(expected)

    return decode_scalar
