"""Questions that go to the team's server, too, with real engines: the same hits without a local deep tier."""

from __future__ import annotations

from pathlib import Path

import pytest

from semlens.errors import UsageError
from semlens.protocol.team import DrainTeam, JoinTeam, LeaveTeam, SearchTeam, TeamAnswer, TeamStatus, UseTeam
from semlens.types import Hit
from support.git_history import commit
from support.live import Client, Live, eventually, many_files, write
from support.team_server import SECRET, TOKEN, TeamServer

QUESTIONS = [f"zqmarkerquestionzq handle case {number % 4} of module {number}" for number in range(6)]
REMOTE = '[remote "origin"]\n\turl = git@git.example.com:zqmarkerteamzq/zqmarkerrepozq.git\n'


def _clone(folder: Path, files: dict[str, str], remote: str = REMOTE) -> Path:
    write(folder, files)
    write(folder / ".git", {"HEAD": "ref: refs/heads/main\n", "config": remote})
    return folder


async def _join(client: Client, server: TeamServer) -> TeamAnswer:
    await client.engine.request(UseTeam(token=TOKEN, secret=SECRET))
    return await client.engine.request(JoinTeam(server.proxy.url, ca_file=str(server.authority)))


def _alike(one: list[Hit], other: list[Hit]) -> bool:
    """Whether the first is the same, and nine of ten: the server tells no vectors, so no crowds are known."""
    places = [[(hit.path, hit.start_line) for hit in hits[:10]] for hits in (one, other)]
    return places[0][0] == places[1][0] and len({*places[0]} & {*places[1]}) >= 9


async def test_a_folder_without_a_deep_tier_has_the_hits_of_one_that_has_it(
    server: TeamServer, users: tuple[Live, Live], tmp_path: Path
) -> None:
    ann, bob = users
    files = many_files(40)
    theirs = _clone(tmp_path / "clone-of-ann", files)
    other_way = REMOTE.replace("git@git.example.com:", "https://me@GIT.example.com/")
    mine = _clone(tmp_path / "clone-of-bob", files, other_way)
    server.proxy.capture = True
    async with ann.client() as client:
        await _join(client, server)
        await client.engine.request(SearchTeam(str(theirs), on=True, gives=True))
        await client.index(theirs)
        given = await client.engine.request(DrainTeam(60))
        assert given.indexed == given.given == len(ann.embedded())
        there = {one: (await client.search(one, theirs, wait=True)).hits for one in QUESTIONS}
    async with bob.client() as client:
        await client.attach(mine, deepTier="off")
        await client.ready(mine, deep=False)
        alone = await client.search(QUESTIONS[0], mine, wait=True)
        await _join(client, server)
        again = await client.search(QUESTIONS[0], mine, wait=True)
        assert alone.hits == again.hits  # joining alone sends no question
        on = await client.engine.request(SearchTeam(str(mine), on=True))
        assert [(one.folder, one.gives) for one in on.searched] == [(str(mine), False)]
        answer = await client.engine.request(TeamStatus(probe=True))
        assert answer.searched[0].covered == 1 and answer.searched[0].pieces == given.indexed
        for question in QUESTIONS:
            found = await client.search(question, mine, wait=True)
            assert found.coverage.deep == 0 and found.coverage.shared == 1 and not found.partial
            assert _alike(found.hits, there[question])
        assert len(bob.embedded()) <= 1  # to check the server's
        assert (await client.engine.request(TeamStatus())).questions == len(QUESTIONS)
        status = await client.status(mine)
        assert status.coverage.shared == 1
        off = await client.engine.request(SearchTeam(str(mine), on=False))
        assert off.searched == []
        sent = len(server.proxy.requests)
        await client.search("another question", mine, wait=True)
        assert len(server.proxy.requests) == sent
    server.proxy.capture = False
    bytes_sent = bytes(server.proxy.received).lower()
    assert b"query_embeddings" in bytes_sent
    for word in ("zqmarker", SECRET, "clone-of", str(tmp_path), "worker_", "module_", "git.example"):
        assert word.lower().encode() not in bytes_sent


async def test_a_fault_of_the_server_costs_nothing(
    server: TeamServer, users: tuple[Live, Live], tmp_path: Path
) -> None:
    ann, _ = users
    folder = _clone(tmp_path / "clone", many_files(8, start=600), REMOTE.replace("repozq", "faultszq"))
    async with ann.client() as client:
        await _join(client, server)
        with pytest.raises(UsageError, match="--repository"):
            await client.engine.request(SearchTeam(str(write(tmp_path / "nowhere", {"a.py": "x"})), on=True))
        await client.engine.request(SearchTeam(str(folder), on=True, gives=True))
        await client.index(folder)
        await client.engine.request(DrainTeam(60))
        await client.configure(folder, deepTier="off")
        before = await client.search("case 1 of module 603", folder, wait=True)
        server.proxy.hole = True
        during = await client.search("case 2 of module 603", folder, wait=True)
        assert during.hits
        server.mend()
        server.proxy.refuse()
        for number in range(5):
            assert (await client.search(f"case {number} of module 604", folder, wait=True)).hits
        server.proxy.listen()
        assert before.hits


async def test_a_late_answer_is_announced_and_then_says_what_the_folder_lacks(
    server: TeamServer, users: tuple[Live, Live], tmp_path: Path
) -> None:
    ann, bob = users
    remote, question = REMOTE.replace("repozq", "latezq"), "case 1 of module 703"
    theirs = _clone(tmp_path / "one", many_files(20, start=700), remote)
    mine = _clone(tmp_path / "two", many_files(8, start=700), remote)
    async with ann.client() as client:
        await _join(client, server)
        await client.engine.request(SearchTeam(str(theirs), on=True, gives=True))
        await client.index(theirs)
        await client.engine.request(DrainTeam(60))
    async with bob.client() as client:
        await client.attach(mine, deepTier="off")
        await client.ready(mine, deep=False)
        await _join(client, server)
        await client.engine.request(SearchTeam(str(mine), on=True))
        server.proxy.delay = 0.4
        first = await client.search(question, mine)
        assert first.hits and first.partial and not first.notices
        server.mend()

        async def is_whole() -> bool:
            found = await client.search(question, mine)
            lacks = [
                one.text for one in found.notices if "pieces that the team's server finds nearest" in one.text
            ]
            return not found.partial and bool(lacks) and all((mine / hit.path).exists() for hit in found.hits)

        await eventually(is_whole)


async def test_the_first_commit_tells_a_repository_without_a_remote(
    server: TeamServer, users: tuple[Live, Live], tmp_path: Path
) -> None:
    ann, _ = users
    async with ann.client() as client:
        await _join(client, server)
        made = tmp_path / "made"
        commit(made, "Begin", many_files(1))
        on = await client.engine.request(SearchTeam(str(made), on=True))
        assert [one.folder for one in on.searched] == [str(made)]
    await ann.stop()
    async with ann.client() as client:
        kept = await client.engine.request(UseTeam(token=TOKEN, secret=SECRET))
        assert [one.folder for one in kept.searched] == [str(made)]
        assert (await client.engine.request(LeaveTeam())) == TeamAnswer()
    assert not (ann.data_dir / "team-search.json").exists()
