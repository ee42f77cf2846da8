"""The team whose server shares vectors: what the client knows of it, consent, and how it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semlens.core.team.sentences import team_lines, what_is_sent
from semlens.errors import UsageError
from semlens.lsp.session.engine import ask_engine
from semlens.lsp.session.statuses import STATUS_SECONDS
from semlens.protocol import editor as protocol
from semlens.protocol.request import Request
from semlens.protocol.team import JoinTeam, LeaveTeam, TeamAnswer, TeamStatus, UseTeam

if TYPE_CHECKING:
    from semlens.lsp.session.session import Session


async def team(ls: Session, params: protocol.TeamParams) -> protocol.TeamResult:
    """Tell the engine what the client knows of the team; how the team is then. Raises `SemlensError`."""
    answer = TeamAnswer()
    for request in _requests(params):
        answer = await ask_engine(ls.engine, request, STATUS_SECONDS)
    first, items, last = what_is_sent(answer.host, answer.keyed, answer.access)
    asks = bool(answer.url) and not answer.agreed and answer.access != "off"
    return protocol.TeamResult(
        url=answer.url,
        host=answer.host,
        in_use=answer.in_use,
        asks=asks,
        consent=[first, *items, last],
        lines=team_lines(answer),
        message=answer.message,
    )


def _requests(params: protocol.TeamParams) -> list[Request[TeamAnswer]]:
    """What the engine is to be asked, in order."""
    if params.leave:
        return [LeaveTeam()]
    place = params.url or "", params.tenant or "", params.database or ""
    told = UseTeam(
        *place,
        params.access,
        params.header or "",
        params.ca_file or "",
        params.token or "",
        params.secret or "",
    )
    requests: list[Request[TeamAnswer]] = [told] if told != UseTeam() else []
    if params.agree:
        if not params.url:
            raise UsageError("`url` must say to which server the user has agreed.")
        access = params.access or "readWrite"
        requests.append(JoinTeam(*place, access, params.header or "", params.ca_file or ""))
    return requests or [TeamStatus()]
