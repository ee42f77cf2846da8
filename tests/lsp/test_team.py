"""What an editor says of the team reaches the engine, and consent is asked before anything is sent."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from semlens.errors import UsageError
from semlens.lsp.features.team import team
from semlens.lsp.session.session import Session
from semlens.protocol.editor import TeamParams, TeamResult
from semlens.protocol.team import JoinTeam, LeaveTeam, TeamAnswer, TeamStatus, UseTeam

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
