"""A repository's shared index on a real Chroma server: what it finds, what is sent, and every fault of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent import futures
from dataclasses import dataclass, field, replace
from itertools import count

import numpy as np
import orjson
import pytest
from numpy.typing import NDArray

from semlens.core.net.http import Limits
from semlens.core.team import shared_index
from semlens.core.team.faults import Fault, TeamFault
from semlens.core.team.sealed_name import SealedNames
from semlens.core.team.shared_index import LATE_ANSWERS, Neighbours, SharedIndex
from semlens.core.util.content_hash import hash_text
from semlens.types import ContentHash, Fingerprint
from support.team_server import (
    DIM,
    QUICK,
    SECRET,
    TOKEN,
    TeamServer,
    User,
    contents_of,
    vectors_of,
)
from support.tls_proxy import Answer, status_fault

REPOSITORY = "remote git.example.com/zqmarkerteamzq/zqmarkerrepozq"


@dataclass
class Checkout:
    """The code of one user."""

    contents: list[ContentHash]
    embedded: list[ContentHash] = field(default_factory=list)

    def present(self, contents: Sequence[ContentHash]) -> list[ContentHash]:
        here = set(self.contents)
        return [content for content in contents if content in here]

    def sample(self, most: int) -> list[ContentHash]:
        return self.contents[:most]

    def embed(self, contents: Sequence[ContentHash]) -> NDArray[np.float32]:
        self.embedded += contents
        return vectors_of(contents).astype(np.float32)


def _fills(server: TeamServer, model: Fingerprint, code: Sequence[ContentHash]) -> None:
    """Somebody gives the server a repository's vectors to search them."""
    user = server.user(model)
    user.cache.put(model, code, vectors_of(code))
    user.link.offer(replace(user.model, repository=REPOSITORY), code)
    assert user.link.drain(30) and user.team.counts.tally.indexed == len(code)
    assert user.team.counts.tally.given == 0


def _asks(
    server: TeamServer,
    model: Fingerprint,
    code: list[ContentHash],
    limits: Limits = QUICK,
    secret: str = SECRET,
) -> tuple[User, SharedIndex, Checkout]:
    user, checkout = server.user(model, "read", limits=limits, secret=secret), Checkout(code)
    return user, SharedIndex(user.team, replace(user.model, repository=REPOSITORY), checkout), checkout


def _question(number: int = 0) -> NDArray[np.float32]:
    row = np.random.default_rng(900 + number).standard_normal(DIM)
    return (row / np.linalg.norm(row)).astype(np.float32)


def _answer(shared: SharedIndex, question: NDArray[np.float32], most: int = 20) -> Neighbours:
    future = shared.ask(question, most)
    assert future is not None
    return future.result(30)


def _until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_nearest_pieces_are_those_that_a_local_store_would_find(
    server: TeamServer, model: Fingerprint
) -> None:
    code = contents_of("code", 300)
    _fills(server, model, code)
    user, shared, checkout = _asks(server, model, code[:200])
    vectors = vectors_of(code).astype(np.float32)
    for number in range(3):
        question = _question(number)
        near = dict(zip(code, (vectors @ question).tolist(), strict=True))
        best = sorted(code, key=lambda one: -near[one])[:20]
        found = _answer(shared, question)
        assert [content for content, _ in found] == best
        assert all(score == pytest.approx(near[content], abs=1e-3) for content, score in found)
    _until(lambda: checkout.embedded)  # the first answer is checked
    assert set(checkout.embedded) <= set(code[:200])
    shared.measure()
    assert shared.covered == 1 and shared.pieces == 300
    assert user.team.problem is None and user.team.counts.tally.questions == 3


def test_coverage_is_of_what_the_checkout_has(server: TeamServer, model: Fingerprint) -> None:
    code = contents_of("covered", 80)
    _fills(server, model, code[:60])
    _, shared, _ = _asks(server, model, code)
    _until(lambda: shared.covered is not None)  # it is measured in the background when it is asked for
    assert shared.covered == 0.75
    _, nothing, _ = _asks(server, model, code, secret="another")
    nothing.measure()
    assert nothing.covered == 0 and nothing.pieces == 0


def test_the_same_question_is_asked_once_and_an_empty_server_seldom(
    server: TeamServer, model: Fingerprint
) -> None:
    code = contents_of("once", 40)
    _, shared, _ = _asks(server, model, code)
    assert not _answer(shared, _question())
    assert shared.ask(_question(1), 20) is None
    _fills(server, model, code)
    _, shared, _ = _asks(server, model, code)
    assert len(_answer(shared, _question())) == 20
    queries = [one for one in server.proxy.requests if one.endswith("/query")]
    assert _answer(shared, _question()) and server.proxy.requests.count(queries[-1]) == 1


def test_nothing_but_a_vector_and_keyed_names_is_sent(server: TeamServer, model: Fingerprint) -> None:
    code = contents_of("sent", 40)
    server.proxy.received.clear()
    server.proxy.capture = True
    _fills(server, model, code)
    _, shared, checkout = _asks(server, model, code)
    assert _answer(shared, _question())
    _until(lambda: checkout.embedded)
    shared.measure()
    server.proxy.capture = False
    sent = bytes(server.proxy.received)
    assert b"query_embeddings" in sent and TOKEN.encode() in sent  # the capture works
    assert b"zqmarker" not in sent and SECRET.encode() not in sent and model.encode() not in sent
    assert not any(key.encode() in sent for key in code)
    bodies = [
        orjson.loads(part[: part.rindex(b"}") + 1]) for part in sent.split(b"\r\n\r\n")[1:] if b"}" in part
    ]
    asked = [set(body) for body in bodies if "query_embeddings" in body]
    assert asked == [{"query_embeddings", "n_results", "include"}]
    assert {key for body in bodies for note in body.get("metadatas", ()) for key in note} == {"day"}


@pytest.mark.parametrize(
    ("status", "fault"),
    [(401, Fault.UNAUTHORIZED), (403, Fault.FORBIDDEN), (429, Fault.BUSY), (500, Fault.FAILED)],
)
def test_a_refusal_is_a_sentence_and_the_next_question_is_not_sent(
    server: TeamServer, model: Fingerprint, status: int, fault: Fault
) -> None:
    code = contents_of("refused", 40)
    _fills(server, model, code)
    user, shared, _ = _asks(server, model, code)
    server.proxy.fault = status_fault(status)
    with pytest.raises(TeamFault):
        _answer(shared, _question())
    assert user.team.problem == str(TeamFault(fault, user.team.address.host))
    sent = len(server.proxy.requests)
    assert shared.ask(_question(1), 20) is None and len(server.proxy.requests) == sent
    server.mend()
    _until(lambda: shared.ask(_question(), 20) is not None) if fault is Fault.FAILED else None


def test_a_server_that_is_gone_or_has_a_bad_certificate(server: TeamServer, model: Fingerprint) -> None:
    for listen, fault in ((lambda: None, Fault.UNREACHABLE), (_expired(server), Fault.CERTIFICATE)):
        server.proxy.refuse()
        listen()
        user, shared, _ = _asks(server, model, [])
        with pytest.raises(TeamFault):
            _answer(shared, _question())
        assert user.team.problem == str(TeamFault(fault, user.team.address.host))
    server.proxy.refuse()
    server.proxy.listen()


def _expired(server: TeamServer) -> Callable[[], None]:
    return lambda: server.proxy.listen(expired=True)


def test_what_comes_late_is_there_for_the_next_time(server: TeamServer, model: Fingerprint) -> None:
    code = contents_of("late", 40)
    _fills(server, model, code)
    user, shared, _ = _asks(server, model, code)
    server.proxy.delay = 0.3
    future = shared.ask(_question(), 20)
    assert future is not None
    with pytest.raises(futures.TimeoutError):
        future.result(0.05)
    assert shared.ask(_question(), 20) is future and len(future.result(30)) == 20
    assert shared.patience and user.team.problem is None


def test_a_black_hole_is_waited_for_once(
    server: TeamServer, model: Fingerprint, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = contents_of("hole", 40)
    _fills(server, model, code)
    user, shared, _ = _asks(server, model, code)
    assert _answer(shared, _question())
    server.proxy.hole = True
    monkeypatch.setattr(shared_index, "ANSWER_SECONDS", 1.5)
    under_way = [shared.ask(_question(number), 20) for number in (1, 2)]
    assert all(under_way) and shared.busy and shared.ask(_question(3), 20) is None
    _until(lambda: not shared.patience)
    assert all(one is not None and one.exception(30) is not None for one in under_way)
    assert user.team.problem == str(TeamFault(Fault.SLOW, user.team.address.host))
    assert shared.ask(_question(4), 20) is None and not shared.busy


def test_a_server_that_is_always_late_is_not_waited_for_until_it_is_not(
    server: TeamServer, model: Fingerprint, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = contents_of("slow", 40)
    _fills(server, model, code)
    user, shared, _ = _asks(server, model, code)
    server.proxy.delay = 0.3
    monkeypatch.setattr(shared_index, "LATE_SECONDS", 0.2)
    for number in range(LATE_ANSWERS):
        assert shared.patience and len(_answer(shared, _question(number))) == 20
    assert not shared.patience
    assert user.team.problem == str(TeamFault(Fault.SLOW, user.team.address.host))
    server.mend()
    monkeypatch.undo()
    assert _answer(shared, _question(90)) and shared.patience and user.team.problem is None


def test_an_answer_that_breaks_off_is_a_sentence(server: TeamServer, model: Fingerprint) -> None:
    code = contents_of("cut", 40)
    _fills(server, model, code)
    user, shared, _ = _asks(server, model, code)
    server.proxy.fault = lambda path, body, answer: None if path.endswith("/query") else answer
    with pytest.raises(TeamFault):
        _answer(shared, _question())
    assert user.team.problem == str(TeamFault(Fault.CUT, user.team.address.host))


def test_a_server_that_is_emptied_has_no_answer_and_no_fault(server: TeamServer, model: Fingerprint) -> None:
    code = contents_of("emptied", 40)
    _fills(server, model, code)
    user, shared, _ = _asks(server, model, code)
    assert len(_answer(shared, _question())) == 20
    name = user.team.judged(shared.model).names.collection
    user.team._http.delete(f"/collections/{name}")
    assert _answer(shared, _question(1)) == () and user.team.problem is None


def test_an_index_of_another_model_under_this_name_is_left_aside(
    server: TeamServer, model: Fingerprint
) -> None:
    code = contents_of("other", 40)
    _fills(server, model, code)

    def rename(path: str, body: bytes, answer: Answer) -> Answer:
        found = orjson.loads(answer[1])
        if isinstance(found.get("metadata"), dict):
            found["metadata"]["model"] = "0" * 32
        return answer[0], orjson.dumps(found)

    server.proxy.fault = rename
    user, shared, _ = _asks(server, model, code)
    with pytest.raises(TeamFault):
        _answer(shared, _question())
    assert user.team.problem == str(TeamFault(Fault.OTHER_MODEL, user.team.address.host))
    assert not user.team.trusts(shared.model) and shared.ask(_question(1), 20) is None


Spoil = Callable[[dict[str, list[list[object]]]], None]


def _nan(found: dict[str, list[list[object]]]) -> None:
    found["distances"][0][0] = None


def _huge(found: dict[str, list[list[object]]]) -> None:
    found["distances"][0][0] = -7.0


def _short(found: dict[str, list[list[object]]]) -> None:
    found["distances"][0].pop()


def _twice(found: dict[str, list[list[object]]]) -> None:
    found["ids"][0][1] = found["ids"][0][0]


def _numbers(found: dict[str, list[list[object]]]) -> None:
    found["ids"][0][0] = 7


def _none(found: dict[str, list[list[object]]]) -> None:
    found["ids"] = []


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (_nan, Fault.UNSOUND),
        (_huge, Fault.UNSOUND),
        (_short, Fault.MALFORMED),
        (_twice, Fault.MALFORMED),
        (_numbers, Fault.MALFORMED),
        (_none, Fault.MALFORMED),
    ],
)
def test_an_answer_that_cannot_be_right_is_not_used(
    server: TeamServer, model: Fingerprint, spoil: Spoil, fault: Fault
) -> None:
    code = contents_of("unsound", 40)
    _fills(server, model, code)
    user, shared, _ = _asks(server, model, code)

    def change(path: str, body: bytes, answer: Answer) -> Answer:
        if not path.endswith("/query"):
            return answer
        found = orjson.loads(answer[1])
        spoil(found)
        return answer[0], orjson.dumps(found)

    server.proxy.fault = change
    with pytest.raises(TeamFault):
        _answer(shared, _question())
    assert user.team.problem == str(TeamFault(fault, user.team.address.host))
    assert shared.ask(_question(1), 20) is None


@pytest.mark.parametrize("lies", ["names", "vectors"])
def test_a_server_that_lies_is_left_aside(server: TeamServer, model: Fingerprint, lies: str) -> None:
    """Its pieces are exchanged; or it has vectors of another model, and what it says agrees with them."""
    code = contents_of("lies", 40)
    if lies == "names":
        _fills(server, model, code)

        def change(path: str, body: bytes, answer: Answer) -> Answer:
            found = orjson.loads(answer[1])
            if path.endswith("/query"):
                found["ids"][0] = found["ids"][0][1:] + found["ids"][0][:1]
            return answer[0], orjson.dumps(found)

        server.proxy.fault = change
    else:
        user = server.user(model)
        user.cache.put(model, code, vectors_of(code[::-1]))
        user.link.offer(replace(user.model, repository=REPOSITORY), code)
        assert user.link.drain(30)
    user, shared, _ = _asks(server, model, code)
    questions = map(_question, count())

    def is_left_aside() -> bool:
        shared.ask(next(questions), 20)  # nearest neighbours may be exchanged by less than a check can see
        return not user.team.trusts(shared.model)

    _until(is_left_aside)
    assert user.team.problem is not None and "left aside until Semlens starts again" in user.team.problem
    assert user.team.trusts(user.model)  # the vectors that are only kept are judged by themselves
    assert shared.ask(_question(99), 20) is None


def test_names_are_opened_with_the_secret_alone() -> None:
    contents = [hash_text(f"piece {number}") for number in range(200)]
    ours = SealedNames("ours", Fingerprint("m"), REPOSITORY)
    names = ours.of(contents)
    assert [ours.opened(name) for name in names] == contents
    assert len(set(names) | set(contents)) == 400
    others = SealedNames("others", Fingerprint("m"), REPOSITORY)
    assert not set(filter(None, map(others.opened, names))) & set(contents)
    assert ours.opened("x" * 32) is None and ours.opened("../..") is None
    collections = {
        SealedNames(secret, Fingerprint(model), repository).collection
        for secret in ("ours", "others", "")
        for model in ("m", "n")
        for repository in (REPOSITORY, "root 123")
    }
    assert len(collections) == 12
