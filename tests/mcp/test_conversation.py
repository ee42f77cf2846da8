"""What a conversation remembers."""

from __future__ import annotations

import pytest

from semlens.errors import UsageError
from semlens.mcp import conversation
from semlens.mcp.conversation import Continuation, Conversation, Cursors


def test_the_oldest_passages_are_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "MAX_SENT", 3)
    talk = Conversation()
    talk.note_sent(["a", "b", "c"], ["b"])
    talk.note_sent(["a", "d"], ["a"])
    assert (talk.sent, talk.sent_whole) == (["c", "a", "d"], ["a"])
    talk.note_sent(["a", "d"], ["d"])  # What was sent once in whole stays so.
    assert (talk.sent, talk.sent_whole) == (["c", "a", "d"], ["a", "d"])


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
