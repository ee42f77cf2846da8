"""The parts of sharing that need no server: addresses, names, patience and trust."""

from __future__ import annotations

import numpy as np
import pytest

from semlens.core.net import circuit as circuits
from semlens.core.net.circuit import Circuit
from semlens.core.team.address import Credentials, parse_address
from semlens.core.team.checks import MIN_COSINE, agree, sample, sound_rows
from semlens.core.team.faults import Fault, TeamFault
from semlens.core.team.keyed_hash import KeyedHashes
from semlens.core.util.content_hash import hash_text
from semlens.errors import UsageError
from semlens.types import Fingerprint

MODEL = Fingerprint("semlens-code-384-0123")


@pytest.mark.parametrize(
    ("url", "host", "origin"),
    [
        ("https://chroma.example.com", "chroma.example.com", "https://chroma.example.com:443"),
        (
            "https://chroma.example.com:8443/team/",
            "chroma.example.com:8443",
            "https://chroma.example.com:8443",
        ),
        ("http://localhost:8000", "localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "::1:8000", "http://::1:8000"),
        (" https://127.0.0.1 ", "127.0.0.1", "https://127.0.0.1:443"),
    ],
)
def test_an_address_names_its_host(url: str, host: str, origin: str) -> None:
    address = parse_address(url)
    assert (address.host, address.origin) == (host, origin)
    assert not address.url.endswith("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://chroma.example.com",
        "http://localhost.example.com",
        "https://user:swordfish@chroma.example.com",
        "https://chroma.example.com?token=swordfish",
        "https://chroma.example.com#swordfish",
        "ftp://chroma.example.com",
        "chroma.example.com",
        "https://",
        "https://[swordfish",
        "https://host:swordfish",
        "",
    ],
)
def test_an_address_that_would_send_in_the_clear_or_holds_a_password_is_refused(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_address(url)
    assert "swordfish" not in str(refused.value)


@pytest.mark.parametrize("name", ["../other", "a/b", "a?b", "a#b", "a%2fb", "a\nb"])
def test_a_tenant_is_no_path(name: str) -> None:
    with pytest.raises(UsageError):
        parse_address("https://chroma.example.com", tenant=name)


def test_the_token_goes_in_the_header_that_the_server_wants() -> None:
    own, cloud = parse_address("https://chroma.example.com"), parse_address("https://api.trychroma.com")
    assert Credentials("t").headers(own) == {"Authorization": "Bearer t"}
    assert Credentials("t").headers(cloud) == {"x-chroma-token": "t"}
    assert Credentials("t", header="X-Key").headers(own) == {"X-Key": "t"}
    assert Credentials().headers(own) == {}
    assert parse_address("https://trychroma.com.example.com").is_cloud is False


def test_credentials_are_in_no_text() -> None:
    assert "swordfish" not in repr(Credentials("swordfish", "swordfish"))


def test_names_tell_nothing_without_the_secret_and_are_the_same_with_it() -> None:
    content = hash_text("def known(): ...")
    ours, again = KeyedHashes("ours", MODEL), KeyedHashes("ours", MODEL)
    others, plain = KeyedHashes("others", MODEL), KeyedHashes("", MODEL)
    names = [one.of([content])[0] for one in (ours, others, plain)]
    assert len(set(names)) == 3 and content not in names
    assert ours.of([content]) == again.of([content])
    assert len({one.collection for one in (ours, others, plain)}) == 3
    assert ours.collection != KeyedHashes("ours", Fingerprint("another")).collection
    assert "semlens-code" not in ours.collection + ours.model


def test_a_circuit_opens_after_some_failures_and_tries_again_later() -> None:
    now = 0.0
    circuit, problem = Circuit[TeamFault](lambda: now), TeamFault(Fault.FAILED, "host")
    assert circuit.wait == 0
    for _ in range(circuits.FAILURES - 1):
        circuit.failed(problem)
        assert not circuit.open and 0 < circuit.wait < circuits.FIRST_SECONDS / 2
    circuit.failed(problem)
    assert circuit.open and circuit.wait > circuits.FIRST_SECONDS / 2
    first = circuit.wait
    now += first
    assert circuit.wait == 0 and circuit.open  # One request tries it.
    circuit.failed(problem)
    assert circuit.wait > 1.2 * first
    for _ in range(20):
        circuit.failed(problem)
    assert circuit.wait <= 1.2 * circuits.MOST_SECONDS
    circuit.succeeded()
    assert circuit.wait == 0 and not circuit.open and circuit.problem is None


@pytest.mark.parametrize("fault", [one for one in Fault if one.lasting])
def test_what_only_a_person_can_mend_opens_the_circuit_at_once(fault: Fault) -> None:
    circuit = Circuit[TeamFault](lambda: 0.0)
    circuit.failed(TeamFault(fault, "host"))
    assert circuit.open


def test_a_busy_server_is_left_alone_for_as_long_as_it_says() -> None:
    circuit = Circuit[TeamFault](lambda: 0.0)
    circuit.failed(TeamFault(Fault.BUSY, "host", retry_after=120))
    assert circuit.wait == 120
    circuit.failed(TeamFault(Fault.BUSY, "host", retry_after=1e9))
    assert circuit.wait <= 1.2 * circuits.MOST_SECONDS


@pytest.mark.parametrize("fault", list(Fault))
def test_each_fault_is_a_sentence_that_makes_sense_alone(fault: Fault) -> None:
    said = str(TeamFault(fault, "chroma.example.com"))
    assert said.startswith("The ") and said.endswith(".") and "chroma.example.com" in said
    assert ("made here" if fault.distrusted else "works on without it") in said and "{" not in said


def test_vectors_that_cannot_be_right_are_seen() -> None:
    right = np.eye(6, dtype=np.float32)
    wrong = right.copy()
    wrong[0, 3], wrong[1, 3], wrong[2], wrong[3], wrong[4, 4] = np.nan, np.inf, 0, 2 * wrong[3], 1e30
    assert sound_rows(right).all()
    assert sound_rows(wrong).tolist() == [False] * 5 + [True]
    assert sound_rows(np.empty((0, 6), np.float32)).tolist() == []
    assert sound_rows(right.astype(np.float16).astype(np.float32)).all()


def test_vectors_of_another_model_or_text_do_not_agree() -> None:
    dice = np.random.default_rng(1)
    mine = dice.standard_normal((5, 384)).astype(np.float32)
    mine /= np.linalg.norm(mine, axis=1, keepdims=True)
    noise = dice.standard_normal(mine.shape).astype(np.float32) / np.sqrt(384)
    assert agree(mine, mine) and agree(mine, mine.astype(np.float16).astype(np.float32))
    assert agree(mine, mine + 0.05 * noise)  # as int8 differs from float32
    assert not agree(mine, mine + 0.4 * noise)
    assert not agree(mine, np.roll(mine, 1, axis=0))
    assert not agree(mine, np.concatenate([mine[:4], -mine[4:]]))
    assert not agree(mine, np.zeros_like(mine))
    assert agree(mine[:0], mine[:0])
    assert 0.963 < MIN_COSINE < 0.9985


def test_a_sample_is_small_and_never_the_same() -> None:
    contents = list(range(1000))
    samples = [tuple(sample(contents)) for _ in range(20)]
    assert {len(one) for one in samples} == {3} and len(set(samples)) > 10
    assert sample([7]) == [7] and sample([]) == []
