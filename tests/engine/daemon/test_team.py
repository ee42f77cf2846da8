"""Two users of one team with real engines: nothing before they agree, nothing made twice, no text sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from semlens.errors import SemlensError, UsageError
from semlens.protocol.engine import Status
from semlens.protocol.team import DrainTeam, JoinTeam, LeaveTeam, PruneTeam, TeamAnswer, TeamStatus, UseTeam
from semlens.types import Tier
from support.live import Client, Live, many_files, write
from support.team_server import SECRET, TOKEN, TeamServer

QUESTION = "handle case 3 of module 7"

MARKERS = {
    "zqmarkerpathzq/zqmarkernamezq.py": (
        "def zqmarkersymbolzq():\n    '''zqmarkertextzq'''\n    return 'zqmarkerliteralzq'\n"
    ),
    "zqmarkersecretzq.py": "password = 'zqmarkerpasswordzq'\n" + "x = 1\n" * 30,
}


async def _tell(client: Client, secret: str = SECRET) -> TeamAnswer:
    return await client.engine.request(UseTeam(token=TOKEN, secret=secret))


async def _join(client: Client, server: TeamServer) -> TeamAnswer:
    await _tell(client)
    return await client.engine.request(JoinTeam(server.proxy.url, ca_file=str(server.authority)))


async def test_a_team_embeds_once_and_sends_no_text(
    server: TeamServer, users: tuple[Live, Live], tmp_path: Path
) -> None:
    ann, bob = users
    files = {**many_files(40), **MARKERS}
    clones = [write(tmp_path / name, files) for name in ("clone-of-ann", "clone-of-bob")]
    write(clones[1], {"only_here.py": "def only_bob_has_this():\n    return 'this'\n"})
    server.proxy.received.clear()
    server.proxy.capture = True
    async with ann.client() as client:
        joined = await _join(client, server)
        assert joined.in_use and joined.keyed and joined.message is None
        await client.index(clones[0])
        given = await client.engine.request(DrainTeam(60))
        assert given.given == given.made == len(ann.embedded()) and given.waiting == 0
        hits = (await client.search(QUESTION, clones[0], wait=True, tiers=[Tier.DEEP])).hits
    async with bob.client() as client:
        await _join(client, server)
        await client.index(clones[1])
        answer = await client.engine.request(TeamStatus(probe=True))
        made = len(bob.embedded())
        assert answer.vectors == given.given and answer.taken >= given.given * 0.9
        assert made <= answer.checked + answer.made and answer.made <= 3 and answer.checked <= 3
        same = (await client.search(QUESTION, clones[1], wait=True, tiers=[Tier.DEEP])).hits
        scores = {hit.path: pytest.approx(hit.score, abs=0.01) for hit in hits[:5]}  # bob has one file more
        assert {hit.path: hit.score for hit in same[:5]} == scores
        status = await client.engine.request(Status())
        assert status.team is not None and status.team.taken == answer.taken
        pruned = await client.engine.request(PruneTeam(30))
        assert pruned.deleted == 0
    server.proxy.capture = False
    sent = bytes(server.proxy.received).lower()
    assert b"upsert" in sent and TOKEN.encode() in sent
    for word in ("zqmarker", SECRET, "clone-of", str(tmp_path), "worker_", "module_", "semlens-code"):
        assert word.lower().encode() not in sent
    for live in users:
        kept = b"".join(path.read_bytes() for path in live.data_dir.rglob("*") if path.is_file())
        assert TOKEN.encode() not in kept and SECRET.encode() not in kept


async def test_nothing_is_sent_before_the_user_agrees_nor_without_the_secret(
    server: TeamServer, users: tuple[Live, Live], tmp_path: Path
) -> None:
    ann, _ = users
    folder = write(tmp_path / "clone", many_files(12, start=900))
    before = len(server.proxy.requests)
    async with ann.client() as client:
        nobody = await client.engine.request(TeamStatus(probe=True))
        assert not nobody.in_use and nobody.url == ""
        named = await client.engine.request(UseTeam(url=server.proxy.url, token=TOKEN, secret=SECRET))
        assert not named.in_use and "you have not agreed" in (named.message or "")
        with pytest.raises(UsageError, match="must be asked by https"):
            await client.engine.request(UseTeam(url="http://chroma.example.com"))
        with pytest.raises(SemlensError):
            await client.engine.request(PruneTeam(30))
        await client.index(folder)
        assert len(server.proxy.requests) == before
        assert (await _join(client, server)).in_use
    await ann.stop()
    async with ann.client() as client:
        again = await client.engine.request(TeamStatus(probe=True))
        assert not again.in_use and "token" in (again.message or "")
        only_token = await client.engine.request(UseTeam(token=TOKEN))
        assert not only_token.in_use and "secret is not known" in (only_token.message or "")
        assert len(server.proxy.requests) == before
        assert (await _tell(client)).in_use
        await client.index(folder)
        assert (await client.engine.request(DrainTeam(60))).given > 0
        other = await client.engine.request(JoinTeam("http://127.0.0.1:9"))
        assert other.agreed and other.given == 0  # what is counted is the team's
        left = await client.engine.request(LeaveTeam())
        assert left == TeamAnswer()
        after = len(server.proxy.requests)
        await client.index(folder, full=True)
        assert len(server.proxy.requests) == after
    assert not (ann.data_dir / "team.json").exists()


async def test_search_is_whole_while_the_server_is_gone(
    server: TeamServer, users: tuple[Live, Live], tmp_path: Path
) -> None:
    ann, _ = users
    folder = write(tmp_path / "clone", many_files(12, start=500))
    async with ann.client() as client:
        await _join(client, server)
        server.proxy.hole = True
        await client.index(folder)
        assert (await client.search("case 3 of module 503", folder, wait=True)).coverage.deep == 1
        server.mend()
        server.proxy.refuse()
        write(folder, many_files(12, start=600))
        await client.index(folder)
        assert (await client.search("case 3 of module 603", folder, wait=True)).coverage.deep == 1
        said = await client.engine.request(TeamStatus(probe=True))
        assert said.message is not None and "cannot be reached" in said.message and said.vectors is None
        server.proxy.listen()
        assert (await client.engine.request(TeamStatus(probe=True))).vectors is not None
