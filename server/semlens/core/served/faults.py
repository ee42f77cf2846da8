"""What may be wrong with an embedding server, each with the sentence that the user sees.

No sentence repeats what the server says: that may hold a token, or code.
"""

from __future__ import annotations

from enum import Enum

from semlens.core.net.http import HttpFailure
from semlens.errors import EncoderError

_ELSE = "Search goes on without it."


class Fault(Enum):
    """The kinds of faults: `{host}` is the server's name, `{model}` the model's."""

    UNREACHABLE = "The model server {host} cannot be reached: start it, or choose another model."
    CERTIFICATE = "The certificate of the model server {host} is not valid."
    SLOW = "The model server {host} answers too slowly."
    CUT = "The model server {host} broke off its answer."
    UNAUTHORIZED = "The model server {host} does not accept the token: set the right one."
    FORBIDDEN = "The model server {host} does not allow this with your token."
    MISSING = "The model server {host} has no model {model}, or is no embedding server."
    TOO_LARGE = "The model server {host} refuses even short texts as too long."
    BUSY = "The model server {host} is busy and asked to be left alone for a while."
    FAILED = "The model server {host} failed."
    REFUSED = "The model server {host} refuses requests to embed with {model}: it may be no embedding model."
    MALFORMED = "The model server {host} does not answer like an embedding server."
    UNSOUND = "The model server {host} sent vectors that cannot be right."

    @property
    def lasting(self) -> bool:
        """Whether another attempt is useless until somebody does something."""
        return self in _LASTING


_LASTING = frozenset(
    {
        Fault.CERTIFICATE,
        Fault.UNAUTHORIZED,
        Fault.FORBIDDEN,
        Fault.MISSING,
        Fault.TOO_LARGE,
        Fault.REFUSED,
        Fault.UNSOUND,
    }
)

_STATUS = {405: Fault.MISSING, 424: Fault.FAILED, 503: Fault.BUSY}
_LENGTH_STATUS = frozenset({400, 413, 422, 500})
_LENGTH_SIGNS = (
    b"too long",
    b"too large",
    b"context length",
    b"context size",
    b"batch size",
    b"max_model_len",
)
"""Servers disagree on the status for a text or a batch that is too long: 400 (OpenAI, vLLM, Ollama),
413 and 422 (text-embeddings-inference), 500 (llama.cpp)."""


class ServerFault(EncoderError):
    """A request to an embedding server has failed; `str` is the sentence."""

    def __init__(self, fault: Fault, host: str, model: str, retry_after: float = 0.0) -> None:
        """:param retry_after: seconds for which the server wants to be left alone."""
        super().__init__(f"{fault.value.format(host=host, model=model)} {_ELSE}")
        self.fault = fault
        self.lasting = fault.lasting
        self.retry_after = retry_after


def fault_of(failure: HttpFailure) -> Fault:
    """What the failure of a request means."""
    said = failure.said.lower()
    if failure.status in _LENGTH_STATUS and any(sign in said for sign in _LENGTH_SIGNS):
        return Fault.TOO_LARGE
    return _STATUS.get(failure.status) or Fault[failure.usual_name]
