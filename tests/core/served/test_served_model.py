"""A server's model over real HTTP: what is believed of it, and what each fault becomes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from semlens.core.served.batches import CHARACTERS, BatchSize, batches
from semlens.core.served.checked import ServedOptions
from semlens.core.served.encoder import ServerEncoder
from semlens.core.served.identity import MIN_COSINE, PROBES, identity_of, same_model
from semlens.core.served.model import Place, ServedModel, parse_place
from semlens.core.served.prompts import Prompts, known_prompts
from semlens.core.served.server import ModelServer
from semlens.engine.models.servers import ModelServers, Wishes
from semlens.errors import Cancelled, EncoderError, ModelError, UsageError
from semlens.types import CancelToken
from support.model_server import NAME, Behaviour, Model, model_server

QUICK = ServedOptions(documents_seconds=5.0, most_question_seconds=2.0, question_seconds=1.0)


@pytest.fixture(scope="module")
def running() -> Iterator[Model]:
    with model_server() as server:
        yield server


@pytest.fixture
def server(running: Model) -> Model:
    running.does = Behaviour()
    for kept in (running.texts, running.sizes, running.requests):
        kept.clear()
    return running


@pytest.fixture
def joined(server: Model, tmp_path: Path) -> Iterator[Joined]:
    with_server = Joined(server, ModelServers(tmp_path))
    yield with_server
    with_server.encoder.close()


class Joined:
    """A user who has joined a server."""

    def __init__(self, server: Model, servers: ModelServers, options: ServedOptions = QUICK) -> None:
        self.server, self.servers = server, servers
        self.others: list[np.ndarray] = []
        self.used: list[ServerEncoder] = []
        self.use(servers.join(parse_place(server.url), Wishes()), options)

    def use(self, model: ServedModel, options: ServedOptions = QUICK) -> ServerEncoder:
        for before in self.used:
            before.close()
        self.model = model
        self.encoder = ServerEncoder(
            model, lambda: self.servers.connect(model), lambda text: text[:50], self.others.append, options
        )
        self.used = [self.encoder]
        return self.encoder


def test_documents_and_questions_are_the_servers_vectors_of_length_one(joined: Joined) -> None:
    texts = [f"text {number}" for number in range(70)]
    rows = joined.encoder.encode(texts)
    assert rows.shape == (70, 48) and rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert np.allclose(rows, [joined.server.vector(text) for text in texts], atol=1e-5)
    assert np.allclose(
        joined.encoder.encode_query("a question"), joined.server.vector("a question"), atol=1e-5
    )
    sent = len(joined.server.requests)
    joined.encoder.encode_query("a question")
    assert len(joined.server.requests) == sent
    assert np.allclose(joined.encoder.encode_some(texts[:3], 5.0), rows[:3], atol=1e-5)
    assert joined.encoder.state == "loaded" and joined.encoder.message is None


@pytest.mark.parametrize(
    "does",
    [
        Behaviour(as_base64=True),
        Behaviour(shuffled=True),
        Behaviour(as_base64=True, shuffled=True, noise=1e-4),
        Behaviour(dialect="tei", most_texts=8),
    ],
    ids=["base64", "shuffled", "noisy", "text-embeddings-inference"],
)
def test_every_way_to_answer_gives_the_same(server: Model, tmp_path: Path, does: Behaviour) -> None:
    server.does = does
    joined = Joined(server, ModelServers(tmp_path))
    assert joined.model.name == NAME and joined.model.dialect == does.dialect
    texts = [f"text {number}" for number in range(20)]
    expected = [server.vector(text) for text in texts]
    assert np.allclose(joined.encoder.encode(texts), expected, atol=0.01)
    assert max(server.sizes) <= does.most_texts
    joined.encoder.close()


def test_prompts_stand_before_what_is_sent_and_are_part_of_the_fingerprint(
    server: Model, tmp_path: Path
) -> None:
    server.does = Behaviour(names=("nomic-embed-text:latest",))
    servers = ModelServers(tmp_path)
    joined = Joined(server, servers)
    assert joined.model.prompts == Prompts("search_query: ", "search_document: ")
    joined.encoder.encode(["a text"])
    joined.encoder.encode_query("a question that is much too long for the window of this model by far")
    assert "search_document: a text" in server.texts
    assert server.texts[-1] == "search_query: a question that is much too long for the window of"
    other = servers.join(parse_place(server.url), Wishes(query_prompt="Q: "))
    assert other.prompts == Prompts("Q: ", "search_document: ")
    assert other.fingerprint(1) != joined.model.fingerprint(1)
    assert servers.find(f"{server.url}#nomic-embed-text:latest") == other
    joined.encoder.close()


@pytest.mark.parametrize(
    ("name", "prompts"),
    [
        ("nomic-ai/nomic-embed-text-v1.5", Prompts("search_query: ", "search_document: ")),
        ("intfloat/multilingual-e5-small", Prompts("query: ", "passage: ")),
        ("e5-base-v2.Q8_0.gguf", Prompts("query: ", "passage: ")),
        ("all-minilm:l6-v2", Prompts()),
        ("BAAI/bge-m3", Prompts()),
        ("jinaai/jina-embeddings-v2-base-code", Prompts()),
        ("text-embedding-3-small", Prompts()),
    ],
)
def test_known_models_have_their_prompts(name: str, prompts: Prompts) -> None:
    assert known_prompts(name) == prompts


@pytest.mark.parametrize(
    "name",
    ["Qwen/Qwen3-Embedding-0.6B", "qwen3-embedding:0.6b", "BAAI/bge-small-en-v1.5", "mxbai-embed-large"],
)
def test_models_that_want_an_instruction_get_it_before_questions_alone(name: str) -> None:
    prompts = known_prompts(name)
    assert prompts.query and not prompts.document


@pytest.mark.parametrize(
    ("does", "said"),
    [
        (Behaviour(statuses=[(500, "", "secret-words")] * 9), "failed"),
        (Behaviour(statuses=[(404, "", "no such model")] * 9), "has no model"),
        (Behaviour(statuses=[(401, "", "secret-words")] * 9), "does not accept the token"),
        (Behaviour(statuses=[(400, "", "secret-words")] * 9), "refuses requests"),
        (Behaviour(cut=9), "broke off"),
        (Behaviour(broken="nan"), "cannot be right"),
        (Behaviour(broken="infinite"), "cannot be right"),
        (Behaviour(broken="zero"), "cannot be right"),
        (Behaviour(broken="ragged"), "cannot be right"),
        (Behaviour(broken="text"), "cannot be right"),
        (Behaviour(broken="few"), "like an embedding server"),
        (Behaviour(most_characters=1), "too long"),
        (Behaviour(delay=0.6), "too slowly"),
    ],
)
def test_each_fault_is_one_sentence_and_then_the_server_works_again(
    joined: Joined, does: Behaviour, said: str
) -> None:
    encoder = joined.use(joined.model, ServedOptions(documents_seconds=0.3, attempts=1, question_seconds=0.5))
    joined.server.does = does
    with pytest.raises(EncoderError) as caught:
        encoder.encode(["x" * 100, "y" * 100])
    sentence = str(caught.value)
    assert said in sentence and "\n" not in sentence and "secret-words" not in sentence
    assert "127.0.0.1" in sentence and encoder.state == "error" and encoder.message == sentence
    with pytest.raises(ModelError, match="model server"):
        encoder.encode_query("a question")  # It is left alone now.
    joined.server.does = Behaviour()
    encoder.reconnect()
    assert encoder.encode(["again"]).shape == (1, 48)
    assert encoder.message is None


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_left_alone_as_long_as_it_asks(joined: Joined, status: int) -> None:
    joined.server.does.statuses = [(status, "1", "busy")]
    begun = time.monotonic()
    assert joined.encoder.encode(["a text"]).shape == (1, 48)
    assert time.monotonic() - begun >= 1.0
    assert joined.encoder.message is None


def test_a_text_is_sent_again_after_a_passing_fault(joined: Joined) -> None:
    joined.server.does.cut = 1
    joined.server.does.statuses = [(500, "", "oops")]
    assert joined.encoder.encode(["a text"]).shape == (1, 48)


def test_a_server_that_takes_less_gets_less(joined: Joined) -> None:
    joined.server.does.most_texts, joined.server.does.most_characters = 6, 300
    texts = [f"{number} " + "x" * 250 for number in range(12)] + ["y" * 1000]
    rows = joined.encoder.encode(texts)
    assert np.allclose(rows[3], joined.server.vector(texts[3]), atol=1e-5)
    assert np.allclose(rows[12], joined.server.vector("y" * 250), atol=1e-5)


def test_a_dead_server_is_one_sentence(joined: Joined, tmp_path: Path) -> None:
    with model_server() as gone:
        url = gone.url
    with pytest.raises(EncoderError, match="cannot be reached"):
        ModelServers(tmp_path / "b").join(parse_place(url), Wishes())
    with pytest.raises(EncoderError, match="cannot be reached"):
        ModelServer(Place(url, NAME), "openai", "").embed(["x"])


def test_waiting_for_a_slow_server_can_be_cancelled(joined: Joined) -> None:
    joined.encoder.encode(["warm"])
    joined.server.does.delay = 1.5
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        joined.encoder.encode(["a text"], cancel)


def test_a_question_hardly_waits_and_is_there_when_asked_again(joined: Joined) -> None:
    encoder = joined.use(joined.model, ServedOptions(question_seconds=0.01))
    encoder.encode(["warm"])
    joined.server.does.delay = 0.2
    with pytest.raises(EncoderError, match="not answered yet"):
        encoder.encode_query("a question")
    assert encoder.state == "loading"
    late = encoder.encode_some(["a text"], 0.01)
    assert np.isnan(late).all()
    assert encoder.encode_query("a question", 5.0).shape == (48,)
    deadline = time.monotonic() + 30
    while np.isnan(encoder.encode_some(["a text"], 1.0)).any():
        assert time.monotonic() < deadline


def test_another_model_behind_the_same_name_is_noticed_before_anything_is_mixed(joined: Joined) -> None:
    joined.encoder.encode(["before"])
    for does in (Behaviour(weights="second"), Behaviour(weights="second", dim=32)):
        joined.others.clear()
        joined.server.texts.clear()
        joined.server.does = does
        encoder = joined.use(joined.model)
        with pytest.raises(ModelError, match="another model as test-embed"):
            encoder.encode(["after"])
        with pytest.raises(ModelError, match="another model"):
            encoder.encode_query("after")
        assert "after" not in joined.server.texts and len(joined.others) == 1
        changed = joined.servers.other_model(joined.model, joined.others[0])
        assert changed.fingerprint(1) != joined.model.fingerprint(1)
        assert joined.use(changed).encode(["after"]).shape == (1, does.dim)
        joined.server.does = Behaviour()
        joined.use(joined.servers.join(joined.model.place, Wishes()))


def test_a_change_in_the_middle_is_noticed_by_the_dimension_at_once(joined: Joined) -> None:
    joined.encoder.encode(["before"])
    joined.server.does = Behaviour(weights="second", dim=32)
    with pytest.raises(ModelError, match="another model"):
        joined.encoder.encode(["after"])
    assert len(joined.others) == 1


def test_the_noise_of_another_machine_is_the_same_model_at_any_url(server: Model, tmp_path: Path) -> None:
    for name in ("mine", "theirs"):
        (tmp_path / name).mkdir()
    mine = Joined(server, ModelServers(tmp_path / "mine"))
    with model_server() as elsewhere:
        elsewhere.does.noise = 1e-6
        theirs = Joined(elsewhere, ModelServers(tmp_path / "theirs"))
        assert theirs.model.fingerprint(1) == mine.model.fingerprint(1)
        elsewhere.does.noise = 3e-4
        theirs.use(mine.servers.join(parse_place(elsewhere.url), Wishes())).encode(["x"])
        assert mine.servers.find(elsewhere.setting).fingerprint(1) == mine.model.fingerprint(1)
        theirs.encoder.close()
    mine.encoder.close()


def test_identity_holds_under_noise_and_differs_between_models() -> None:
    dice = np.random.default_rng(5)
    names = set()
    for _ in range(50):
        vectors = dice.standard_normal((len(PROBES), 384))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        noisy = vectors + 1e-6 * dice.standard_normal(vectors.shape)
        assert same_model(vectors, noisy) and identity_of(vectors) == identity_of(noisy)
        names.add(identity_of(vectors))
    assert len(names) == 50
    other = vectors + (1.2 * (2 * (1 - MIN_COSINE)) ** 0.5 / 384**0.5) * dice.standard_normal(vectors.shape)
    assert not same_model(vectors, other)


def test_a_token_is_sent_to_its_own_server_alone_and_kept_nowhere(
    server: Model, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server.does.token = "swordfish"
    servers = ModelServers(tmp_path)
    wishes = Wishes(token_variable="SEMLENS_MODEL_TOKEN_TEST")
    place = parse_place(server.url)
    with pytest.raises(UsageError, match="no token in SEMLENS_MODEL_TOKEN_TEST"):
        servers.join(place, wishes)
    with pytest.raises(UsageError, match="must be SEMLENS_MODEL_TOKEN"):
        servers.join(place, Wishes(token_variable="HOME"))
    with pytest.raises(EncoderError, match="does not accept the token") as caught:
        servers.join(place, Wishes())
    assert "swordfish" not in str(caught.value)
    servers.tell({"SEMLENS_MODEL_TOKEN_TEST": "swordfish", "OTHER": "other"})
    model = servers.join(place, wishes)
    encoder = ServerEncoder(model, lambda: servers.connect(model), str)
    encoder.encode(["a text"])
    encoder.close()
    with model_server() as other:
        servers.join(parse_place(other.url), Wishes())
        assert all("Authorization" not in headers for _, headers, _ in other.requests)
    assert all(b"swordfish" not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert "swordfish" not in caplog.text and "swordfish" not in repr(servers.joined())
    with pytest.raises(ModelError, match=r"token of the model server .* is not known"):
        ModelServers(tmp_path).connect(model)


def test_nothing_is_sent_before_the_user_agreed_and_after_they_left(server: Model, tmp_path: Path) -> None:
    servers = ModelServers(tmp_path)
    with pytest.raises(ModelError, match="you have not agreed to it: semlens models join"):
        servers.find(server.setting)
    assert server.requests == []
    joined = Joined(server, servers)
    assert [one.name for one in servers.leave(parse_place(server.url))] == [NAME]
    sent = len(server.requests)
    with pytest.raises(ModelError, match="not agreed"):
        joined.encoder.encode(["a text"])
    with pytest.raises(ModelError, match="not agreed"):
        joined.encoder.encode_query("a question")
    assert len(server.requests) == sent and servers.leave(parse_place(server.url)) == []


def test_a_server_with_several_models_says_their_names(server: Model, tmp_path: Path) -> None:
    server.does.names = ("one", "two/with:tag")
    with pytest.raises(UsageError, match="It has one, two/with:tag"):
        ModelServers(tmp_path).join(parse_place(server.url), Wishes())
    chosen = ModelServers(tmp_path).join(parse_place(f"{server.url}/v1/embeddings#two/with:tag"), Wishes())
    assert chosen.name == "two/with:tag" and chosen.place.url == f"{server.url}/v1"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version":1,"servers":[{}]}', b'{"version":9}'])
def test_a_damaged_file_is_no_agreement(server: Model, tmp_path: Path, content: bytes) -> None:
    Joined(server, ModelServers(tmp_path)).encoder.close()
    (tmp_path / "model-servers.json").write_bytes(content)
    assert ModelServers(tmp_path).joined() == []


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("http://192.168.1.5:11434", "by https"),
        ("https://user:hunter2@example.com", "must not hold a password"),
        ("https://example.com/?key=hunter2", "must end with its host"),
        ("ftp://example.com", "must be like"),
        ("http://[::1", "is no URL"),
    ],
)
def test_a_wrong_address_is_one_sentence_without_secrets(written: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        parse_place(written)
    assert "hunter2" not in str(caught.value)


def test_an_address_says_whether_it_is_here() -> None:
    here = ["http://localhost:11434", "http://127.0.0.1/v1#x", "http://[::1]:80"]
    assert all(parse_place(one).is_here for one in here)
    assert not any(parse_place(f"https://{one}").is_here for one in ("localhost.example.com", "10.0.0.1"))


def test_batches_keep_order_and_bounds() -> None:
    texts = ["x" * 10] * 5 + ["y" * (2 * CHARACTERS)] + ["z" * (CHARACTERS // 2)] * 3
    found = list(batches(texts, 4))
    assert [text for batch in found for text in batch] == texts
    assert [len(batch) for batch in found] == [4, 1, 1, 2, 1]
    size = BatchSize(64)
    for _ in range(5):
        size.took(size.texts, 0.1)
    assert size.texts == 64
    size.took(64, 30.0)
    assert size.texts == 32
    size.smaller(32)
    size.took(16, 0.1)
    assert size.texts == 16
