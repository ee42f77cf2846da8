"""The user's settings with their defaults. A wrong value costs one message and keeps the default.

A test holds the names, types and defaults together with those in `package.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from attrs import Factory, fields, frozen

DEFAULT_MODEL = "semlens-code"
"""all-MiniLM-L6-v2, trained further on code."""
PLAIN_MODEL = "all-MiniLM-L6-v2"
"""all-MiniLM-L6-v2 as published."""
DEFAULT_INSTANT_MODEL = "semlens-instant"
"""The static model that comes with Semlens."""
DEFAULT_RERANK_MODEL = "semlens-rerank"
"""The cross-encoder that comes with Semlens."""

DEFAULT_TOKENIZER = "o200k_base"
"""OpenAI's for GPT-4o and later."""


@frozen
class Settings:
    """The settings of one workspace folder, under `semlens.` in the editor."""

    enabled: bool = True
    """Index this workspace."""
    deep_tier: Literal["auto", "off"] = "auto"
    """Improve search results in the background with a transformer model."""
    deep_tier_on_battery: bool = True
    """Keep improving search results while on battery power."""
    deep_tier_while_busy: bool = True
    """Keep improving search results while the user types or other programs use the processor."""
    hover: Literal["off", "compact", "full"] = "compact"
    """What a hover says of a definition's or a selection's tokens: one line, or a table of all tokenizers."""
    tokenizers: list[str] = Factory(lambda: [DEFAULT_TOKENIZER])
    """The tokenizers in which costs are shown besides the embedding model's. Where there is room for one, the
    first is shown."""
    token_windows: Mapping[str, float] = Factory(dict)
    """Tokenizer → the tokens that its model reads at once, in place of the documented window."""
    token_prices: Mapping[str, float] = Factory(dict)
    """Tokenizer → what its model costs per million tokens, in any currency."""
    exclude: list[str] = Factory(list)
    """Globs of files that are not indexed, in addition to the ignore files."""
    files_exclude: Mapping[str, bool] = Factory(dict)
    """The editor's own `files.exclude`."""
    search_exclude: Mapping[str, bool] = Factory(dict)
    """The editor's own `search.exclude`."""
    files_encoding: str = ""
    """The editor's own `files.encoding`."""
    images: bool = False
    """Find images by their names, the text in SVG files, and what other files say of them."""
    image_model: str = ""
    """The path of a sentence-transformers folder with a CLIP model, by which images are found by what they
    show, too; empty for none."""
    image_text: bool = False
    """Find images by the text in them, too, if RapidOCR is installed."""
    max_file_size_kb: int = 1024
    """Larger files are not indexed. In kilobytes."""
    watch: Literal["auto", "polling", "off"] = "auto"
    """How changes on disk are noticed."""
    model: str = DEFAULT_MODEL
    """A bundled model's name, the path of a sentence-transformers folder, `ORG/NAME` of a model that was
    downloaded, or `URL#MODEL` of an embedding server that was joined."""
    second_model: str = ""
    """A second model, as `model` names one, which reads each definition in words beside the code; empty for
    none."""
    instant_model: str = DEFAULT_INSTANT_MODEL
    """The bundled model of the instant tier, or the path of one that was trained from it."""
    device: Literal["auto", "cpu"] = "auto"
    """What the transformer model runs on: `auto` uses a GPU if possible."""
    train_on_gpu: bool = False
    """Train transformer models on a GPU, if there is one."""
    rerank_model: str = DEFAULT_RERANK_MODEL
    """The bundled cross-encoder that reorders the first hits, or the path of a sentence-transformers one;
    empty for none."""
    rerank_hits: int = 20
    """How many hits the cross-encoder reorders."""
    rerank_milliseconds: int = 500
    """How long the cross-encoder may take per search."""
    idle_minutes: float = 10.0
    """The engine ends after this time without a client."""


MACHINE_ONLY = frozenset(
    {
        "model",
        "instant_model",
        "second_model",
        "image_model",
        "image_text",
        "tokenizers",
        "device",
        "train_on_gpu",
        "rerank_model",
        "rerank_hits",
        "rerank_milliseconds",
        "idle_minutes",
    }
)
"""Settings that concern the machine or name a model to load: a workspace cannot set them."""

EMPTY_FOR_NONE = frozenset({"rerank_model"})
"""Settings with a default that an empty text turns off."""


def parse(raw: object) -> tuple[Settings, list[str]]:
    """Read the settings that a client sent: a mapping with camelCase or snake_case keys, or None.

    Returns the settings and one sentence for each bad value, which is replaced by the default, as an empty
    list is. Unknown keys are ignored.
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
        if raw.get(key) in (None, []) or raw[key] == attribute.default == "":
            continue
        is_none = name in EMPTY_FOR_NONE and raw[key] == ""
        problem = None if is_none else _problem(str(attribute.type), raw[key])
        if problem:
            problems.append(f"semlens.{camel(name)} must be {problem}; the default is used.")
        else:
            values[name] = raw[key]
    return Settings(**values), problems


def is_server(model: str) -> bool:
    """Whether the setting `model` names a model of an embedding server, as `URL#MODEL`."""
    return model.lower().startswith(("http://", "https://"))


def camel(name: str) -> str:
    """`max_file_size_kb` → `maxFileSizeKb`."""
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def _problem(kind: str, value: object) -> str | None:
    """What `value` has to be for the annotation `kind`, or None if it is valid."""
    if kind.startswith("Literal["):
        choices = [part.strip().strip("\"'") for part in kind[8:-1].split(",")]
        return None if value in choices else "one of " + ", ".join(choices)
    if kind.startswith("list"):
        right = isinstance(value, list) and all(isinstance(item, str) for item in value)
        return None if right else "a list of strings"
    if kind == "Mapping[str, float]":
        numbers = value.values() if isinstance(value, Mapping) else [None]
        return "an object of numbers above 0" if any(_problem("float", one) for one in numbers) else None
    if kind.startswith("Mapping"):
        return None if isinstance(value, Mapping) else "an object"
    if kind == "bool":
        return None if isinstance(value, bool) else "true or false"
    if kind in {"int", "float"}:
        if isinstance(value, bool) or not isinstance(value, (int, float) if kind == "float" else int):
            return "a number above 0"
        return None if value > 0 else "a number above 0"
    return None if isinstance(value, str) and value else "a text"
