"""What a user can set, each with its default; a wrong value is one message, never a crash.

The names, types, defaults and descriptions here and in `package.json` are held together
by a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from attrs import Factory, fields, frozen

DEFAULT_MODEL = "semlens-code"
"""all-MiniLM-L6-v2, trained further on code."""
PLAIN_MODEL = "all-MiniLM-L6-v2"
"""The same, as its authors left it."""


@frozen
class Settings:
    """The settings of one workspace folder, under `semlens.` in the editor."""

    enabled: bool = True
    """Index this workspace."""
    deep_tier: Literal["auto", "off"] = "auto"
    """Improve search in the background with a transformer model."""
    deep_tier_on_battery: bool = True
    """Go on with that while the machine runs on its battery."""
    deep_tier_while_busy: bool = True
    """Go on with that while the user or another program is busy."""
    model: str = DEFAULT_MODEL
    """A bundled model's name, or the path of a sentence-transformers folder."""
    device: Literal["auto", "cpu"] = "auto"
    """What the transformer runs on: a GPU if there is one, or never one."""
    rerank_model: str = ""
    """The folder of a sentence-transformers cross-encoder that orders the first hits; empty for none."""
    rerank_hits: int = 20
    """How many hits the cross-encoder sees."""
    rerank_milliseconds: int = 500
    """How long it may take."""
    max_file_size_kb: int = 1024
    """Files larger than this are left out."""
    exclude: list[str] = Factory(list)
    """Globs to leave out, besides the ignore files."""
    files_exclude: Mapping[str, bool] = Factory(dict)
    """The editor's own `files.exclude`."""
    search_exclude: Mapping[str, bool] = Factory(dict)
    """The editor's own `search.exclude`."""
    hover_enabled: bool = True
    """Show token counts on hover."""
    watch: Literal["auto", "polling", "off"] = "auto"
    """How changes on disk are noticed."""
    idle_minutes: float = 10.0
    """The engine ends when no client was connected for this long."""


MACHINE_ONLY = frozenset(
    {"model", "device", "rerank_model", "rerank_hits", "rerank_milliseconds", "idle_minutes"}
)
"""Settings that are about the machine, or name something to load: a workspace must not choose them."""


def parse(raw: object) -> tuple[Settings, list[str]]:
    """Settings from what a client sent (camelCase or snake_case keys), and a message for each bad value.

    A bad value leaves the default in place.
    """
    if raw is None:
        return Settings(), []
    if not isinstance(raw, Mapping):
        return Settings(), ["The semlens settings are not an object; the defaults are used."]
    values: dict[str, Any] = {}
    problems: list[str] = []
    for attribute in fields(Settings):
        name = attribute.name
        key = name if name in raw else camel(name)
        if raw.get(key) is None or raw[key] == attribute.default == "":
            continue
        problem = _problem(str(attribute.type), raw[key])
        if problem:
            problems.append(f"semlens.{camel(name)} must be {problem}; the default is used.")
        else:
            values[name] = raw[key]
    return Settings(**values), problems


def camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def _problem(kind: str, value: object) -> str | None:
    """What `value` should have been, or None if it is right."""
    if kind.startswith("Literal["):
        choices = [part.strip().strip("\"'") for part in kind[8:-1].split(",")]
        return None if value in choices else "one of " + ", ".join(choices)
    if kind.startswith("list"):
        right = isinstance(value, list) and all(isinstance(item, str) for item in value)
        return None if right else "a list of strings"
    if kind.startswith("Mapping"):
        return None if isinstance(value, Mapping) else "an object"
    if kind == "bool":
        return None if isinstance(value, bool) else "true or false"
    if kind in {"int", "float"}:
        if isinstance(value, bool) or not isinstance(value, (int, float) if kind == "float" else int):
            return "a number above 0"
        return None if value > 0 else "a number above 0"
    return None if isinstance(value, str) and value else "a text"
