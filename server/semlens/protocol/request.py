"""A request as a value that knows the name of its method and the type of its answer."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, Generic, TypeVar

from attrs import field, frozen

from semlens.errors import EngineError, UsageError
from semlens.protocol.codec import decode

Answer = TypeVar("Answer", covariant=True)


@frozen
class Request(Generic[Answer]):
    """A request whose answer is an `Answer`; a `Request[None]` is only acknowledged."""

    method: ClassVar[str]


@frozen
class LongRequest(Request[Answer]):
    """A request that reports its progress."""

    progress_id: int | None = field(default=None, kw_only=True)
    """The `Progress.id` of the reports, chosen by the client; None for no reports."""


Requests = Mapping[str, type[Request[Any]]]
"""Method → request."""


def decode_request(method: str, params: object, known: Requests) -> Request[Any]:
    """The request that a client sent. Raises `UsageError`, also if no request in `known` has the method."""
    if method not in known:
        raise UsageError(f"The engine knows no {method!r}. Update Semlens.")
    return decode(known[method], params, name=str)


def decode_answer(request: Request[Answer], result: object) -> Answer:
    """The engine's answer to `request`, from parsed JSON. Raises `EngineError` if it is malformed."""
    request_type: Any = type(request)
    kind = _answer_type(request_type)
    try:
        answer: Any = None if kind is type(None) else decode(kind, result, name=str, whole="It")
    except UsageError as error:
        sentence = f"The Semlens engine's answer to {request.method!r} is malformed: {error}"
        raise EngineError(sentence) from error
    return typing.cast("Answer", answer)


@cache
def _answer_type(kind: Any) -> Any:
    """`Report` for a class that is derived from `Request[Report]`."""
    bases = (base for one in kind.__mro__ for base in one.__dict__.get("__orig_bases__", ()))
    arguments = (argument for base in bases for argument in typing.get_args(base))
    return next(argument for argument in arguments if not isinstance(argument, TypeVar))
