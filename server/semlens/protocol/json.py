"""JSON as bytes, and back, made fast: an answer of twenty hits is some sixty kilobytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import orjson

JsonObject = dict[str, Any]
"""An object of parsed JSON that is not decoded yet. Only the code at a wire's end handles one."""


def json_bytes(value: Any, default: Callable[[Any], Any] | None = None) -> bytes:
    """`value` as one line of JSON; `default` turns a value that JSON does not know into one that it does.

    Numbers must be finite. A text that UTF-8 cannot hold, such as a path with undecodable bytes (lone
    surrogates), is escaped and so survives the way. Raises TypeError for a value that cannot be sent.
    """
    try:
        return orjson.dumps(value, default=default)
    except TypeError:  # a text without UTF-8, a number of more than 64 bits
        return json.dumps(value, separators=(",", ":"), default=default).encode("ascii")


def json_value(data: bytes) -> Any:
    """The value of some JSON, lone surrogates in its texts included. Raises ValueError.

    A whole number of more than 64 bits comes as a float: send it as a text.
    """
    try:
        return orjson.loads(data)
    except ValueError:  # an escaped lone surrogate, or no JSON at all
        try:
            return json.loads(data)
        except RecursionError as error:
            raise ValueError("JSON is nested too deeply") from error
