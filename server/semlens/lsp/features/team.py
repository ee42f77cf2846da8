"""The team whose server shares vectors: what the client knows of it, consent, and how it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semlens.core.team.sentences import team_lines, what_is_sent, what_search_sends
from semlens.errors import UsageError
from semlens.lsp.session.engine import ask_engine
from semlens.lsp.session.statuses import STATUS_SECONDS
from semlens.protocol import editor as protocol
from semlens.protocol.request import Request
from semlens.protocol.team import JoinTeam, LeaveTeam, SearchTeam, TeamAnswer, TeamStatus, UseTeam

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


async def team_search(ls: Session, params: protocol.TeamSearchParams) -> protocol.TeamSearchResult:
    """Have a folder searched at the team's server, or end that; how it is then. Raises `SemlensError`."""
    (folder,) = await ls.attachments.ready(ls.protocol, [params.folder])
    path = folder.real_path
    request: Request[TeamAnswer] = TeamStatus()
    if params.on is not None:
        request = SearchTeam(path, params.on, params.gives, params.repository)
    answer = await ask_engine(ls.engine, request, STATUS_SECONDS)
    searched = next((one for one in answer.searched if one.folder == path), None)
    asking, giving = (what_search_sends(answer.host, answer.keyed, gives) for gives in (False, True))
    return protocol.TeamSearchResult(
        host=answer.host,
        in_use=answer.in_use,
        on=searched is not None,
        gives=searched is not None and searched.gives,
        may_give=answer.access == "readWrite",
        consent=[asking[0], *asking[1], asking[2]],
        consent_of_giving=[giving[0], *giving[1], giving[2]],
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
