"""What a conversation remembers."""

from __future__ import annotations

import pytest

from semlens.errors import UsageError
from semlens.mcp import conversation
from semlens.mcp.conversation import Continuation, Conversation, Cursors


def test_the_oldest_passages_are_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "MAX_SENT", 3)
    talk = Conversation()
    talk.note_sent(["a", "b", "c"])
    talk.note_sent(["a", "d"])
    assert talk.sent == ["c", "a", "d"]


def test_the_oldest_cursors_are_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "MAX_CURSORS", 2)
    cursors: Cursors[str] = Cursors()
    for name in ("a", "b", "c"):
        cursors.keep(name, Continuation(f"question {name}", ()))
    assert cursors.find("c").question == "question c"
    with pytest.raises(UsageError, match="cursor"):
        cursors.find("a")


def test_no_two_cursors_are_alike() -> None:
    cursors: Cursors[str] = Cursors()
    assert len({cursors.new() for _ in range(100)}) > 90
