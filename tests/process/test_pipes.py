"""The messages between processes: whole ones come back as they were, and nothing else is taken for one."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from semlens.process.pipes import LINE_LIMIT, read_message, write_message

FIELDS = {"id": 1, "texts": ["\ud800", "é\n", "\udcff"], "many": 2**63, "ratio": 0.1}


def written(fields: dict[str, Any], body: bytes = b"") -> bytes:
    pipe = io.BytesIO()
    write_message(pipe, fields, body)
    return pipe.getvalue()


def test_a_message_comes_back_and_a_cut_one_is_the_end() -> None:
    whole = written(FIELDS, b"vectors\n\0")
    assert read_message(io.BytesIO(whole)) == (FIELDS, b"vectors\n\0")
    assert all(read_message(io.BytesIO(whole[:end])) is None for end in range(len(whole)))


def test_messages_follow_each_other() -> None:
    pipe = io.BytesIO(written({"a": 1}) + written({"b": 2}, b"{}\n") + written({"c": 3}))
    assert [read_message(pipe) for _ in range(4)] == [
        ({"a": 1}, b""),
        ({"b": 2}, b"{}\n"),
        ({"c": 3}, b""),
        None,
    ]


def test_a_message_without_a_body_is_a_line_as_the_engine_sends_it() -> None:
    assert json.loads(written(FIELDS)) == FIELDS
    assert written({"cancel": 1}) == b'{"cancel":1}\n'


def test_a_body_may_be_a_view_of_numbers() -> None:
    pipe = io.BytesIO()
    write_message(pipe, {}, memoryview(b"12345678").cast("i"))
    assert read_message(io.BytesIO(pipe.getvalue())) == ({}, b"12345678")


@pytest.mark.parametrize(
    "noise",
    [
        b"Loading weights: 100%",
        b"\n",
        b"[1]\n",
        b"{1}\n",
        b"{" * 100_000 + b"\n",
        b'{"body":-1}\n',
        b'{"body":1e3}\n',
        b'{"body":true}\n',
        b'{"body":99999999999}\n',
    ],
)
def test_noise_is_no_message(noise: bytes) -> None:
    with pytest.raises(ValueError):
        read_message(io.BytesIO(noise))


def test_a_line_without_an_end_is_not_read_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("semlens.process.pipes.LINE_LIMIT", 1000)
    assert LINE_LIMIT > 1000
    with pytest.raises(ValueError, match="too long"):
        read_message(io.BytesIO(b"{" + b" " * 2000))
