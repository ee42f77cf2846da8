"""The handlers of the requests about a team's server."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from attrs import evolve

from semlens.core.team.address import Credentials, TeamAddress, parse_address
from semlens.core.team.counts import Counts, Tally
from semlens.core.team.link import Searched
from semlens.core.team.team import Team
from semlens.engine.daemon.team_membership import (
    Membership,
    counts_file,
    forget_team,
    joined_team,
    remember_team,
)
from semlens.engine.daemon.team_searches import (
    SearchConsent,
    forget_search,
    has_consent,
    remember_search,
    repository_of,
    searched_folders,
)
from semlens.engine.models.registry import ModelRegistry
from semlens.engine.wire.connection import Connection
from semlens.engine.workspace.registry import WorkspaceRegistry, real_root
from semlens.errors import FolderError, SemlensError, UsageError
from semlens.protocol.request import Request
from semlens.protocol.team import (
    Access,
    DrainTeam,
    JoinTeam,
    LeaveTeam,
    PruneTeam,
    PruneTeamAnswer,
    SearchedFolder,
    SearchTeam,
    TeamAnswer,
    TeamStatus,
    UseTeam,
)
from semlens.settings import Settings
from semlens.types import CancelToken

log = logging.getLogger(__name__)

_NOT_AGREED = "Nothing is sent to {0}, as you have not agreed to it: semlens team join {1}"
_NO_TOKEN = (
    "The token of the team's server {0} is not known: set SEMLENS_TEAM_TOKEN, or set it in the editor."
)
_NO_SECRET = "The team's secret is not known: set SEMLENS_TEAM_SECRET, or set it in the editor."


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The team that is to be used."""

    address: TeamAddress
    credentials: Credentials
    access: Access
    agreed: bool
    obstacle: str | None
    """A sentence that says why it is not used."""


class TeamService:
    """Joins, uses and leaves a team. Its handlers are called on the event loop's thread."""

    def __init__(self, data_dir: Path, models: ModelRegistry, folders: WorkspaceRegistry) -> None:
        self._data_dir = data_dir
        self._models = models
        self._link = models.team
        self._folders = folders
        self._guard = threading.Lock()
        self._told: dict[str, UseTeam] = {}
        """What clients have said of each server, by its origin."""
        self._asked: str = ""
        """The origin of the server that a client has named last."""
        self._chosen: _Chosen | None = None
        self._problem: str | None = None
        self._settle()
        self.handlers: Mapping[type[Request[Any]], Callable[[Any, Connection], Awaitable[object]]] = {
            UseTeam: self._use,
            JoinTeam: self._join,
            LeaveTeam: self._leave,
            TeamStatus: self._status,
            DrainTeam: self._drain,
            PruneTeam: self._prune,
            SearchTeam: self._search,
        }

    def status(self, vectors: int | None = None) -> TeamAnswer:
        """The team as it is, without asking the server."""
        chosen, team = self._chosen, self._link.team
        if chosen is None:
            return TeamAnswer(message=self._problem)
        tally = team.counts.tally if team is not None else Tally()
        return TeamAnswer(
            url=chosen.address.url,
            host=chosen.address.host,
            tenant=chosen.address.tenant,
            database=chosen.address.database,
            access=chosen.access,
            agreed=chosen.agreed,
            in_use=team is not None,
            keyed=bool(chosen.credentials.secret),
            message=self._problem or chosen.obstacle or (team.problem if team is not None else None),
            waiting=self._link.waiting,
            vectors=vectors,
            searched=self._searched(),
            **asdict(tally),
        )

    def _searched(self) -> list[SearchedFolder]:
        opened = {one.root: one for one in self._folders if one.handle.ready}
        found = []
        for root, searched in self._link.searches.items():
            shared = opened[root].shared_index if root in opened else None
            covered, pieces = (None, None) if shared is None else (shared.covered, shared.pieces)
            found.append(SearchedFolder(str(root), searched.gives, covered, pieces))
        return sorted(found, key=lambda one: one.folder)

    async def _use(self, request: UseTeam, connection: Connection) -> TeamAnswer:
        await asyncio.to_thread(self._told_by, request)
        return self.status()

    async def _join(self, request: JoinTeam, connection: Connection) -> TeamAnswer:
        await asyncio.to_thread(self._remember, request)
        for workspace in self._folders.every:
            workspace.improve()
        return self.status()

    async def _leave(self, request: LeaveTeam, connection: Connection) -> TeamAnswer:
        def leave() -> None:
            with self._guard:
                self._told.clear()
                self._asked = ""
            forget_team(self._data_dir)
            forget_search(self._data_dir)
            self._settle()
            forget_team(self._data_dir)  # Closing has saved the counts.

        await asyncio.to_thread(leave)
        return self.status()

    async def _status(self, request: TeamStatus, connection: Connection) -> TeamAnswer:
        return self.status(await asyncio.to_thread(self._count) if request.probe else None)

    async def _search(self, request: SearchTeam, connection: Connection) -> TeamAnswer:
        root = real_root(request.folder)

        def search() -> None:
            if not request.on:
                forget_search(self._data_dir, root)
            else:
                team = self._in_use()
                if request.gives and team.access != "readWrite":
                    raise UsageError("You only read from the team's server: nothing is given to it.")
                if not root.is_dir():
                    raise FolderError(f"{root} is not a folder. Give a folder that exists.")
                repository = repository_of(root, request.repository)
                origin = team.address.origin
                remember_search(self._data_dir, SearchConsent(str(root), repository, origin, request.gives))
            self._link.search(self._searches())

        await asyncio.to_thread(search)
        for workspace in self._folders.every:
            workspace.improve()
        return self.status()

    def forget(self, root: Path) -> None:
        """Have a folder no longer searched at a server, as it is forgotten. Raises `StorageError`."""
        if has_consent(self._data_dir, root):
            forget_search(self._data_dir, root)
            self._link.search(self._searches())

    def _searches(self) -> Mapping[Path, Searched]:
        """The folders that the user has agreed to have searched at the server in use."""
        chosen = self._chosen
        return {} if chosen is None else searched_folders(self._data_dir, chosen.address.origin)

    async def _drain(self, request: DrainTeam, connection: Connection) -> TeamAnswer:
        await asyncio.to_thread(self._link.drain, request.seconds)
        return self.status()

    async def _prune(self, request: PruneTeam, connection: Connection) -> PruneTeamAnswer:
        team, cancel = self._in_use(), CancelToken()
        try:
            deleted = await asyncio.to_thread(team.prune, request.days, cancel.check)
        except asyncio.CancelledError:
            cancel.cancel()
            raise
        return PruneTeamAnswer(deleted)

    def _in_use(self) -> Team:
        team = self._link.team
        if team is None:
            raise SemlensError(self.status().message or "You have joined no team: semlens team join URL")
        return team

    def _count(self) -> int | None:
        """How many vectors the server has of the models in use; None if that cannot be learned."""
        team = self._link.team
        if team is None:
            return None
        try:
            self._models.models(Settings())
            models = {one.team_model.fingerprint: one.team_model for one in self._models.opened}
            for workspace in self._folders:
                if workspace.handle.ready and (shared := workspace.shared_index) is not None:
                    shared.measure()
            return sum(team.check(model) for model in models.values())
        except SemlensError as error:
            log.info("the team's server cannot be counted: %s", error)
            return None

    def _told_by(self, request: UseTeam) -> None:
        """Take what a client knows of a server. From then on nothing is sent to it without its secret.

        Raises `UsageError` if the URL is none, and `StorageError`.
        """
        membership = joined_team(self._data_dir)
        if request.url:
            origin = parse_address(request.url).origin
        elif membership is not None:
            origin = membership.origin
        else:
            origin = ""  # For the team that is joined next.
        with self._guard:
            before = self._told.get(origin) or UseTeam()
            said = {one: value for one in _FIELDS if (value := getattr(request, one))}
            self._told[origin] = evolve(before, **said)
            if request.url:
                self._asked = origin
            told = self._told[origin]
        if membership is not None and membership.origin == origin:
            needs = replace(
                membership,
                needs_token=membership.needs_token or bool(told.token),
                needs_secret=membership.needs_secret or bool(told.secret),
            )
            if needs != membership:
                remember_team(self._data_dir, needs)
        self._settle()

    def _remember(self, request: JoinTeam) -> None:
        address = parse_address(request.url, request.tenant, request.database)
        told = self._about(address.origin)
        before = joined_team(self._data_dir)
        if before is None or before.origin != address.origin:
            forget_team(self._data_dir)  # with what came from it
        remember_team(
            self._data_dir,
            Membership(
                address.url,
                address.tenant,
                address.database,
                request.access,
                request.header,
                request.ca_file,
                bool(told.token),
                bool(told.secret),
                address.origin,
            ),
        )
        with self._guard:
            self._told = {address.origin: UseTeam(token=told.token, secret=told.secret)}
            self._asked = ""
        self._settle()

    def _about(self, origin: str) -> UseTeam:
        with self._guard:
            return self._told.get(origin) or self._told.get("") or UseTeam()

    def _settle(self) -> None:
        """Use the team that was joined or named, or none."""
        try:
            chosen, self._problem = self._choose(), None
        except UsageError as error:
            chosen, self._problem = None, str(error)
        with self._guard:
            if chosen == self._chosen and chosen is not None:
                return
            self._chosen = chosen
        team = None
        if chosen is not None and chosen.obstacle is None and chosen.access != "off":
            try:
                counts = Counts(counts_file(self._data_dir))
                team = Team(chosen.address, chosen.credentials, chosen.access, counts)
            except UsageError as error:
                self._problem = str(error)
        self._link.use(team)
        self._link.search(self._searches())

    def _choose(self) -> _Chosen | None:
        membership = joined_team(self._data_dir)
        told = self._about(self._asked or (membership.origin if membership is not None else ""))
        known = (
            membership
            if membership is not None and self._asked in ("", membership.origin)
            else Membership("")
        )
        url = told.url or known.url
        if not url:
            return None
        address = parse_address(url, told.tenant or known.tenant, told.database or known.database)
        credentials = Credentials(
            told.token, told.secret, told.header or known.header, told.ca_file or known.ca_file
        )
        obstacle = None
        access = told.access or known.access
        agreed = membership is not None and membership.covers(address.origin, access)
        if membership is None or not agreed:
            obstacle = _NOT_AGREED.format(address.host, address.url)
        elif membership.needs_token and not told.token:
            obstacle = _NO_TOKEN.format(address.host)
        elif membership.needs_secret and not told.secret:
            obstacle = _NO_SECRET
        return _Chosen(address, credentials, access, agreed, obstacle)


_FIELDS = ("url", "tenant", "database", "access", "header", "ca_file", "token", "secret")
