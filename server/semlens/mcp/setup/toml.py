"""Put a table into TOML, or take it out, as text."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence

_HEADER = re.compile(r"^[ \t]*\[", re.M)


class NotToml(ValueError):
    """The text is no TOML, or a table cannot be put into it."""


def with_table(text: str, name: str, values: Mapping[str, str | Sequence[str]]) -> str:
    """`text` with the table `name`, a dotted one, in place of an earlier one with its subtables.

    Raises `NotToml`.
    """
    kept = without_table(text, name)
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = [f"[{name}]", *(f"{key} = {_written(value)}" for key, value in values.items()), ""]
    gap = newline if kept.strip() else ""
    before = kept if not kept or kept.endswith("\n") else kept + newline
    after = before + gap + newline.join(lines)
    _check(after, name)
    return after


def without_table(text: str, name: str) -> str:
    """`text` without the table `name` and its subtables."""
    own = re.compile(rf"^[ \t]*\[[ \t]*{_spelled(name)}[ \t]*(?:\.[^\]\n]*)?\][^\n]*(?:\n|\Z)", re.M)
    while (found := own.search(text)) is not None:
        following = _HEADER.search(text, found.end())
        text = (
            text[: found.start()].rstrip("\r\n")
            + _gap(text, found.start())
            + (text[following.start() :] if following else "")
        )
    return text


def _check(text: str, name: str) -> None:
    """Raise `NotToml` if `text` is none, or has no table `name`. Python 3.10 cannot tell."""
    if sys.version_info >= (3, 11):
        import tomllib

        try:
            table: object = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise NotToml(str(error)) from error
        for part in name.split("."):
            if not isinstance(table, dict):
                raise NotToml(f"{part} cannot be put where it belongs")
            table = table[part]


def _spelled(name: str) -> str:
    """A pattern for a dotted name, whose parts may be quoted."""
    return r"[ \t]*\.[ \t]*".join(rf"[\"']?{re.escape(part)}[\"']?" for part in name.split("."))


def _gap(text: str, at: int) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    return (
        newline * 2
        if text[:at].strip() and _HEADER.search(text, at + 1)
        else newline
        if text[:at].strip()
        else ""
    )


def _written(value: str | Sequence[str]) -> str:
    """A text or a list of texts; JSON's strings are TOML's basic strings."""
    return json.dumps(value if isinstance(value, str) else list(value), ensure_ascii=False)
