"""Sharing through a real Chroma server behind a proxy with TLS and tokens, and every fault of the two."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
import pytest

from semlens.core.team.chroma_http import Limits
from semlens.core.team.faults import Fault, TeamFault
from semlens.core.team.team import TOUCH_DAYS
from semlens.errors import UsageError
from semlens.types import Fingerprint
from support.team_server import (
    QUICK,
    SECRET,
    TOKEN,
    TeamServer,
    User,
    contents_of,
)
from support.tls_proxy import Answer, cut_off, status_fault

Rows = list[list[object]]


def test_what_nobody_uses_is_pruned_and_what_somebody_uses_is_kept(
    server: TeamServer, model: Fingerprint
) -> None:
    old, used = contents_of("old", 30), contents_of("used", 40)
    assert server.user(model, today=100).give([*old, *used])
    later = server.user(model, today=100 + TOUCH_DAYS)
    assert len(later.take(used)) == 40 and later.give(used)  # as at the end of each filling
    someone = server.user(model, today=100 + TOUCH_DAYS + 25)
    assert someone.team.prune(30, lambda: None) >= 30
    assert set(someone.take([*old, *used])) == set(used)
    server.user(model, today=30_000).team.prune(30, lambda: None)
    assert someone.team.check(someone.model) == 0


def test_a_second_user_embeds_a_sample_and_nothing_else(server: TeamServer, model: Fingerprint) -> None:
    code = contents_of("shared", 1200)
    first, second = server.user(model), server.user(model)
    assert first.give(code)
    assert first.team.counts.tally.given == 1200
    assert sorted(second.take(code)) == sorted(code)
    assert 0 < len(second.embedded) <= 12
    same = [np.array_equal(second.cache[key], first.cache[key]) for key in code]
    assert all(same)  # bit for bit, so that they rank the same
    tally = second.team.counts.tally
    assert (tally.asked, tally.taken, tally.checked) == (1200, 1200, len(second.embedded))
    assert second.team.problem is None


def test_what_the_server_lacks_is_left_to_be_made_here(server: TeamServer, model: Fingerprint) -> None:
    theirs, mine = contents_of("theirs", 60), contents_of("mine", 50)
    assert server.user(model).give(theirs)
    second = server.user(model)
    assert set(second.take([*mine, *theirs])) == set(theirs)
    assert second.give(mine)
    assert second.team.counts.tally.given == 50
    assert set(server.user(model).take(mine)) == set(mine)


def test_another_secret_sees_nothing(server: TeamServer, model: Fingerprint) -> None:
    code = contents_of("secret", 40)
    assert server.user(model).give(code)
    for secret in ("another", ""):
        assert server.user(model, secret=secret).take(code) == []


def test_who_only_reads_gives_nothing_and_makes_no_collection(server: TeamServer, model: Fingerprint) -> None:
    code = contents_of("read", 40)
    reader = server.user(model, "read")
    assert reader.take(code) == [] and reader.give(code)
    assert not any("POST" in one and "/get" not in one for one in server.proxy.requests[-3:])
    assert server.user(model).take(code) == []


def test_nothing_but_hashes_and_vectors_is_sent(server: TeamServer, model: Fingerprint) -> None:
    code = contents_of("captured", 40)
    server.proxy.received.clear()
    server.proxy.capture = True
    user = server.user(model)
    assert user.give(code) and server.user(model).take(code)
    server.proxy.capture = False
    sent = bytes(server.proxy.received)
    assert b"upsert" in sent and TOKEN.encode() in sent  # the capture works
    assert SECRET.encode() not in sent and model.encode() not in sent
    assert not any(key.encode() in sent for key in code)
    bodies = [
        orjson.loads(part[: part.rindex(b"}") + 1]) for part in sent.split(b"\r\n\r\n")[1:] if b"}" in part
    ]
    keys = {key for body in bodies for key in body}
    assert keys == {
        "ids",
        "include",
        "embeddings",
        "metadatas",
        "name",
        "metadata",
        "configuration",
        "get_or_create",
    }
    assert {key for body in bodies for note in body.get("metadatas", ()) for key in note} == {"day"}


def _meets(fault: Fault, server: TeamServer, model: Fingerprint, limits: Limits = QUICK) -> User:
    """A user who meets a fault, is told so, and goes on at once without the server."""
    user = server.user(model, limits=limits)
    assert user.take(contents_of("code", 40), patience=0.2) == []
    said, end = str(TeamFault(fault, user.team.address.host)), time.monotonic() + 30
    while user.team.problem != said and time.monotonic() < end:  # A slow machine is a slow server at first.
        user.take(contents_of("code", 40), patience=0.2)
    assert user.team.problem == said
    assert TOKEN not in user.team.problem and "secret" not in user.team.problem
    assert user.cache == {} or fault.distrusted
    return user


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (401, Fault.UNAUTHORIZED),
        (403, Fault.FORBIDDEN),
        (413, Fault.TOO_LARGE),
        (429, Fault.BUSY),
        (500, Fault.FAILED),
        (502, Fault.FAILED),
        (503, Fault.FAILED),
        (504, Fault.SLOW),
        (507, Fault.FULL),
        (302, Fault.REFUSED),
        (418, Fault.REFUSED),
    ],
)
def test_a_refusal_is_a_sentence(server: TeamServer, model: Fingerprint, status: int, fault: Fault) -> None:
    server.proxy.fault = status_fault(status)
    user = _meets(fault, server, model)
    if fault is Fault.BUSY:
        problem = user.team.reading.problem
        assert problem is not None and problem.retry_after == 7  # as the proxy says


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b"7", b'{"id": "../../x"}', b"{}", b'{"id": 7}', b'"\xff"']
)
def test_what_is_no_chroma_server_is_a_sentence(server: TeamServer, model: Fingerprint, body: bytes) -> None:
    server.proxy.fault = status_fault(200, body)
    _meets(Fault.MALFORMED, server, model)


def test_a_wrong_token_a_gone_server_and_bad_certificates(server: TeamServer, model: Fingerprint) -> None:
    authority, user = server.authority, server.user(model, token="wrong")
    assert user.take(contents_of("code", 40)) == []
    assert user.team.problem == str(TeamFault(Fault.UNAUTHORIZED, user.team.address.host))
    server.proxy.refuse()
    _meets(Fault.UNREACHABLE, server, model)
    server.proxy.listen(expired=True)
    _meets(Fault.CERTIFICATE, server, model)
    server.proxy.refuse()
    server.proxy.listen()
    server.proxy.certificates = replace(server.proxy.certificates, authority=Path("none.pem"))
    try:
        with pytest.raises(UsageError, match="cannot be read: name a PEM file"):
            server.user(model)
    finally:
        server.proxy.certificates = replace(server.proxy.certificates, authority=authority)


def test_a_server_that_answers_nothing_slowly_or_in_part(server: TeamServer, model: Fingerprint) -> None:
    server.proxy.fault = cut_off
    assert server.user(model).give(contents_of("code", 40)) is True
    _meets(Fault.CUT, server, model)
    server.mend()
    server.proxy.hole = True
    _meets(Fault.SLOW, server, model, Limits())  # before its time is over
    _meets(Fault.SLOW, server, model, Limits(answer_seconds=0.3))
    server.mend()
    server.proxy.delay = 0.5
    _meets(Fault.SLOW, server, model, Limits(answer_seconds=0.3))


def test_work_here_goes_on_while_a_slow_server_is_asked(server: TeamServer, model: Fingerprint) -> None:
    code = contents_of("slow", 40)
    assert server.user(model).give(code)
    server.proxy.delay = 0.4
    user = server.user(model)
    taking = user.link.take(user.model, code, user.embed)
    assert taking is not None and not any(taking.arrivals(patience=0.05))
    end = time.monotonic() + 30
    while len(user.cache) < len(code) and time.monotonic() < end:
        time.sleep(0.02)
    assert len(user.cache) == len(code)  # It is found in the cache once it has come.
    assert user.team.problem is None
    taking.stop()


Spoil = Callable[[Rows], None]


def _spoil_rows(spoil: Spoil) -> Callable[[str, bytes, Answer], Answer]:
    def change(path: str, body: bytes, answer: Answer) -> Answer:
        found = orjson.loads(answer[1])
        if not (path.endswith("/get") and found.get("embeddings")):
            return answer
        spoil(found["embeddings"])
        return answer[0], orjson.dumps(found)

    return change


def _all(value: object) -> Spoil:
    def spoil(rows: Rows) -> None:
        for row in rows:
            row[5] = value

    return spoil


def _shorten(rows: Rows) -> None:
    for row in rows:
        row.pop()


def _exchange(rows: Rows) -> None:
    rows.append(rows.pop(0))


def _negate(rows: Rows) -> None:
    rows[:] = [[-float(str(number)) for number in row] for row in rows]


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (_all(None), Fault.UNSOUND),
        (_all(5.0), Fault.UNSOUND),
        (_all("x"), Fault.UNSOUND),
        (_all(1e300), Fault.UNSOUND),
        (_all([]), Fault.UNSOUND),
        (_shorten, Fault.UNSOUND),
        (_exchange, Fault.OTHER_MODEL),
        (_negate, Fault.OTHER_MODEL),
    ],
    ids=["nan", "long", "text", "huge", "list", "short", "other-text", "other-model"],
)
def test_a_server_that_lies_is_left_aside(
    server: TeamServer, model: Fingerprint, spoil: Spoil, fault: Fault
) -> None:
    code = contents_of("lie", 40)
    assert server.user(model).give(code)
    server.proxy.fault = _spoil_rows(spoil)
    user = server.user(model)
    assert user.take(code) == [] and user.cache == {}
    assert user.team.problem == str(TeamFault(fault, user.team.address.host))
    server.mend()
    asked = len(server.proxy.requests)
    assert user.link.take(user.model, code, user.embed) is None
    assert len(server.proxy.requests) == asked  # until the engine starts again
    assert set(server.user(model).take(code)) == set(code)


def test_a_few_vectors_that_cannot_be_right_are_made_here(server: TeamServer, model: Fingerprint) -> None:
    code = contents_of("few", 60)
    assert server.user(model).give(code)

    def spoil(rows: Rows) -> None:
        rows[0][3] = None
        rows[1].append(1.0)

    server.proxy.fault = _spoil_rows(spoil)
    user = server.user(model)
    assert len(user.take(code)) == 58
    assert user.team.problem is None and user.team.counts.tally.unsound == 2


def test_a_collection_of_another_model_under_this_name_is_left_aside(
    server: TeamServer, model: Fingerprint
) -> None:
    code = contents_of("other", 40)
    assert server.user(model).give(code)

    def rename(path: str, body: bytes, answer: Answer) -> Answer:
        found = orjson.loads(answer[1])
        if "metadata" in found and isinstance(found["metadata"], dict):
            found["metadata"]["model"] = "0" * 32
        return answer[0], orjson.dumps(found)

    server.proxy.fault = rename
    _meets(Fault.OTHER_MODEL, server, model)


def test_a_server_that_is_emptied_in_the_middle_is_filled_again(
    server: TeamServer, model: Fingerprint
) -> None:
    code = contents_of("emptied", 40)
    first, second = server.user(model), server.user(model)
    assert first.give(code) and len(second.take(code[:20])) == 20
    name = first.team.judged(first.model).names.collection
    second.team._http.delete(f"/collections/{name}")
    assert second.take(code[20:]) == [] and second.team.problem is None
    more = contents_of("after", 40)
    assert second.give(more)
    assert set(server.user(model).take([*code, *more])) == set(more)


def test_a_full_disk_stops_giving_and_not_taking(server: TeamServer, model: Fingerprint) -> None:
    code = contents_of("full", 40)
    assert server.user(model).give(code)

    def full(path: str, body: bytes, answer: Answer) -> Answer:
        said = b'{"error":"InternalError","message":"error returned from database: database or disk is full"}'
        return (500, said) if path.endswith("/upsert") else answer

    server.proxy.fault = full
    user = server.user(model)
    assert not user.give(contents_of("more", 40))
    assert user.team.problem == str(TeamFault(Fault.FULL, user.team.address.host))
    assert set(user.take(code)) == set(code)


def test_smaller_requests_are_sent_to_a_server_that_refuses_large_ones(
    server: TeamServer, model: Fingerprint
) -> None:
    code = contents_of("large", 200)

    def strict(path: str, body: bytes, answer: Answer) -> Answer:
        return (413, b"{}") if len(body) > 8_000 else answer

    server.proxy.fault = strict
    assert server.user(model).give(code)
    user = server.user(model)
    assert set(user.take(code)) == set(code) and user.team.problem is None


def test_twenty_users_at_once_get_everything_once(server: TeamServer, model: Fingerprint) -> None:
    code = contents_of("many", 200)
    users = [server.user(model, limits=Limits()) for _ in range(20)]
    work = [threading.Thread(target=user.give, args=(code,)) for user in users[:5]]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    work = [threading.Thread(target=user.take, args=(code,)) for user in users[5:]]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert all(user.team.problem is None for user in users)
    assert all(set(user.cache) == set(code) for user in users)
    assert users[0].team.check(users[0].model) == len(code)
