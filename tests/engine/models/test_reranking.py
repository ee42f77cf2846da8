"""A cross-encoder orders the first hits: as it says, within its time, and never in the way of an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from semlens.core.embed.cross_encoder import Reranker, RerankModel, reordered
from semlens.errors import ModelError
from semlens.protocol.engine import Status
from semlens.types import Hit, Reason, RelativePath, Tier
from support.live import Live, many_files, write
from support.tiny_cross_encoder import save

QUESTION = "handle the case of a module"


def hit(number: int) -> Hit:
    path = RelativePath(f"{number}.py")
    return Hit(path, 1, 2, 1.0 / (1 + number), "python", None, "", False, (Reason("lexical", 1.0),))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("cross") / "cross-encoder")


@pytest.fixture(scope="module")
def reranker(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reranker]:
    opened = Reranker(RerankModel.find(str(folder)), tmp_path_factory.mktemp("data"))
    yield opened
    opened.close()


def reference(folder: Path, question: str, texts: list[str]) -> list[float]:
    import torch
    from sentence_transformers import CrossEncoder

    network = CrossEncoder(str(folder), activation_fn=torch.nn.Identity())
    return [float(score) for score in network.predict([(question, text) for text in texts])]


def test_scored_hits_come_in_that_order_and_the_others_behind_them() -> None:
    hits = [hit(number) for number in range(4)]
    found = reordered(hits, [0.1, 0.5, 0.5])
    assert [one.path for one in found] == ["1.py", "2.py", "0.py", "3.py"]
    assert [one.score for one in found] == [one.score for one in hits]
    assert found[0].reasons == (Reason("lexical", 1.0), Reason("rerank", 0.5))
    assert found[2].reasons[-1].value < 0 and found[3] == hits[3]
    assert reordered(hits, []) == hits


def test_it_scores_as_the_library_does_and_only_while_there_is_time(reranker: Reranker, folder: Path) -> None:
    texts = [f"text number {number} about {'x' * number}" for number in range(11)]
    scores = reranker.scores(QUESTION, texts, seconds=60.0, patience=120.0)
    assert scores == pytest.approx(reference(folder, QUESTION, texts), abs=1e-4)
    assert len({round(score, 2) for score in scores}) > 5
    some = reranker.scores(QUESTION, texts, seconds=0.0, patience=120.0)
    assert len(some) < len(texts) and some == pytest.approx(scores[: len(some)], abs=1e-4)


def test_a_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="by its absolute path"):
        RerankModel.find("some-model")
    with pytest.raises(ModelError, match="it has no config"):
        RerankModel.find(str(tmp_path))
    (tmp_path / "config.json").write_text('{"id2label": {"0": "no", "1": "yes"}}')
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(ModelError, match=r"has no \.safetensors weights"):
        RerankModel.find(str(tmp_path))
    (tmp_path / "model.safetensors").touch()
    with pytest.raises(ModelError, match="several scores a pair"):
        RerankModel.find(str(tmp_path))
    (tmp_path / "config.json").write_text("[")
    with pytest.raises(ModelError, match="cannot be read"):
        RerankModel.find(str(tmp_path))


@pytest.mark.parametrize(
    ("config", "is_one"),
    [
        ({"architectures": ["BertForSequenceClassification"], "id2label": {"0": "LABEL_0"}}, True),
        ({"architectures": ["XLMRobertaForSequenceClassification"]}, True),
        ({}, True),
        ({"architectures": ["BertModel"]}, False),
        ({"architectures": ["BertForMaskedLM"], "id2label": {"0": "LABEL_0"}}, False),
        ({"architectures": ["MPNetModel"], "id2label": {"0": "a", "1": "b"}}, False),
    ],
)
def test_a_model_that_scores_no_pairs_is_refused(
    tmp_path: Path, config: dict[str, object], is_one: bool
) -> None:
    """Its scores would be random ones, others in each process."""
    (tmp_path / "model.safetensors").touch()
    (tmp_path / "config.json").write_text(json.dumps(config))
    if is_one:
        assert RerankModel.find(str(tmp_path)).folder == tmp_path
    else:
        with pytest.raises(ModelError, match="scores no pairs of texts: choose a cross-encoder"):
            RerankModel.find(str(tmp_path))


async def ask(live: Live, workspace: Path, **params: Any) -> tuple[list[Hit], list[str]]:
    """The hits, and what the engine said besides."""
    async with live.client() as client:
        answer = await client.search(QUESTION, workspace, tiers=[Tier.LEXICAL], wait=True, limit=8, **params)
        return answer.hits, client.messages


async def test_the_first_hits_follow_the_model_that_is_set(live: Live, folder: Path, tmp_path: Path) -> None:
    workspace = write(tmp_path / "shop", many_files(12))
    async with live.client() as client:
        await client.index(workspace, tier="instant")
    plain, _ = await ask(live, workspace)
    texts = [f"{one.path}\n{one.preview}" for one in plain]
    scores = reference(folder, QUESTION, texts)
    settings = {"rerank_model": str(folder), "rerank_hits": len(plain), "rerank_milliseconds": 60_000}
    async with live.client() as client:
        await client.configure(workspace, **settings)
    found, said = await ask(live, workspace)
    order = sorted(range(len(plain)), key=lambda row: -scores[row])
    assert [one.path for one in found] == [plain[row].path for row in order] != [p.path for p in plain]
    assert [one.score for one in found] == [one.score for one in plain]
    assert all("rerank" in {reason.name for reason in one.reasons} for one in found)
    assert said == []
    async with live.client() as client:
        models = (await client.engine.request(Status())).models
        named = await client.search("worker_3_1", workspace, wait=True)
    assert [one.name for one in models if one.tier == "rerank"] == ["cross-encoder"]
    assert "rerank" not in {reason.name for reason in named.hits[0].reasons}


async def test_a_broken_model_is_one_sentence_and_the_hits_stay(
    live: Live, folder: Path, tmp_path: Path
) -> None:
    workspace = write(tmp_path / "shop", many_files(3))
    async with live.client() as client:
        await client.index(workspace, tier="instant")
    plain, _ = await ask(live, workspace)
    broken = tmp_path / "broken"
    broken.mkdir()
    for file in folder.iterdir():
        (broken / file.name).write_bytes(file.read_bytes()[:1000])
    (broken / "config.json").write_text((folder / "config.json").read_text())
    for _ in range(2):
        found, said = await ask(live, workspace, rerank=str(broken))
        assert found == plain
        assert len(said) == 1 and said[0].startswith("Hits are not reranked. ") and "\n" not in said[0]
    async with live.client() as client:
        typed = await client.search(QUESTION, workspace, tiers=[Tier.LEXICAL], limit=8, rerank=str(broken))
        assert typed.hits == plain and not typed.partial, "asking again would gain nothing"
