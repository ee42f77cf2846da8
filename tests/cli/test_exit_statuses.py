"""What is not there: to show or to end it is done, what needs it fails, and neither is wrong usage."""

from __future__ import annotations

import json

import pytest

from support.command_line import Run
from support.live import Live

SHOWN_OR_ENDED = (
    "status",
    "team status",
    "team leave",
    "team search off .",
    "models servers",
    "models leave http://127.0.0.1:9",
    "models leave http://127.0.0.1:9#some-model",
    "models remove",
    "train status",
    "train discard",
    "mcp uninstall zed",
)
NEEDED = (
    "team prune --days 30",
    "team search on . --yes",
    "index --team .",
    "train stop",
    "train pause",
    "train resume",
    "train keep",
)


@pytest.fixture(autouse=True)
def nothing_there(
    live: Live, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path_factory.mktemp("empty")
    monkeypatch.chdir(empty)
    monkeypatch.setenv("HOME", str(empty))
    monkeypatch.setenv("USERPROFILE", str(empty))
    live.start()


def test_to_show_or_to_end_what_is_not_there_is_done(run: Run) -> None:
    for command in SHOWN_OR_ENDED:
        ended = run(*command.split())
        assert (ended.status, ended.err) == (0, ""), command
        assert ended.out.strip(), command
        if not command.startswith("mcp"):
            told = run(*command.split(), "--json")
            assert told.status == 0, command
            json.loads(told.out)


def test_what_needs_something_that_is_not_there_fails(run: Run) -> None:
    for command in NEEDED:
        ended = run(*command.split())
        assert ended.status == 1, command
        assert ended.err.startswith("semlens: ") and ended.err.count("\n") == 1, command
