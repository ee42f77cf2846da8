"""The events of a watched folder, and the sources that deliver them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Event:
    """One change that a source saw. `path` is relative to the root, or absolute outside of the root."""

    path: str
    is_dir: bool = False
    lost: bool = False
    """Events were lost, or the root itself went away: nothing known of the disk can be trusted."""
    structural: bool = False
    """A file or folder was created, deleted or moved, rather than written to."""


class EventSource(Protocol):
    """Delivers the events of one folder. The watcher calls every method on its own thread."""

    warning: str | None
    """The sentence for the user if some changes cannot be watched; the watcher then polls."""

    def start(self) -> None:
        """Start to deliver events. Raises `OSError` or `RuntimeError` if the folder cannot be watched."""

    def stop(self) -> None:
        """Deliver no more events."""

    def follow(self, events: list[Event]) -> None:
        """Watch the folders that these events created, and no longer the folders that they removed."""

    def resync(self) -> None:
        """Watch exactly the folders that belong to the index now."""
