"""JSON as bytes, and back, made fast: an answer of twenty hits is some sixty kilobytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import orjson


def json_bytes(value: Any, default: Callable[[Any], Any] | None = None) -> bytes:
    """`value` as one line of JSON; numbers must be finite. What is no JSON is what `default` makes of it.

    A text that UTF-8 cannot hold, such as a path with undecodable bytes (lone surrogates), is escaped, and so
    survives the way. Raises TypeError for what cannot be told.
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
