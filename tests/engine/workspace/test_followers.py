"""Who is told what of a folder: each client once, and never an older status after a newer one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from semlens.engine.wire.connection import Connection
from semlens.engine.workspace.followers import Followers
from semlens.protocol.notifications import FolderStatus, Message

ROOT, OTHER = Path("shop"), Path("tools")


class Client:
    def __init__(self) -> None:
        self.told: list[Any] = []

    def notify(self, notification: Any) -> None:
        self.told.append(notification)


def added(followers: Followers, root: Path) -> tuple[Client, bool]:
    client = Client()
    return client, followers.add(root, cast(Connection, client))


def test_the_first_and_the_last_client_of_a_folder_are_known() -> None:
    followers = Followers()
    (one, first), (two, second) = added(followers, ROOT), added(followers, ROOT)
    assert (first, second) == (True, False)
    assert not followers.add(ROOT, cast(Connection, two))
    assert not followers.remove(OTHER, cast(Connection, one))
    assert not followers.remove(ROOT, cast(Connection, one)) and ROOT in followers
    assert not followers.remove(ROOT, cast(Connection, one))
    assert followers.remove(ROOT, cast(Connection, two)) and ROOT not in followers
    assert followers.followed() == []


def test_only_those_who_follow_a_folder_are_told() -> None:
    followers = Followers()
    (one, _), (two, _) = added(followers, ROOT), added(followers, OTHER)
    followers.tell(ROOT, Message("warning", "full"))
    followers.tell(Path("nobody"), Message("warning", "full"))
    assert one.told == [Message("warning", "full")] and two.told == []


def test_a_status_that_was_found_before_a_newer_one_is_not_sent_after_it() -> None:
    followers = Followers()
    client, _ = added(followers, ROOT)
    older, newer = FolderStatus("shop", "indexing"), FolderStatus("shop", "ready")

    def found_slowly() -> FolderStatus:
        followers.tell_status(ROOT, lambda: newer)
        return older

    followers.tell_status(ROOT, found_slowly)
    assert client.told == [newer]
    followers.tell_status(ROOT, lambda: older)
    assert client.told == [newer, older]


def test_who_is_dismissed_gets_a_last_status_and_nothing_after_it() -> None:
    followers = Followers()
    (one, _), (two, _) = added(followers, ROOT), added(followers, OTHER)
    last, older = FolderStatus("shop", "forgotten"), FolderStatus("shop", "indexing")

    def found_slowly() -> FolderStatus:
        followers.dismiss(ROOT, last)
        return older

    followers.tell_status(ROOT, found_slowly)
    followers.tell(ROOT, Message("warning", "full"))
    assert one.told == [last] and two.told == [] and ROOT not in followers
    assert followers.followed() == [OTHER]
    assert followers.add(ROOT, cast(Connection, one))
    followers.tell_status(ROOT, lambda: older)
    assert one.told == [last, older]
