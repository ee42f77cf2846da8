"""Dispatch the client's messages to handlers, and answer every request that has an id exactly once.

pygls does not answer malformed requests, requests before `initialize` or after `shutdown`, and unknown
methods without parameters; it answers a failed handler with a traceback. This module answers each of them
with an error of one sentence. It replaces only the dispatch of pygls, and uses its features, capabilities
and types as they are.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import traceback
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException, JsonRpcMethodNotFound
from pygls.protocol import LanguageServerProtocol, lsp_method

from semlens.errors import Cancelled, EngineError, SemlensError
from semlens.lsp.words.words import Words
from semlens.protocol import editor as protocol
from semlens.protocol.codec import decode, encode
from semlens.protocol.json import json_bytes

log = logging.getLogger(__name__)

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
NOT_INITIALIZED = -32002

MessageId = int | str | float | None

_HANDLED_BY_SESSION = (
    lsp.TEXT_DOCUMENT_DID_OPEN,
    lsp.TEXT_DOCUMENT_DID_CHANGE,
    lsp.TEXT_DOCUMENT_DID_CLOSE,
    lsp.NOTEBOOK_DOCUMENT_DID_OPEN,
    lsp.NOTEBOOK_DOCUMENT_DID_CHANGE,
    lsp.NOTEBOOK_DOCUMENT_DID_CLOSE,
    lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS,
    lsp.WORKSPACE_EXECUTE_COMMAND,
    lsp.WINDOW_WORK_DONE_PROGRESS_CANCEL,
)
"""Methods that the session handles instead of pygls, whose documents split lines at form feeds."""


class StrictProtocol(LanguageServerProtocol):
    """The language server protocol on one connection to one client."""

    on_exit: Callable[[int], None] = staticmethod(lambda code: None)
    """Called with the exit code when the client sends `exit`."""
    on_client_process: Callable[[int], object] = staticmethod(lambda pid: None)
    """Called with the client's process id when the client sends it."""
    words = Words()
    """The language of the client: English until it has said another."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._initialized = False
        self._sent_requests: dict[str, asyncio.Future[Any]] = {}
        for method in _HANDLED_BY_SESSION:
            self.fm.builtin_features.pop(method, None)
        self.fm.add_builtin_feature(lsp.SHUTDOWN, self._shut_down)

    @lsp_method(lsp.INITIALIZE)
    def lsp_initialize(self, params: lsp.InitializeParams) -> Any:
        """Initialize as pygls does, but with positions in UTF-16 units, which every client supports."""
        if params.capabilities.general is not None:
            params.capabilities.general.position_encodings = None
        return (yield from super().lsp_initialize(params))

    @property
    def exit_code(self) -> int:
        """0 after a `shutdown`, else 1, as the protocol requires."""
        return 0 if self._shutdown else 1

    def receive(self, body: bytes) -> None:
        """Handle one message. Runs on the event loop; never raises."""
        try:
            message = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            self._fail(None, PARSE_ERROR, "The message is not JSON.")
            return
        if not isinstance(message, dict):
            self._fail(None, INVALID_REQUEST, "The message is not a JSON object.")
            return
        if "method" not in message and ("result" in message or "error" in message):
            self._receive_response(message)
        elif "id" in message:
            self._receive_request(message, message["id"])
        else:
            self._receive_notification(message)

    async def request(self, method: str, params: Any, timeout: float) -> Any:
        """Send a request to the client; returns the result as JSON.

        None if the client answers with an error, or not within `timeout` seconds.
        """
        msg_id = str(uuid.uuid4())
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._sent_requests[msg_id] = answer
        self._send_data({"jsonrpc": "2.0", "id": msg_id, "method": method, "params": self._plain(params)})
        try:
            return await asyncio.wait_for(answer, timeout)
        except asyncio.TimeoutError:
            log.warning("The client did not answer %s within %g s.", method, timeout)
            return None
        finally:
            self._sent_requests.pop(msg_id, None)

    def notify(self, method: str, params: Any | None = None) -> None:
        """Send a notification to the client."""
        self._send_data({"jsonrpc": "2.0", "method": method, "params": self._plain(params)})

    # Receiving

    def _receive_request(self, message: Mapping[str, Any], raw_id: object) -> None:
        msg_id = _valid_id(raw_id)
        method = message.get("method")
        refusal = self._refusal(message, msg_id, raw_id, method)
        if refusal is not None:
            self._fail(msg_id, *refusal)
            return
        assert isinstance(method, str) and isinstance(msg_id, int | str)
        try:
            params = self._params(method, message)
        except Exception as error:
            self._fail(msg_id, INVALID_PARAMS, f"{method}: {_sentence(error)}")
            return
        handled = partial(self._request_handled, method, msg_id)
        try:
            self._execute_handler(msg_id, self._get_handler(method), handled, (params,))
        except Exception as error:
            self._fail(msg_id, *_error(method, error))

    def _refusal(
        self, message: Mapping[str, Any], msg_id: MessageId, raw_id: object, method: object
    ) -> tuple[int, str] | None:
        """The error code and the sentence for a request that must not reach its handler, else None."""
        if not isinstance(method, str) or message.get("jsonrpc") != self.VERSION:
            return INVALID_REQUEST, "The message is not a JSON-RPC 2.0 request."
        if not isinstance(msg_id, int | str):
            return INVALID_REQUEST, "A request's id must be a text or a whole number."
        if msg_id in self._request_futures:
            return INVALID_REQUEST, f"The id {msg_id!r:.100} is in use by a request that is not answered yet."
        if self._shutdown:
            return INVALID_REQUEST, "The server was shut down."
        if method == lsp.INITIALIZE:
            return (INVALID_REQUEST, "The server is initialized already.") if self._initialized else None
        if not self._initialized:
            return NOT_INITIALIZED, "The server is not initialized yet."
        if not self._is_request(method):
            return METHOD_NOT_FOUND, f"Semlens does not know the request {method!r:.200}."
        return None

    def _receive_notification(self, message: Mapping[str, Any]) -> None:
        method = message.get("method")
        if not isinstance(method, str) or message.get("jsonrpc") != self.VERSION:
            return
        if method == lsp.EXIT:
            self.on_exit(self.exit_code)
        elif method == lsp.CANCEL_REQUEST:
            self._cancel(message.get("params"))
        elif self._initialized and not self._shutdown and not self._is_request(method):
            self._run_notification(method, message)

    def _run_notification(self, method: str, message: Mapping[str, Any]) -> None:
        try:
            handler = self._get_handler(method)
            params = self._params(method, message)
            self._execute_handler(
                str(uuid.uuid4()), handler, partial(self._notification_handled, method), (params,)
            )
        except JsonRpcMethodNotFound:
            log.debug("Ignored the notification %s.", method)
        except Exception as error:
            log.warning("%s: %s", method, _sentence(error))

    def _is_request(self, method: str) -> bool:
        """Whether `method` is handled here as a request, and not as a notification."""
        if method in protocol.REQUESTS:
            return True
        if method not in self.fm.builtin_features and method not in self.fm.features:
            return False
        kind = self.get_message_type(method)
        return kind is not None and hasattr(kind, "__attrs_attrs__") and hasattr(kind.__attrs_attrs__, "id")

    def _params(self, method: str, message: Mapping[str, Any]) -> Any:
        if method in protocol.REQUESTS:
            return decode(protocol.REQUESTS[method][0], _or_empty(message.get("params")))
        kind = self.get_message_type(method)
        if kind is None:
            return message.get("params")
        return getattr(self._converter.structure(message, kind), "params", None)

    def _receive_response(self, message: Mapping[str, Any]) -> None:
        msg_id = message.get("id")
        future = self._sent_requests.get(msg_id) if isinstance(msg_id, str) else None
        if future is None or future.done():
            return
        if "error" in message:
            log.info("The client refused a request: %.200s", message["error"])
            future.set_result(None)
        else:
            future.set_result(message.get("result"))

    def _cancel(self, params: object) -> None:
        msg_id = params.get("id") if isinstance(params, Mapping) else None
        if isinstance(msg_id, int | str):
            future = self._request_futures.get(msg_id)
            if future is not None:
                future.cancel()

    def _shut_down(self, _: object) -> None:
        """Answer every open request as cancelled."""
        self._shutdown = True
        for future in list(self._request_futures.values()):
            future.cancel()

    # Answering

    def _request_handled(self, method: str, msg_id: int | str, future: Future[Any]) -> None:
        """A handler is done: send its result or its error."""
        self._request_futures.pop(msg_id, None)
        if future.cancelled():
            self._fail(msg_id, Cancelled.code, str(Cancelled()))
            return
        error = future.exception()
        if error is not None:
            self._fail(msg_id, *_error(method, error))
            return
        self._initialized = self._initialized or method == lsp.INITIALIZE
        try:
            self._send_data({"jsonrpc": "2.0", "id": msg_id, "result": self._plain(future.result())})
        except Exception as unsendable:
            self._fail(msg_id, *_error(method, unsendable))

    def _notification_handled(self, method: str, future: Future[Any]) -> None:
        """A notification's handler is done: log its error, if any."""
        for msg_id in [key for key, value in self._request_futures.items() if value is future]:
            del self._request_futures[msg_id]
        error = None if future.cancelled() else future.exception()
        if error is not None:
            _, sentence = _error(method, error)
            log.warning("%s: %s", method, sentence)

    def _fail(self, msg_id: MessageId, code: int, sentence: str) -> None:
        self._send_data(
            {"jsonrpc": "2.0", "id": msg_id, "error": {"code": code, "message": self.words.say(sentence)}}
        )

    def _plain(self, value: Any) -> Any:
        """A value that `_send_data` can send, in the client's language: types of lsprotocol become JSON."""
        return self._without_lsprotocol(self.words.shown(value))

    def _without_lsprotocol(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._without_lsprotocol(item) for item in value]
        return (
            self._converter.unstructure(value) if type(value).__module__.startswith("lsprotocol") else value
        )

    def _send_data(self, data: Any) -> None:
        body = json_bytes(data, encode)
        if self.writer is not None:
            self.writer.write(body)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _valid_id(raw: object) -> MessageId:
    """The id to answer with: None (null) if the request's id is invalid, as JSON-RPC requires."""
    if isinstance(raw, bool) or not isinstance(raw, int | str | float):
        return None
    return None if isinstance(raw, float) and not math.isfinite(raw) else raw


def _or_empty(params: object) -> object:
    return {} if params is None or params == [] else params


def _error(method: str, error: BaseException) -> tuple[int, str]:
    """The error code and the sentence for an exception of a handler."""
    if isinstance(error, asyncio.CancelledError):
        return Cancelled.code, str(Cancelled())
    if isinstance(error, SemlensError):
        return error.code, str(error)
    if isinstance(error, asyncio.TimeoutError):
        return EngineError.code, "The Semlens engine did not answer in time; try again."
    if isinstance(error, JsonRpcException):
        return error.code, _sentence(error)
    place = traceback.extract_tb(error.__traceback__)[-1:]
    log.error("%s: %s at %s", method, _sentence(error), [f"{frame.name}:{frame.lineno}" for frame in place])
    return INTERNAL_ERROR, f"Semlens could not answer {method}: {_sentence(error)}"


def _sentence(error: BaseException) -> str:
    """An error in one line."""
    if isinstance(error, SemlensError):
        return str(error)
    nested = getattr(error, "exceptions", None)
    if nested:
        return _sentence(nested[0])
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text:.200}" if text else type(error).__name__
