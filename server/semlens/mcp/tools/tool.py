"""What a tool is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from semlens.mcp.agent import Agent

A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """An answer as text and as structured content."""

    text: str
    structured: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tool(Generic[A]):
    """A question that a model can ask."""

    name: str
    title: str
    description: str
    """When to use it, and when not."""
    arguments: type[A]
    """A class of `mcp.arguments`."""
    output_schema: Mapping[str, Any]
    answer: Callable[[Agent, A], Awaitable[ToolAnswer]]
    """Raises `SemlensError`."""


def object_schema(properties: Mapping[str, Any], required: tuple[str, ...]) -> dict[str, Any]:
    """The JSON schema of an object."""
    return {"type": "object", "properties": dict(properties), "required": list(required)}


TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
FLAG = {"type": "boolean"}
TEXTS = {"type": "array", "items": TEXT}
