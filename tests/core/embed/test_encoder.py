"""The encoder process: right vectors, whatever happens to the process that computes them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from semlens.core.embed.bert import BertEncoder
from semlens.core.embed.bert_graph import Unsupported
from semlens.core.embed.deep_model import DeepModel
from semlens.core.embed.encoder import Encoder, EncoderOptions
from semlens.core.embed.torch_backends import SentenceTransformersBackend, load_network
from semlens.errors import Cancelled, EncoderError, ModelError
from semlens.types import CancelToken

pytestmark = pytest.mark.model

LOADING = 60.0
QUICK = EncoderOptions(device="cpu", threads=1, restart_seconds=(0.1,))


@pytest.fixture(scope="module")
def model() -> DeepModel:
    return DeepModel.find()


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Code of every length up to beyond the model's window, and what is not code."""
    lines = Path(subprocess.__file__).read_text("utf-8").split("\n")
    chunks = ["\n".join(lines[at : at + 1 + at % 37]) for at in range(0, 1500, 29)]
    return [*chunks, "", "x", "naïve 中文 \U0001f600 \ud800", "word " * 1000]


@pytest.fixture(scope="module")
def reference(model: DeepModel, texts: list[str]) -> NDArray[np.float32]:
    backend = SentenceTransformersBackend(model, threads=1, device="cpu")
    vectors = np.zeros((len(texts), model.dim), np.float32)
    for rows, some in backend.encode([_encodable(text) for text in texts], query=False):
        vectors[rows] = some
    return vectors


@pytest.fixture
def encoder(model: DeepModel, tmp_path: Path) -> Iterator[Encoder]:
    encoder = Encoder(model, tmp_path, QUICK)
    yield encoder
    encoder.close()


def test_who_wants_no_gpu_gets_a_process_without_one(model: DeepModel, tmp_path: Path) -> None:
    encoder = Encoder(model, tmp_path, replace(QUICK, device="auto"))
    try:
        before = encoder.encode_query("where is it", LOADING)
        first = encoder.pid
        encoder.use_cpu_only()
        assert encoder.encode(["def it(): pass"]).shape == (1, model.dim)
        second = encoder.pid
        assert second not in (None, first)
        encoder.use_cpu_only()
        assert encoder.pid == second
        assert encoder.encode_query("where is it", LOADING) == pytest.approx(before, abs=1e-2)
    finally:
        encoder.close()


def test_vectors_are_the_references(
    encoder: Encoder, texts: list[str], reference: NDArray[np.float32]
) -> None:
    vectors = encoder.encode(texts)
    assert vectors.dtype == np.float32
    assert np.einsum("ij,ij->i", vectors, reference).min() >= 0.99
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(("precision", "least"), [("f32", 0.99999), ("bf16", 0.999), ("int8", 0.99)])
def test_every_precision_is_near_the_reference(
    model: DeepModel, texts: list[str], reference: NDArray[np.float32], precision: str, least: float
) -> None:
    vectors = _all(BertEncoder(model, 1, precision), texts)
    assert np.einsum("ij,ij->i", vectors, reference).min() >= least


def test_a_vector_depends_on_nothing_but_its_text(model: DeepModel, texts: list[str]) -> None:
    encoder = BertEncoder(model, 2)
    together = _all(encoder, texts)
    alone = np.concatenate([_all(encoder, [text]) for text in reversed(texts)])[::-1]
    assert (together == alone).all()
    # As exact as a processor's kernels are: those for AVX2 differ in the last bits.
    assert np.abs(together - _all(BertEncoder(model, 1), texts)).max() <= 1e-6


def test_a_question_says_that_the_model_is_loading_and_never_waits_for_documents(
    encoder: Encoder, texts: list[str]
) -> None:
    with pytest.raises(EncoderError, match="loading"):
        encoder.encode_query("open a file")
    assert encoder.encode_query("open a file", LOADING).shape == (encoder.dim,)
    cancel = CancelToken()
    documents = threading.Thread(target=lambda: _ignore(Cancelled, encoder.encode, texts * 20, cancel))
    documents.start()
    time.sleep(0.3)
    encoder.encode_query("close a file")
    assert documents.is_alive()
    cancel.cancel()
    documents.join(LOADING)


def test_a_killed_process_loses_nothing(
    encoder: Encoder, texts: list[str], reference: NDArray[np.float32]
) -> None:
    encoder.encode_query("warm", LOADING)
    result: list[NDArray[np.float32]] = []
    thread = threading.Thread(target=lambda: result.append(encoder.encode(texts * 2)))
    thread.start()
    time.sleep(0.2)
    assert encoder.pid is not None
    psutil.Process(encoder.pid).kill()
    thread.join()
    assert np.einsum("ij,ij->i", result[0], np.tile(reference, (2, 1))).min() >= 0.99


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no such signal")
def test_a_stuck_process_is_replaced(model: DeepModel, tmp_path: Path) -> None:
    encoder = Encoder(model, tmp_path, replace(QUICK, stuck_seconds=12.0))  # Loading may take long.
    encoder.encode_query("warm", LOADING)
    first = encoder.pid
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    assert encoder.encode(["def f(): ..."]).shape == (1, encoder.dim)
    assert encoder.pid != first
    encoder.close()


def test_cancelling_leaves_the_process_usable(encoder: Encoder, texts: list[str]) -> None:
    encoder.encode_query("warm", LOADING)
    cancel = CancelToken()
    threading.Timer(0.2, cancel.cancel).start()
    with pytest.raises(Cancelled):
        encoder.encode(texts * 100, cancel)
    assert encoder.encode(["def f(): ..."]).shape == (1, encoder.dim)


def test_documents_that_a_question_asks_for_come_first_and_only_while_there_is_time(
    encoder: Encoder, texts: list[str], reference: NDArray[np.float32]
) -> None:
    with pytest.raises(EncoderError, match="loading"):
        encoder.encode_some(texts[:3], seconds=60.0)
    encoder.encode_query("warm", LOADING)
    cancel = CancelToken()

    def read_all() -> None:
        with suppress(Cancelled):
            encoder.encode(texts * 20, cancel)

    behind = threading.Thread(target=read_all)
    behind.start()
    vectors = encoder.encode_some(texts[:3], seconds=60.0)
    assert behind.is_alive()
    assert np.min(np.sum(vectors * reference[:3], axis=1)) > 0.99
    assert np.isnan(encoder.encode_some(texts[:3], seconds=0.0)).all()
    cancel.cancel()
    behind.join()


def test_an_idle_process_ends_and_the_next_request_starts_another(model: DeepModel, tmp_path: Path) -> None:
    encoder = Encoder(model, tmp_path, replace(QUICK, idle_seconds=0.5))
    encoder.encode(["def f(): ..."])
    pid = encoder.pid
    assert pid is not None
    _wait_for(lambda: encoder.state == "idle" and not psutil.pid_exists(pid))
    assert encoder.encode(["def f(): ..."]).shape == (1, encoder.dim)
    encoder.close()


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path\n"
        "from semlens.core.embed.encoder import Encoder\n"
        "from semlens.core.embed.deep_model import DeepModel\n"
        "encoder = Encoder(DeepModel.find(), Path(sys.argv[1])); encoder.start()\n"
        "print(encoder.pid, flush=True); time.sleep(100)"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    _wait_for(lambda: not _runs(child))


def test_what_a_library_prints_is_no_message(tmp_path: Path) -> None:
    script = (
        "import os\n"
        "from semlens.process.pipes import claim_pipes, write_message\n"
        "source, sink = claim_pipes()\n"
        "print('noise'); os.system('echo noise'); os.write(1, b'noise')\n"
        "write_message(sink, {'sound': True})"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], stdin=subprocess.DEVNULL, capture_output=True, check=True
    )
    assert ran.stdout.endswith(b'{"sound":true}\n') and b"noise" not in ran.stdout
    assert ran.stderr.count(b"noise") == 3


def test_altered_weights_are_refused_in_one_sentence(model: DeepModel, tmp_path: Path) -> None:
    copy = tmp_path / "model"
    shutil.copytree(model.folder, copy)
    described = replace(DeepModel.find(str(copy)), weights_sha256="0" * 64)
    encoder = Encoder(described, tmp_path, QUICK)
    with pytest.raises(ModelError, match=r"weights of the model .* were changed") as caught:
        encoder.encode(["x"])
    assert not isinstance(caught.value, EncoderError)
    assert encoder.state == "error" and "changed" in str(encoder.message)
    encoder.close()


def test_after_close_every_request_says_so(encoder: Encoder) -> None:
    encoder.start()
    encoder.close()
    with pytest.raises(EncoderError, match="stopped"):
        encoder.encode(["x"])


def test_any_sentence_transformers_folder_works(tmp_path: Path, texts: list[str]) -> None:
    folder = _small_model(tmp_path / "small")
    model = DeepModel.find(str(folder))
    assert (model.dim, model.max_length, model.limit) == (48, 64, 62)
    with pytest.raises(Unsupported):
        BertEncoder(model, 1)
    encoder = Encoder(model, tmp_path, QUICK)
    vectors = encoder.encode(texts)
    assert encoder.backend == "sentence-transformers on cpu"
    encoder.close()
    assert vectors.shape == (len(texts), 48)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-3)


def test_a_folder_saved_anew_gives_the_same_vectors(
    model: DeepModel, tmp_path: Path, texts: list[str], reference: NDArray[np.float32]
) -> None:
    network = load_network(model, "cpu")
    network.prompts["query"] = "query: "
    network.save(str(tmp_path / "saved"))
    saved = DeepModel.find(str(tmp_path / "saved"))
    assert (saved.dim, saved.max_length, saved.limit) == (model.dim, model.max_length, model.limit)
    assert saved.query_prompt == "query: "
    vectors = _all(BertEncoder(saved, 1), texts)
    assert np.einsum("ij,ij->i", vectors, reference).min() >= 0.99


def _small_model(folder: Path) -> Path:
    """A random network of a make that only sentence-transformers runs: RoBERTa with a dense layer."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Dense, Normalize, Pooling, Transformer
    from tokenizers import Tokenizer
    from transformers import BertTokenizerFast, RobertaConfig, RobertaModel  # type: ignore[attr-defined]

    base = folder.with_name("base")
    tokenizer = Tokenizer.from_file(str(DeepModel.find().tokenizer_json))
    size: Any = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = RobertaConfig(
        vocab_size=tokenizer.get_vocab_size(), max_position_embeddings=80, pad_token_id=0, **size
    )
    RobertaModel(config).save_pretrained(base)
    BertTokenizerFast(tokenizer_object=tokenizer, model_max_length=64).save_pretrained(base)
    transformer = Transformer(str(base), max_seq_length=64)
    network = SentenceTransformer(
        modules=[transformer, Pooling(32), Dense(32, 48), Normalize()], device="cpu"
    )
    network.save(str(folder))
    return folder


def _all(encoder: BertEncoder, texts: list[str]) -> NDArray[np.float32]:
    vectors = np.zeros((len(texts), encoder.dim), np.float32)
    for rows, some in encoder.encode([_encodable(text) for text in texts], query=False):
        vectors[rows] = some
    return vectors


def _ignore(error: type[Exception], call: Callable[..., object], *arguments: object) -> None:
    with suppress(error):
        call(*arguments)


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_the_tokens_in_each_layer_are_the_references(encoder: Encoder, model: DeepModel) -> None:
    """Those of `transformers`, in each layer; and a question comes through meanwhile."""
    backend = SentenceTransformersBackend(model, threads=1, device="cpu")
    for text in ["The bank lends money.", "def f(a): return a[::-1]", "naïve 中文 \U0001f600", ""]:
        found, wanted = encoder.read_tokens(text, LOADING), backend.read_tokens(text)
        assert found.shape == wanted.shape
        lengths = np.linalg.norm(found, axis=2) * np.linalg.norm(wanted, axis=2)
        assert (np.einsum("ijk,ijk->ij", found, wanted) / lengths).min() >= 0.98
    assert encoder.encode_query("and now a question").shape == (model.dim,)
