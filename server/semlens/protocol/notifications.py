"""What the engine sends to its clients without a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from attrs import Factory, frozen

from semlens.errors import EngineError, UsageError
from semlens.protocol.codec import decode
from semlens.protocol.editor import FolderState
from semlens.types import Coverage


@frozen
class FolderStatus:
    """How a folder is. The engine also sends it by itself, to the clients that are attached to the folder."""

    folder: str
    state: FolderState
    message: str | None = None
    """A sentence for the user."""
    files: int = 0
    chunks: int = 0
    skipped: int = 0
    """Files and folders that are left out."""
    coverage: Coverage = Factory(Coverage)
    repeats: bool = False
    """Whether the message says no more than the coverage does."""


@frozen
class Progress:
    """How far a long request is."""

    id: int
    """The request's `progress_id`."""
    stage: str
    """The items that are counted, such as `files` or `chunks`."""
    done: int
    total: int
    """0 while it is unknown."""


@frozen
class Message:
    """A sentence for the user."""

    level: Literal["error", "warning", "info"]
    text: str


Notification = Progress | Message | FolderStatus

NOTIFICATIONS: Mapping[str, type[Notification]] = {
    "progress": Progress,
    "message": Message,
    "status_changed": FolderStatus,
}
"""Method → params, engine to client."""


def method_of(notification: Notification) -> str:
    """The method that carries a notification."""
    return next(method for method, kind in NOTIFICATIONS.items() if type(notification) is kind)


def decode_notification(method: str, params: object) -> Notification | None:
    """The engine's notification, from parsed JSON; None if it is unknown. Raises `EngineError`."""
    kind = NOTIFICATIONS.get(method)
    try:
        return None if kind is None else decode(kind, params, name=str)
    except UsageError as error:
        raise EngineError(f"The Semlens engine's message {method!r} is malformed: {error}") from error
