"""What an editor says of the team reaches the engine, and consent is asked before anything is sent."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from semlens.errors import UsageError
from semlens.lsp.features.team import team, team_search
from semlens.lsp.session.session import Session
from semlens.protocol.editor import TeamParams, TeamResult, TeamSearchParams
from semlens.protocol.team import (
    JoinTeam,
    LeaveTeam,
    SearchedFolder,
    SearchTeam,
    TeamAnswer,
    TeamStatus,
    UseTeam,
)

URL = "https://chroma.example.com"


async def _told(params: TeamParams, answer: TeamAnswer | None = None) -> tuple[list[Any], TeamResult]:
    asked: list[Any] = []

    async def request(sent: Any, on_progress: Any = None) -> TeamAnswer:
        asked.append(sent)
        return answer or TeamAnswer()

    session = SimpleNamespace(engine=SimpleNamespace(request=request))
    return asked, await team(cast(Session, session), params)


async def test_what_the_editor_knows_reaches_the_engine() -> None:
    params = TeamParams(URL, "t", "d", "read", "X-Key", "/ca.pem", "token", "secret")
    asked, _ = await _told(params)
    assert asked == [UseTeam(URL, "t", "d", "read", "X-Key", "/ca.pem", "token", "secret")]
    assert "token" not in repr(asked[0]).replace("token=", "") and "secret" not in repr(params)


async def test_nothing_known_only_asks() -> None:
    assert (await _told(TeamParams()))[0] == [TeamStatus()]
    assert (await _told(TeamParams(leave=True, token="x")))[0] == [LeaveTeam()]


async def test_consent_joins_the_server_that_was_shown() -> None:
    asked, _ = await _told(TeamParams(URL, access="read", token="token", agree=True))
    assert asked == [UseTeam(URL, access="read", token="token"), JoinTeam(URL, access="read")]
    with pytest.raises(UsageError, match="to which server"):
        await _told(TeamParams(agree=True))


@pytest.mark.parametrize(
    ("answer", "asks"),
    [
        (TeamAnswer(), False),
        (TeamAnswer(URL, "chroma.example.com", access="readWrite"), True),
        (TeamAnswer(URL, "chroma.example.com", access="off"), False),
        (TeamAnswer(URL, "chroma.example.com", access="read", agreed=True, in_use=True), False),
    ],
)
async def test_the_user_is_asked_before_anything_is_sent(answer: TeamAnswer, asks: bool) -> None:
    _, result = await _told(TeamParams(), answer)
    assert result.asks is asks
    if asks:
        first, *items, last = result.consent
        assert "chroma.example.com" in first and "never sends text, paths or names" in last
        assert "made without a secret" in items[0] and "the vector of each piece" in items[1]
        _, keyed = await _told(TeamParams(), TeamAnswer(URL, "h", access="read", keyed=True))
        assert "made with the team's secret" in keyed.consent[1] and "no vectors" in keyed.consent[2]


@pytest.mark.parametrize(
    ("params", "asked"),
    [
        (TeamSearchParams("file:///code"), TeamStatus()),
        (TeamSearchParams("file:///code", on=False), SearchTeam("/code", False)),
        (TeamSearchParams("file:///code", True, True, "ours"), SearchTeam("/code", True, True, "ours")),
    ],
)
async def test_a_folder_is_searched_at_the_server_once_the_user_has_agreed(
    params: TeamSearchParams, asked: Any
) -> None:
    answer = TeamAnswer(
        URL, "chroma.example.com", access="readWrite", in_use=True, searched=[SearchedFolder("/code", True)]
    )
    sent: list[Any] = []

    async def request(one: Any, on_progress: Any = None) -> TeamAnswer:
        sent.append(one)
        return answer

    async def ready(protocol: Any, folders: Any) -> list[Any]:
        return [SimpleNamespace(real_path="/code")]

    session = SimpleNamespace(
        engine=SimpleNamespace(request=request), attachments=SimpleNamespace(ready=ready), protocol=None
    )
    result = await team_search(cast(Session, session), params)
    assert sent == [asked] and result.on and result.gives and result.may_give
    first, *items, last = result.consent
    assert "To chroma.example.com, and to no other host" in first and "never sends text" in last
    assert "the vector of each question" in items[0] and "no further vectors of its code" in items[-1]
    assert "a hash and the vector of each of its pieces" in result.consent_of_giving[-2]
