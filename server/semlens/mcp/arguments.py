"""A tool's arguments: an attrs class whose fields say what they mean, as a JSON schema, and read strictly.

Some models refuse schemas with unions or null, so an argument that may be left out has a default of its type.
"""

from __future__ import annotations

import difflib
import typing
from collections.abc import Mapping
from typing import Any, Literal, TypeVar

import attrs

from semlens.core.text.words import without_surrogates
from semlens.errors import UsageError
from semlens.protocol.codec import decode

T = TypeVar("T")

_SCALARS: dict[Any, str] = {str: "string", int: "integer", bool: "boolean"}


def argument(
    description: str, default: Any = attrs.NOTHING, low: int = 0, high: int = 0, also: str = ""
) -> Any:
    """A field of a class of arguments. `low` and `high` bound a number; a larger one is taken as `high`.

    :param also: another name that is taken for it: agents carry the names of one tool over to the next
    """
    metadata = {"description": description, "low": low, "high": high, "also": also}
    if isinstance(default, list):
        return attrs.field(factory=list, metadata=metadata)
    return attrs.field(default=default, metadata=metadata)


def schema_of(kind: type[Any]) -> dict[str, Any]:
    """The JSON schema of a class of arguments."""
    hints = typing.get_type_hints(kind)
    properties = {field.name: _property(hints[field.name], field) for field in attrs.fields(kind)}
    required = [field.name for field in attrs.fields(kind) if field.default is attrs.NOTHING]
    return {"type": "object", "properties": properties, "required": required}


def read_arguments(kind: type[T], raw: Mapping[str, Any] | None) -> T:
    """A tool's arguments as its caller gave them; null stands for an argument that is left out.

    Raises `UsageError` with a sentence that names the argument.
    """
    given = {name: value for name, value in (raw or {}).items() if value is not None}
    fields = {field.name: field for field in attrs.fields(typing.cast(Any, kind))}
    for name, field in fields.items():
        also = field.metadata["also"]
        if also in given and name not in given:
            given[name] = given.pop(also)
    for name in given:
        if name not in fields:
            raise UsageError(_unknown(name, list(fields)))
    arguments = decode(kind, given, name=str, whole="The arguments")
    bounded = {name: _bounded(fields[name], getattr(arguments, name)) for name in given}
    return typing.cast(T, attrs.evolve(typing.cast(Any, arguments), **bounded))


def _property(hint: Any, field: attrs.Attribute[Any]) -> dict[str, Any]:
    schema: dict[str, Any] = {"description": field.metadata["description"]}
    if typing.get_origin(hint) is Literal:
        schema |= {"type": "string", "enum": list(typing.get_args(hint))}
    elif typing.get_origin(hint) is list:
        schema |= {"type": "array", "items": {"type": "string"}}
    else:
        schema["type"] = _SCALARS[hint]
    if hint is int and field.metadata["high"]:
        schema |= {"minimum": field.metadata["low"], "maximum": field.metadata["high"]}
    if isinstance(field.default, (str, int)) and field.default not in ("", 0):
        schema["default"] = field.default
    return schema


def _bounded(field: attrs.Attribute[Any], value: Any) -> Any:
    low, high = field.metadata["low"], field.metadata["high"]
    if not high or type(value) is not int:
        return value
    if value < low:
        raise UsageError(f"`{field.name}` must be {low} at least.")
    return min(value, high)


def _unknown(name: str, known: list[str]) -> str:
    """The sentence about an argument that there is not, with the one that was perhaps meant."""
    near = difflib.get_close_matches(name, known, 1)
    meant = f" Did you mean `{near[0]}`?" if near else ""
    shown = without_surrogates(name[:60])
    return f"There is no argument `{shown}`.{meant} There are: {', '.join(known)}."
